import { imagePattern } from './image-names.ts';
import type { Invocation } from './invocations.ts';
import { mentions, type Running } from './programs.ts';
import { isCommand } from './run-commands.ts';
import { holds, wordsIn } from './run-names.ts';

/** The parts of a matcher about what runs in containers (see matcher.ts). */
interface WhatRuns {
  readonly images?: readonly string[];
  readonly entrypoints?: readonly string[];
  readonly commands?: readonly string[];
  readonly arguments?: readonly string[];
  readonly without?: readonly string[];
  readonly runWords?: readonly string[];
  readonly unlessRunWords?: readonly string[];
  readonly aboutWords?: readonly string[];
  readonly settings?: readonly string[];
  readonly nameWords?: readonly string[];
}

/** Whether a matcher asks what runs in containers. */
export function asksWhatRuns({ images, ...matcher }: WhatRuns): boolean {
  return images !== undefined || asksForProgram(matcher);
}

/** Whether a container runs what a matcher says: all parts of it hold for the container and one of its programs. */
export function isRunning(running: Running, matcher: WhatRuns, nameWords: readonly string[]): boolean {
  const { images } = matcher;
  if (images?.some((name) => isImage(running, name)) === false) return false;
  return asksForProgram(matcher)
    ? running.invocations.some((invocation) => isRun(invocation, running, { ...matcher, nameWords }))
    : true;
}

function asksForProgram({ entrypoints, commands, arguments: words, runWords, settings }: WhatRuns): boolean {
  return (entrypoints ?? commands ?? words ?? runWords ?? settings) !== undefined;
}

/** Most names are single parts, which need no pattern. */
function isImage({ image, reference }: Running, name: string): boolean {
  return name.includes('/') ? patternOf(name).test(reference) : name === image;
}

const PATTERNS = new Map<string, RegExp>();

/** Each name of the catalogue is made into an expression once. */
function patternOf(name: string): RegExp {
  const pattern = PATTERNS.get(name) ?? new RegExp(imagePattern(name));
  PATTERNS.set(name, pattern);
  return pattern;
}

function isRun(invocation: Invocation, running: Running, matcher: WhatRuns): boolean {
  const { entrypoints, commands, arguments: words, without } = matcher;
  return (
    (entrypoints === undefined || isEntrypoint(invocation, running, entrypoints)) &&
    (commands === undefined || isCommand(invocation, commands)) &&
    (words === undefined || words.some((word) => mentions(invocation, word))) &&
    without?.some((word) => mentions(invocation, word)) !== true &&
    isSet(invocation, running, matcher) &&
    saysSo(invocation, running, matcher)
  );
}

/** A script, of which only its name is known. */
const SCRIPT = /\.(?:bash|js|mjs|php|pl|py|rb|sh)$/;

/** Whether the image's own entry point, or a script, is told so by its variables and volumes. */
function isSet({ isOwn, program }: Invocation, running: Running, { settings, unlessRunWords = [] }: WhatRuns): boolean {
  if (settings === undefined) return true;
  const isUnread = isOwn || (SCRIPT.test(program) && !holds(wordsIn(program), unlessRunWords));
  return isUnread && running.isSetBy(settings);
}

function isEntrypoint(invocation: Invocation, { image }: Running, entrypoints: readonly string[]): boolean {
  return invocation.isOwn && isCommand({ ...invocation, program: image }, entrypoints);
}

/** Whether the own name of what is run says what is wanted. */
function saysSo(
  invocation: Invocation,
  { wordsFor }: Running,
  { runWords, unlessRunWords = [], aboutWords, nameWords = [] }: WhatRuns,
): boolean {
  if (runWords === undefined) return true;
  const names = wordsFor(invocation);
  return (
    holds(names, runWords) &&
    !holds(names, unlessRunWords) &&
    (aboutWords === undefined || holds([...names, ...nameWords], aboutWords))
  );
}
