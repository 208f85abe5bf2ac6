import yargs, { type Argv } from 'yargs';
import { MaintError } from '../shared/index.ts';
import { allowOperation, allowOptions } from './flags/allow.ts';
import { checkOperation, checkOptions } from './flags/check.ts';
import { doctorOperation, doctorOptions } from './flags/doctor.ts';
import { offOperation, offOptions } from './flags/off.ts';
import { onOperation, onOptions } from './flags/on.ts';
import { runOperation, runOptions } from './flags/run.ts';
import { statusOperation, statusOptions } from './flags/status.ts';
import { wordsFromKubectl, type Words } from './flags/words.ts';
import type { Operation } from './operation.ts';

/** Exit codes and other words below the list of verbs. */
const EPILOGUE = `Exit codes: 0 done, 1 bug, 2 usage, 3 denied by a guard, 4 cluster refused or unreachable,
5 gave up waiting, or a check fails (doctor), 6 some node is in maintenance (status --exit-code),
130 interrupted.`;

/** Turns a command line into what it asks for. Throws MaintError('usage') with everything needed to correct it. */
export async function parse(argv: readonly string[], version: string): Promise<Operation> {
  let asked: Operation | undefined;
  const words = wordsFromKubectl(argv.length === 0 ? ['--help'] : argv);
  const parser = program(version, words, (operation) => {
    asked = operation;
  });
  const printed = await parseWith(parser, words.ours);
  return asked ?? { verb: 'print', text: printed };
}

function program(version: string, words: Words, ask: (operation: Operation) => void): Argv {
  return yargs()
    .scriptName('kubectl maint')
    .usage('kubectl maint takes nodes into maintenance, safely, and brings them back.\n\nUsage: $0 COMMAND')
    .parserConfiguration({
      'boolean-negation': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .command('on [node...]', 'Take nodes into maintenance: mark, cordon, drain', onOptions, (argv) => {
      ask(onOperation(argv));
    })
    .command('off [node...]', 'Bring nodes back when they are healthy', offOptions, (argv) => {
      ask(offOperation(argv));
    })
    .command('run [node...]', 'Run a command on nodes in maintenance, one after the other', runOptions, (argv) => {
      ask(runOperation(argv, words));
    })
    .command('allow [node...]', 'Break-glass: let refused work pass for a while', allowOptions, (argv) => {
      ask(allowOperation(argv));
    })
    .command('status [node...]', 'Show what is in maintenance', statusOptions, (argv) => {
      ask(statusOperation(argv));
    })
    .command('check', 'Say what the webhook would say of manifests', checkOptions, (argv) => {
      ask(checkOperation(argv));
    })
    .command('doctor', 'Say whether enforcement is live', doctorOptions, (argv) => {
      ask(doctorOperation(argv));
    })
    .command('version', 'Print the version', {}, () => {
      ask({ verb: 'print', text: `kubectl maint ${version}` });
    })
    .demandCommand(1, 1, 'no command is given', 'more than one command is given')
    .strict()
    .updateStrings({
      'Not enough arguments following: %s': 'flag needs a value: --%s',
      'Arguments %s and %s are mutually exclusive': '--%s and --%s cannot both be given',
    })
    .version(false)
    .help('help')
    .alias('help', 'h')
    .epilogue(EPILOGUE)
    .wrap(100)
    .exitProcess(false)
    .fail(false);
}

async function parseWith(parser: Argv, words: readonly string[]): Promise<string> {
  try {
    let text = '';
    await parser.parse(words.flatMap(joinStdin), {}, (_error, _argv, output) => {
      text = output;
    });
    return text;
  } catch (thrown) {
    if (!isComplaint(thrown)) throw thrown;
    throw new MaintError('usage', asSentence(thrown.message), {
      hint: 'kubectl maint --help, or kubectl maint COMMAND --help',
      cause: thrown,
    });
  }
}

/** yargs complains with plain Errors; any other kind is for the single catch in run.ts. */
function isComplaint(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (thrown.name === 'YError' || Object.getPrototypeOf(thrown) === Error.prototype);
}

/** One line that reads on after `error:`. */
function asSentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** `-f -` as one word: yargs takes a lone dash for an argument of its own, and kubectl's users type it. */
function joinStdin(word: string, index: number, words: readonly string[]): readonly string[] {
  if (word === '-' && FILE_FLAGS.includes(words[index - 1] ?? '')) return [];
  return FILE_FLAGS.includes(word) && words[index + 1] === '-' ? ['--filename=-'] : [word];
}

const FILE_FLAGS = ['-f', '--filename'];
