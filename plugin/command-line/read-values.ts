import type { Options } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import { choicesOf, type Flag, type FlagTable, type FlagValues } from './flag.ts';
import type { GivenFlag } from './words.ts';

/** How yargs takes words that are read already: nothing of them means anything else than what it says. */
const AS_READ = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
} as const;

/** What flags of a table were given, each as its verb works with it. Rejects with MaintError('usage') on the first that is wrong. */
export async function readValues<Table extends FlagTable>(
  table: Table,
  given: readonly GivenFlag[],
  command: string,
): Promise<FlagValues<Table>> {
  const raw = await parsed(table, given, command);
  const values = Object.fromEntries(
    Object.entries(table).map(([name, flag]) => [name, valueOf(flag, `--${name}`, raw[name])] as const),
  );
  if (hasAll(values, table)) return values;
  throw new Error(`flags of ${command} were lost`);
}

/** Each value is what the flag's own reader made of it, so that with every name there the whole is what it is said to be. */
function hasAll<Table extends FlagTable>(
  values: Readonly<Record<string, unknown>>,
  table: Table,
): values is FlagValues<Table> {
  return Object.keys(table).every((name) => Object.hasOwn(values, name));
}

function valueOf(flag: Flag, name: string, raw: unknown): unknown {
  switch (flag.kind) {
    case 'switch':
      return typeof raw === 'boolean' ? raw : flag.default;
    case 'list':
      return Array.isArray(raw) ? raw.map((text) => flag.value(String(text), name)) : undefined;
    case 'value': {
      const text = typeof raw === 'string' ? raw : flag.default;
      return text === undefined ? undefined : flag.value(text, name);
    }
  }
}

async function parsed(
  table: FlagTable,
  given: readonly GivenFlag[],
  command: string,
): Promise<Readonly<Record<string, unknown>>> {
  // The words of switches are read already.
  if (given.every(({ name }) => table[name]?.kind === 'switch'))
    return Object.fromEntries(given.map(({ name, value }) => [name, value === 'true']));
  // Loaded for those who give values: it takes as long as all else that reads a command line.
  const { default: yargs } = await import('yargs');
  const parser = Object.entries(table)
    .reduce((told, [name, flag]) => told.option(name, optionOf(flag)), yargs().parserConfiguration(AS_READ))
    .updateStrings(STRINGS)
    .version(false)
    .help(false)
    .exitProcess(false)
    .fail(false);
  try {
    return parser.parseSync(given.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`)));
  } catch (thrown) {
    throw isComplaint(thrown) ? usageError(thrown, given, command) : thrown;
  }
}

function optionOf(flag: Flag): Options {
  if (flag.kind === 'switch') return { type: 'boolean', coerce: last };
  const choices = choicesOf(flag);
  const excluded = flag.kind === 'value' ? flag.excludes : undefined;
  return {
    type: 'string',
    requiresArg: true,
    ...(choices.length > 0 && { choices }),
    ...(excluded !== undefined && { conflicts: excluded }),
    ...(flag.kind === 'list' ? { array: true } : { coerce: last }),
  };
}

/** A flag given more than once counts as kubectl counts it: the last one. */
function last(value: unknown): unknown {
  return Array.isArray(value) ? value.at(-1) : value;
}

/** yargs' complaints in kubectl's words. */
const STRINGS = {
  'Not enough arguments following: %s': 'flag needs a value: --%s',
  'Invalid values:': 'invalid value',
  'Argument: %s, Given: %s, Choices: %s': 'for --%s: %s; it must be one of %s',
  'Arguments %s and %s are mutually exclusive': '--%s and --%s cannot both be given',
};

/** yargs complains with plain Errors; any other kind is a bug. */
function isComplaint(thrown: unknown): thrown is Error {
  return thrown instanceof Error && (thrown.name === 'YError' || Object.getPrototypeOf(thrown) === Error.prototype);
}

/** One line that reads on after `error:`. */
function usageError(complaint: Error, given: readonly GivenFlag[], command: string): MaintError {
  const line = complaint.message.replaceAll(/\s+/g, ' ');
  return new MaintError('usage', line.charAt(0).toLowerCase() + line.slice(1), {
    hint: isTemplate(given)
      ? `there are no templates: ${command} -o json | jq '.items[]' picks from it`
      : `${command} --help`,
    cause: complaint,
  });
}

/** kubectl's templates are many; JSON, and a tool that picks from it, is one way for all. */
function isTemplate(given: readonly GivenFlag[]): boolean {
  return given.some(
    ({ name, value = '' }) => name === 'output' && /^(?:jsonpath|custom-columns|go-template|template)/.test(value),
  );
}
