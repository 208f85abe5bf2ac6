import { textAt } from '../facts/json.ts';
import type { ContainerFacts } from '../facts/work.ts';
import { eachOnce, once } from '../once.ts';
import type { Effort } from '../shell/effort.ts';
import { imageBasename } from './image-names.ts';
import { followed, type Invocation } from './invocations.ts';
import { matchesGlob } from './glob.ts';
import { hasOneOf, ownWordsOf, wordsIn } from './program-words.ts';

/** A container as far as it tells what runs in it. */
export interface RunningContainer {
  /** Image as it is written. */
  readonly reference: string;
  /** Image without registry, repository path, tag and digest. */
  readonly image: string;
  /** Its command and arguments, as they are written. */
  readonly words: readonly string[];
  /** Programs that it runs, without their paths. */
  readonly programs: ReadonlySet<string>;
  readonly invocations: readonly Invocation[];
  /** Words in the own name of one of them, see `ownWordsOf`. */
  readonly wordsFor: (invocation: Invocation) => readonly string[];
  /** Whether one of some words stands in the names of the variables that are set for it, or the paths of its volumes. */
  readonly isSetBy: (wanted: readonly string[]) => boolean;
}

/** What runs in a container, as far as the effort reaches. */
export function runningIn(
  { image: written, command, args, env, mounts }: ContainerFacts,
  effort: Effort,
): RunningContainer {
  const [reference = ''] = effort.spendWords([written]);
  const image = imageBasename(reference);
  const words = effort.spendWords([...command, ...args]);
  const invocations = followed({ image: reference, hasCommand: command.length > 0, words, env }, effort);
  const settings = once(() => effort.spendWords(wordsOfAll(effort.spendWords(settingsIn(env, mounts)))));
  return {
    reference,
    image,
    words,
    programs: new Set(invocations.filter(({ isOwn }) => !isOwn).map(({ program }) => program)),
    invocations,
    wordsFor: eachOnce((invocation) => ownWordsOf(invocation, image)),
    isSetBy: eachOnce((wanted) => hasOneOf(settings(), wanted)),
  };
}

function* wordsOfAll(names: readonly string[]): Iterable<string> {
  for (const name of names) yield* wordsIn(name);
}

function* settingsIn(env: readonly unknown[], mounts: readonly string[]): Iterable<string> {
  for (const entry of env) yield textAt(entry, 'name') ?? '';
  yield* mounts;
}

/** Whether a word stands among the arguments of a program, also within one of them; `*` is any text. */
export function mentions({ args, input }: Invocation, wanted: string): boolean {
  const parts = wanted.split('*');
  const isWanted = (text: string): boolean => (parts.length > 1 ? matchesGlob(text, parts) : isWordIn(text, wanted));
  return args.some(isWanted) || (input !== '' && isWanted(input));
}

/** Whether a word stands in a text between what separates words. Nothing is cut out for it: texts may be long, and many. */
function isWordIn(text: string, word: string): boolean {
  if (text === word) return true;
  if (word === '' || SEPARATOR.test(word)) return false;
  for (let found = text.indexOf(word); found >= 0; found = text.indexOf(word, found + 1)) {
    if (isSeparated(text.charAt(found - 1)) && isSeparated(text.charAt(found + word.length))) return true;
  }
  return false;
}

/** Whether a character separates words; the end of a text, where there is none, does. */
function isSeparated(character: string): boolean {
  return character === '' || SEPARATOR.test(character);
}

const SEPARATOR = /[\s"';|&()`]/;
