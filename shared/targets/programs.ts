import type { ContainerFacts } from '../facts/work.ts';

/** Programs that only run another one, named further on in their arguments. */
const WRAPPERS = new Set(['dumb-init', 'env', 'exec', 'ionice', 'nice', 'nohup', 'sudo', 'time', 'timeout', 'tini']);
const SHELLS = new Set(['ash', 'bash', 'dash', 'ksh', 'sh', 'zsh']);
/** Programs that run a script, named by their first argument that is no option. */
const INTERPRETERS = new Set(['node', 'perl', 'python', 'python2', 'python3', 'ruby']);
/** Words of the shell after which a command follows. */
const KEYWORDS = new Set(['!', '{', 'do', 'else', 'eval', 'if', 'then', 'until', 'while']);

/** A container as far as it tells what runs in it. */
export interface Running {
  /** Image as it is written. */
  readonly reference: string;
  /** Image without registry, repository path, tag and digest. */
  readonly image: string;
  /** Programs that it runs, without their paths. */
  readonly programs: ReadonlySet<string>;
  /** Whether a word stands anywhere in its command and arguments, scripts included. */
  mentions(word: string): boolean;
}

/** What runs in a container. */
export function runningIn({ image, words }: ContainerFacts): Running {
  return {
    reference: image,
    image: imageBasename(image),
    programs: new Set(programsOf(words)),
    mentions: (wanted) => words.some((word) => word === wanted || word.split(SPACE).includes(wanted)),
  };
}

/** The last path element of an image reference without tag and digest. */
export function imageBasename(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const [name = ''] = lastPart(withoutDigest).split(':');
  return name;
}

/**
 * Programs that a command line runs: its first word, and what a wrapper, a shell or an interpreter among them is told
 * to run. A word elsewhere names no program: `kubectl delete job kube-bench` runs kubectl.
 */
function programsOf(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const program = lastPart(first);
  if (SHELLS.has(program)) return [program, ...shellRuns(rest)];
  if (INTERPRETERS.has(program)) return [program, ...rest.filter(isOperand).slice(0, 1).map(lastPart)];
  if (WRAPPERS.has(program)) return [program, ...programsOf(rest.slice(firstOperand(rest)))];
  return [program];
}

/** `sh -c SCRIPT` runs what the script says, `sh FILE` the file. */
function shellRuns(words: readonly string[]): readonly string[] {
  const found = words.findIndex((word, index) => isOperand(word) && !TAKES_VALUE.test(words[index - 1] ?? ''));
  const operand = words[found];
  if (operand === undefined) return [];
  const isScript = words.slice(0, found).some((option) => /^-[a-z]*c/.test(option));
  return isScript ? scriptRuns(operand) : [lastPart(operand)];
}

function scriptRuns(script: string): readonly string[] {
  return script.split(COMMAND_END).flatMap((command) => {
    const words = command.split(SPACE).filter((word) => word !== '');
    const start = words.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNMENT.test(word));
    const program = words[start];
    if (program === undefined || program.startsWith('#')) return [];
    const bare = lastPart(unquoted(program));
    return WRAPPERS.has(bare) ? programsOf(words.slice(start)) : [bare];
  });
}

const SPACE = /[\s"';|&()`]+/;
const COMMAND_END = /[\n;|&()`]/;
/** `-o pipefail`, also at the end of joined options: `-euo pipefail`. */
const TAKES_VALUE = /^[-+][a-zA-Z]*[oO]$/;
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

function isOperand(word: string): boolean {
  return !word.startsWith('-');
}

/** Where a wrapper's own options end; assignments of `env`, and numbers (`nice -n 10`, `timeout 30s`), are options as well. */
function firstOperand(words: readonly string[]): number {
  const found = words.findIndex((word) => isOperand(word) && !ASSIGNMENT.test(word) && !/^\d/.test(word));
  return found < 0 ? words.length : found;
}

function unquoted(word: string): string {
  return word.replace(/^["']|["']$/g, '');
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
