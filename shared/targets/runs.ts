import { eachOnce } from '../once.ts';
import { imagePattern } from './image-names.ts';
import type { Invocation } from './invocations.ts';
import type { Matcher } from './matcher.ts';
import { mentions, type Running } from './programs.ts';
import { isCommand } from './run-commands.ts';
import { holds, wordsIn } from './run-names.ts';

/** Whether a matcher asks what runs in containers. */
export function asksWhatRuns(matcher: Matcher): boolean {
  return matcher.images !== undefined || asksForProgram(matcher);
}

/** Whether a container runs what a matcher says: all parts of it hold for the container and one of its programs. */
export function isRunning(running: Running, matcher: Matcher, nameWords: readonly string[]): boolean {
  if (matcher.images?.some((name) => isImage(running, name)) === false) return false;
  return (
    !asksForProgram(matcher) || running.invocations.some((invocation) => isRun(invocation, running, matcher, nameWords))
  );
}

function asksForProgram({ entrypoints, commands, arguments: words, runWords, settings }: Matcher): boolean {
  return (entrypoints ?? commands ?? words ?? runWords ?? settings) !== undefined;
}

/** Most names are single parts, which need no pattern. */
function isImage({ image, reference }: Running, name: string): boolean {
  return name.includes('/') ? patternOf(name).test(reference) : name === image;
}

/** Each name of the catalogue is made into an expression once. */
const patternOf = eachOnce((name: string) => new RegExp(imagePattern(name)));

/** Whether one of a container's programs is what a matcher says; `nameWords` are those of the object itself. */
function isRun(invocation: Invocation, running: Running, matcher: Matcher, nameWords: readonly string[]): boolean {
  const { program, args, isOwn } = invocation;
  const { entrypoints, commands } = matcher;
  return (
    (entrypoints === undefined || (isOwn && isCommand(running.image, args, entrypoints))) &&
    (commands === undefined || isCommand(program, args, commands)) &&
    isTold(invocation, matcher) &&
    isSet(invocation, running, matcher) &&
    saysSo(invocation, running, matcher, nameWords)
  );
}

function isTold(invocation: Invocation, { arguments: words, without }: Matcher): boolean {
  const isAmong = (word: string): boolean => mentions(invocation, word);
  return (words === undefined || words.some(isAmong)) && without?.some(isAmong) !== true;
}

/** A script, of which only its name is known. */
const SCRIPT = /\.(?:bash|js|mjs|php|pl|py|rb|sh)$/;

/** Whether the image's own entry point, or a script, is told so by its variables and volumes. */
function isSet({ isOwn, program }: Invocation, running: Running, { settings, unlessRunWords = [] }: Matcher): boolean {
  if (settings === undefined) return true;
  const isUnread = isOwn || (SCRIPT.test(program) && !holds(wordsIn(program), unlessRunWords));
  return isUnread && running.isSetBy(settings);
}

/** Whether the own name of what is run says what is wanted. */
function saysSo(
  invocation: Invocation,
  { wordsFor }: Running,
  { runWords, unlessRunWords = [], aboutWords }: Matcher,
  nameWords: readonly string[],
): boolean {
  if (runWords === undefined) return true;
  const names = wordsFor(invocation);
  return (
    holds(names, runWords) &&
    !holds(names, unlessRunWords) &&
    (aboutWords === undefined || holds([...names, ...nameWords], aboutWords))
  );
}
