import { MaintError } from '../../shared/index.ts';
import { CONNECTION_FLAGS } from './connection.ts';
import { nearest } from './nearest.ts';
import { printText } from './print.ts';
import { loadedVerbs, type Commands, type Task, type VerbEntry } from './verb.ts';
import { commandIn, COMPLETE, PROGRAM, readWords } from './words.ts';

/** Turns a command line into what it asks for, which is carried out by whoever has a screen. Rejects with MaintError('usage') with everything needed to correct it. */
export async function parse(argv: readonly string[], { verbs, completing }: Commands): Promise<Task> {
  if (argv[0] === COMPLETE) return completing(argv.slice(1), verbs);
  if (isHelp(argv)) return printing(await helpFor(argv, verbs));
  const at = commandIn(argv, CONNECTION_FLAGS);
  const name = at === undefined ? undefined : argv[at];
  if (name === undefined) throw new MaintError('usage', 'no command is given', { hint: HELP });
  const verb = verbs.find((known) => known.name === name);
  if (verb === undefined) throw unknownVerb(name, verbs);
  const loaded = await verb.load();
  return loaded.ask(readWords(argv.toSpliced(at ?? 0, 1), loaded));
}

function printing(text: string): Task {
  const operation = { verb: 'print', text } as const;
  return { operation, changes: false, carryOut: (caller) => printText(operation, caller) };
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const ours = end === -1 ? argv : argv.slice(0, end);
  return argv.length === 0 || argv[0] === 'help' || ours.includes('--help') || ours.includes('-h');
}

async function helpFor(argv: readonly string[], verbs: readonly VerbEntry[]): Promise<string> {
  const { renderHelp, renderOverview } = await import('./help.ts');
  const named = argv.map((word) => verbs.find(({ name }) => name === word)).find((verb) => verb !== undefined);
  return named === undefined ? renderOverview(await loadedVerbs(verbs)) : renderHelp(await named.load());
}

function unknownVerb(word: string, verbs: readonly VerbEntry[]): MaintError {
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
