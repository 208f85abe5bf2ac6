import { textAt } from '../facts/json.ts';
import type { Effort } from '../shell/effort.ts';
import { commandsOf } from '../shell/commands.ts';
import { Variables } from '../shell/variables.ts';
import { imageBasename } from './image-names.ts';
import {
  ENTRY_SCRIPTS,
  INTERPRETERS,
  isOtherProgram,
  lastPart,
  SHELL_VALUE,
  SHELLS,
  wrappedBy,
  WRAPPERS,
} from './wrappers.ts';

/** A program with the arguments that it is run with. */
export interface Invocation {
  /** Without its path; empty for the image's own entry point. */
  readonly program: string;
  /** Empty for one that only runs another. */
  readonly args: readonly string[];
  /** What it is given to read, where that is known. */
  readonly input: string;
  /** Whether this is the image's own entry point, or the program that has the image's name. */
  readonly isOwn: boolean;
}

/** Something that is run: the words of a command, or a script. */
interface Task {
  readonly run: readonly string[] | string;
  readonly input: string;
  readonly variables: Variables;
  /** Scripts and wrappers around it. */
  readonly depth: number;
}

/** `-c`, also at the end of joined options. */
const IS_SCRIPT = /^-[a-zA-Z]*c[a-zA-Z]*$/;

/** Where a command begins in some words. */
interface Place extends Task {
  readonly run: readonly string[];
  readonly at: number;
}

/**
 * The programs that a container runs, in order: what its command line names, and what a wrapper, a shell or an interpreter
 * among them is told to run. A word elsewhere names no program: `kubectl delete job kube-bench` runs kubectl. Without a
 * command the image's own entry point runs, and that may run what its arguments name.
 */
export function followed(container: ReadContainer, effort: Effort): readonly Invocation[] {
  return new Follower(container, effort).all();
}

/** A container as far as it is read. */
interface ReadContainer {
  readonly image: string;
  readonly hasCommand: boolean;
  /** Its command and arguments. */
  readonly words: readonly string[];
  readonly env: readonly unknown[];
}

class Follower {
  readonly #effort: Effort;
  readonly #tasks: Task[] = [];
  readonly #invocations: Invocation[] = [];

  constructor({ image, hasCommand, words: written, env }: ReadContainer, effort: Effort) {
    this.#effort = effort;
    const variables = new Variables(undefined, (own) => {
      fillFrom(env, own, effort);
    });
    const words = written.map((word) => expanded(word, variables, effort));
    const [first = '', second] = words;
    if (!hasCommand) this.#ownEntry(words);
    else if (lastPart(first) === imageBasename(image)) this.#ownEntry(words.slice(1));
    const task = { input: '', variables, depth: 0 };
    // The entry point of the image is a shell, or a program that has such an option.
    if (second !== undefined && IS_SCRIPT.test(first)) this.#tasks.push({ ...task, run: second });
    else if (words.length > 0) this.#tasks.push({ ...task, run: words });
  }

