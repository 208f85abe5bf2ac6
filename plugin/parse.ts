import yargs, { type Argv } from 'yargs';
import { MaintError } from '../shared/index.ts';
import { completeOperation } from './flags/complete.ts';
import { definitionOf, PROGRAM, type Definition } from './flags/definition.ts';
import { verbs, type Asking, type Verb } from './flags/verbs.ts';
import { LIKE_KUBECTL, wordsFromKubectl } from './flags/words.ts';
import { COMPLETE } from './completion/scripts.ts';
import { nearest } from './nearest.ts';
import type { Operation } from './operation.ts';
import { renderHelp, renderOverview } from './output/help.ts';

/** Turns a command line into what it asks for. Throws MaintError('usage') with everything needed to correct it. */
export async function parse(argv: readonly string[], version: string): Promise<Operation> {
  const all = verbs(version);
  const [first = ''] = argv;
  if (first === COMPLETE) return completeOperation(argv.slice(1), all);
  if (isHelp(argv)) return { verb: 'print', text: helpFor(argv, all) };
  if (!first.startsWith('-') && !all.some(({ name }) => name === first)) throw unknownVerb(first, all);
  let asked: Operation | undefined;
  const words = wordsFromKubectl(argv);
  const ask = (operation: Operation): void => {
    asked = operation;
  };
  await parseWith(program(all, { words, ask }), words.ours, (complaint) => usageError(complaint, argv, all));
  if (asked === undefined) throw new Error(`nothing was made of ${argv.join(' ')}`);
  return asked;
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const ours = end === -1 ? argv : argv.slice(0, end);
  return argv.length === 0 || argv[0] === 'help' || ours.includes('--help') || ours.includes('-h');
}

function helpFor(argv: readonly string[], all: readonly Verb[]): string {
  const verb = verbIn(argv, all);
  return verb === undefined ? renderOverview(all.map(definitionOf)) : renderHelp(definitionOf(verb));
}

/** The verb of a command line that may be wrong otherwise. */
function verbIn(argv: readonly string[], all: readonly Verb[]): Verb | undefined {
  const found = argv.map((word) => all.find(({ name }) => name === word));
  return found.find((verb) => verb !== undefined);
}

function unknownVerb(word: string, all: readonly Verb[]): MaintError {
  const meant = nearest(
    word,
    all.map(({ name }) => name),
  );
  const like = LIKE_OURS.get(word) ?? meant;
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

function helpOf(verb: Verb | undefined): string {
  return verb === undefined ? HELP : `${PROGRAM} ${verb.name} --help`;
}

function program(all: readonly Verb[], asking: Asking): Argv {
  const empty = yargs().scriptName(PROGRAM).parserConfiguration(LIKE_KUBECTL);
  return all
    .reduce((parser, verb) => verb.addTo(parser, `${verb.name}${verb.words}`, asking), empty)
    .demandCommand(1, 1, 'no command is given', 'more than one command is given')
    .strict()
    .updateStrings({
      'Not enough arguments following: %s': 'flag needs a value: --%s',
      'Invalid values:': 'invalid value',
      'Argument: %s, Given: %s, Choices: %s': 'for --%s: %s; it must be one of %s',
      'Arguments %s and %s are mutually exclusive': '--%s and --%s cannot both be given',
    })
    .version(false)
    .help(false)
    .exitProcess(false)
    .fail(false);
}

async function parseWith(
  parser: Argv,
  words: readonly string[],
  explain: (complaint: Error) => MaintError,
): Promise<void> {
  try {
    await parser.parseAsync(words.flatMap(joinStdin));
  } catch (thrown) {
    throw isComplaint(thrown) ? explain(thrown) : thrown;
  }
}

/** yargs complains with plain Errors; any other kind is for the single catch in run.ts. */
function isComplaint(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (thrown.name === 'YError' || Object.getPrototypeOf(thrown) === Error.prototype);
}

/** A complaint of yargs in kubectl's words: one line that reads on after `error:`. */
function usageError(complaint: Error, argv: readonly string[], all: readonly Verb[]): MaintError {
  const line = complaint.message.replaceAll(/\s+/g, ' ');
  const sentence = line.charAt(0).toLowerCase() + line.slice(1);
  const [, names = ''] = /^unknown arguments?: (.+)$/.exec(sentence) ?? [];
  const verb = verbIn(argv, all);
  const unknown = names.split(', ');
  const flag = argv.map(flagName).find((name) => name !== '' && unknown.includes(name));
  const short = argv.map(shorthand).find((letter) => letter !== '' && unknown.includes(letter));
  if (flag === undefined || verb === undefined) {
    const what = short === undefined ? sentence : `unknown shorthand flag: -${short}`;
    return new MaintError('usage', what, { hint: templateHint(argv) ?? helpOf(verb), cause: complaint });
  }
  // A guard is not taken away by a suggestion.
  const offered = flagNames(definitionOf(verb)).filter(
    (name) => flag.startsWith('allow') || !name.startsWith('allow-'),
  );
  const meant = nearest(flag, offered);
  return new MaintError('usage', `unknown flag: --${flag}`, {
    hint: `${meant === undefined ? '' : `did you mean --${meant}? `}${PROGRAM} ${verb.name} --help lists them`,
    cause: complaint,
  });
}

/** The letter of a short flag, alone or with its value. */
function shorthand(word: string): string {
  return /^-([A-Za-z])/.exec(word)?.[1] ?? '';
}

/** kubectl's templates are many; JSON, and a tool that picks from it, is one way for all. */
function templateHint(argv: readonly string[]): string | undefined {
  const isTemplate = argv.some((word) =>
    /^(?:-o|--output)?=?(?:jsonpath|custom-columns|go-template|template)/.test(word),
  );
  return isTemplate
    ? `there are no templates: ${PROGRAM} ${argv[0] ?? ''} -o json | jq '.items[]' picks from it`
    : undefined;
}

function flagName(word: string): string {
  return /^--([^=]+)/.exec(word)?.[1] ?? '';
}

function flagNames({ flags }: Definition): readonly string[] {
  return flags.map(({ name }) => name);
}

/** `-f -` as one word: yargs takes a lone dash for an argument of its own, and kubectl's users type it. */
function joinStdin(word: string, index: number, words: readonly string[]): readonly string[] {
  if (word === '-' && FILE_FLAGS.includes(words[index - 1] ?? '')) return [];
  return FILE_FLAGS.includes(word) && words[index + 1] === '-' ? ['--filename=-'] : [word];
}

const FILE_FLAGS = ['-f', '--filename'];
