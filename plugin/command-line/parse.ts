import { MaintError } from '../../shared/index.ts';
import type { Operation } from '../operation.ts';
import { COMPLETE } from '../verbs/completion/scripts.ts';
import { completeOperation } from '../verbs/completion/complete-flags.ts';
import { CONNECTION_FLAGS } from './connection.ts';
import { renderHelp, renderOverview } from './help.ts';
import { nearest } from './nearest.ts';
import type { Verb } from './verb.ts';
import { commandIn, PROGRAM, readWords } from './words.ts';

/** Turns a command line into what it asks for. Throws MaintError('usage') with everything needed to correct it. */
export function parse(argv: readonly string[], verbs: readonly Verb[]): Operation {
  if (argv[0] === COMPLETE) return completeOperation(argv.slice(1), verbs);
  if (isHelp(argv)) return { verb: 'print', text: helpFor(argv, verbs) };
  const at = commandIn(argv, CONNECTION_FLAGS);
  const name = at === undefined ? undefined : argv[at];
  if (name === undefined) throw new MaintError('usage', 'no command is given', { hint: HELP });
  const verb = verbs.find((known) => known.name === name);
  if (verb === undefined) throw unknownVerb(name, verbs);
  return verb.ask(readWords(argv.toSpliced(at ?? 0, 1), verb));
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const ours = end === -1 ? argv : argv.slice(0, end);
  return argv.length === 0 || argv[0] === 'help' || ours.includes('--help') || ours.includes('-h');
}

function helpFor(argv: readonly string[], verbs: readonly Verb[]): string {
  const named = argv.map((word) => verbs.find(({ name }) => name === word)).find((verb) => verb !== undefined);
  return named === undefined ? renderOverview(verbs) : renderHelp(named);
}

function unknownVerb(word: string, verbs: readonly Verb[]): MaintError {
  const names = verbs.map(({ name }) => name);
  const like = LIKE_OURS.get(word) ?? nearest(word, names);
  return new MaintError('usage', `unknown command "${word}" for "${PROGRAM}"`, {
    hint: like === undefined ? HELP : `did you mean ${PROGRAM} ${like}?`,
  });
}

/** kubectl's words for what ours do. */
const LIKE_OURS: ReadonlyMap<string, string> = new Map([
  ['drain', 'on'],
  ['cordon', 'on --mode=cordon'],
  ['uncordon', 'off'],
]);

const HELP = `${PROGRAM} --help, or ${PROGRAM} COMMAND --help`;
