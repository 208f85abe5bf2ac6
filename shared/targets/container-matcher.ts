import { eachOnce } from '../once.ts';
import { imagePattern } from './image-names.ts';
import type { Invocation } from './invocations.ts';
import type { Matcher } from './matcher.ts';
import { mentions, type RunningContainer } from './running-container.ts';
import { isCommand } from './subcommands.ts';
import { hasOneOf, wordsIn } from './program-words.ts';

/** Whether a matcher asks what runs in containers. */
export function asksAboutContainers(matcher: Matcher): boolean {
  return matcher.images !== undefined || asksForProgram(matcher);
}

/** Whether a container runs what a matcher says: all parts of it hold for the container and one of its programs. */
export function matchesContainer(running: RunningContainer, matcher: Matcher, nameWords: readonly string[]): boolean {
  if (matcher.images?.some((name) => isImage(running, name)) === false) return false;
  return (
    !asksForProgram(matcher) ||
    running.invocations.some((invocation) => matchesInvocation(invocation, running, matcher, nameWords))
  );
}

function asksForProgram({ entrypoints, commands, arguments: words, runWords, settings }: Matcher): boolean {
  return (entrypoints ?? commands ?? words ?? runWords ?? settings) !== undefined;
}

/** Most names are single parts, which need no pattern. */
function isImage({ image, reference }: RunningContainer, name: string): boolean {
  return name.includes('/') ? patternOf(name).test(reference) : name === image;
}

/** Each name of the catalogue is made into an expression once. */
const patternOf = eachOnce((name: string) => new RegExp(imagePattern(name)));

/** Whether one of a container's programs is what a matcher says; `nameWords` are those of the object itself. */
function matchesInvocation(
  invocation: Invocation,
  running: RunningContainer,
  matcher: Matcher,
  nameWords: readonly string[],
): boolean {
  const { program, args, isOwn } = invocation;
  const { entrypoints, commands } = matcher;
  return (
    (entrypoints === undefined || (isOwn && isCommand(running.image, args, entrypoints))) &&
    (commands === undefined || isCommand(program, args, commands)) &&
    hasArguments(invocation, matcher) &&
    hasSettings(invocation, running, matcher) &&
    hasRunWords(invocation, running, matcher, nameWords)
  );
}

function hasArguments(invocation: Invocation, { arguments: words, without }: Matcher): boolean {
  const isAmong = (word: string): boolean => mentions(invocation, word);
  return (words === undefined || words.some(isAmong)) && without?.some(isAmong) !== true;
}

/** Names of scripts: what stands in one is not known. */
const SCRIPT = /\.(?:bash|js|mjs|php|pl|py|rb|sh)$/;

/** Whether the image's own entry point, or a script, has the variables or volumes that are wanted. */
function hasSettings(
  { isOwn, program }: Invocation,
  running: RunningContainer,
  { settings, unlessRunWords = [] }: Matcher,
): boolean {
  if (settings === undefined) return true;
  const isUnread = isOwn || (SCRIPT.test(program) && !hasOneOf(wordsIn(program), unlessRunWords));
  return isUnread && running.isSetBy(settings);
}

/** Whether the name of the program, script or image has the words that are wanted. */
function hasRunWords(
  invocation: Invocation,
  { wordsFor }: RunningContainer,
  { runWords, unlessRunWords = [], aboutWords }: Matcher,
  nameWords: readonly string[],
): boolean {
  if (runWords === undefined) return true;
  const names = wordsFor(invocation);
  return (
    hasOneOf(names, runWords) &&
    !hasOneOf(names, unlessRunWords) &&
    (aboutWords === undefined || hasOneOf([...names, ...nameWords], aboutWords))
  );
}