  all(): readonly Invocation[] {
    for (let next = 0; next < this.#tasks.length; next += 1) this.#follow(this.#tasks[next]);
    return this.#invocations;
  }

  #follow(task: Task | undefined): void {
    if (task === undefined || !this.#effort.isWithin(task.depth)) return;
    const { run, variables, depth } = task;
    if (typeof run === 'string') {
      for (const { words, input } of commandsOf(run, variables, this.#effort))
        this.#tasks.push({ run: words, input, variables, depth: depth + 1 });
      return;
    }
    let place: Place | undefined = { ...task, run, at: 0 };
    while (place !== undefined && this.#effort.isWithin(place.depth) && this.#effort.spendWord())
      place = this.#step(place);
  }

  /** Takes one program of a chain; gives back where the one that it runs stands, if it runs one. */
  #step(place: Place): Place | undefined {
    const { run: words, at, input } = place;
    const program = lastPart(words[at] ?? '');
    const next = nextIn(program, place);
    const depth = place.depth + 1;
    if (ENTRY_SCRIPTS.has(program)) this.#ownEntry(words.slice(at + 1));
    if (next === undefined) {
      this.#invoke(program, words.slice(at + 1), { input });
      return undefined;
    }
    this.#invoke(program, []);
    const { scripts = [], variables = place.variables } = next;
    for (const script of scripts) this.#tasks.push({ run: script, input: '', variables, depth });
    return next.at === undefined ? undefined : { ...place, at: next.at, depth };
  }

  /** The entry point of the image, unless its first argument names another program. */
  #ownEntry(args: readonly string[]): void {
    if (!isOtherProgram(args[0] ?? '')) this.#invoke('', args, { isOwn: true });
  }

  #invoke(program: string, args: readonly string[], { input = '', isOwn = false } = {}): void {
    if (this.#effort.spendProgram()) this.#invocations.push({ program, args, input, isOwn });
  }
}

/** What a program among others is told to run. */
interface Next {
  /** Where the command begins. */
  readonly at?: number;
  readonly scripts?: readonly string[];
  /** Those of a script, where they are others. */
  readonly variables?: Variables;
}

/** What a program runs besides itself; undefined where it runs nothing. */
function nextIn(program: string, place: Place): Next | undefined {
  if (SHELLS.has(program)) return shellRuns(place);
  const modules = INTERPRETERS.get(program);
  if (modules !== undefined) return interpreterRuns(modules, place);
  const wrapper = WRAPPERS.get(program);
  return wrapper === undefined ? undefined : wrappedBy(wrapper, place.run, place.at + 1);
}

/** `sh -c SCRIPT` runs what the script says, `sh FILE` the file, and `sh` alone what it is given to read. */
function shellRuns({ run: words, at, input, variables }: Place): Next | undefined {
  let isScript = false;
  for (let index = at + 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (IS_SCRIPT.test(word)) isScript = true;
    if (SHELL_VALUE.test(word)) index += 1;
    else if (!/^[-+]/.test(word))
      return isScript
        ? { scripts: [word], variables: withArguments(variables, words.slice(index + 1)) }
        : { at: index };
  }
  return input === '' ? undefined : { scripts: [input] };
}

/** What a script knows as `$0`, `$1` and `$@`. */
function withArguments(variables: Variables, words: readonly string[]): Variables {
  if (words.length === 0) return variables;
  return new Variables(variables, (own) => {
    for (const [index, word] of words.slice(0, 10).entries()) own.set(String(index), word);
    own.set('@', words.slice(1).join(' '));
  });
}

function interpreterRuns(modules: readonly string[], { run: words, at }: Place): Next | undefined {
  for (let index = at + 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (IS_CODE.test(word)) return undefined;
    if (modules.includes(word)) return { at: index + 1 };
    if (!word.startsWith('-')) return { at: index };
  }
  return undefined;
}

/** Options after which code follows, which is not read. */
const IS_CODE = /^-[a-zA-Z]*[ce]$/;

/** What the environment of a container is known to hold: what stands in the object itself. */
function fillFrom(env: readonly unknown[], variables: Variables, effort: Effort): void {
  for (const entry of env) {
    if (!effort.spendWord()) return;
    const name = textAt(entry, 'name');
    const value = textAt(entry, 'value');
    if (name !== undefined && value !== undefined) variables.set(name, expanded(value, variables, effort));
  }
}

const REFERENCE = /\$(\$)|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g;

/** `$(NAME)` as the kubelet replaces it; what it does not know stays as it is. */
function expanded(text: string, variables: Variables, effort: Effort): string {
  if (!text.includes('$') || !effort.spendText(text)) return text;
  return text.replaceAll(REFERENCE, (whole, dollar: string | undefined, name: string | undefined) => {
    if (dollar !== undefined) return dollar;
    const value = variables.get(name ?? '');
    return value !== undefined && effort.spendText(value) ? value : whole;
  });
}
