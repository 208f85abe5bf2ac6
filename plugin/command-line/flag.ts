/** What every flag says of itself. */
interface Told {
  /** The letter of its short form. */
  readonly short?: string;
  /** The heading that it stands under, with a colon; without one: `Options:`. */
  readonly group?: string;
  readonly describe: string;
}

/** Where a shell finds what a value may be: its own files, a name in the kubeconfig, owners of claims, or words with commas between them. */
export type Completes = 'files' | 'contexts' | 'clusters' | 'users' | 'owners' | { readonly list: readonly string[] };

/** Is there or is not; `--flag=false` switches it off. */
export interface Switch extends Told {
  readonly kind: 'switch';
  /** What counts where it is not given; without it that is for others to say (a kubeconfig). */
  readonly default?: boolean;
}

/** A flag with a value. */
interface Valued<T> extends Told {
  readonly completes?: Completes;
  /** Makes of the text what the verb works with; `flag` is its name with dashes. Throws MaintError('usage'). */
  readonly value: (text: string, flag: string) => T;
}

/** Takes one value; given more than once, the last one counts (spf13/pflag). */
export interface Value<T> extends Valued<T> {
  readonly kind: 'value';
  /** What counts where it is not given, as it would be typed. */
  readonly default?: string;
  /** What is meant where it stands without a value, which then is given behind `=` only (pflag NoOptDefVal). */
  readonly implied?: string;
  /** What its value may be; without them: anything. */
  readonly choices?: readonly string[];
  /** Name of a flag that cannot be given together with it. */
  readonly excludes?: string;
}

/** Takes a value each time that it is given. */
export interface List<T> extends Valued<T> {
  readonly kind: 'list';
}

/** A flag of a verb, as data: parsing, help, completion and the reference are made of it. */
export type Flag = Switch | Value<unknown> | List<unknown>;

/** The flags of a verb by name, without dashes, in the order in which help lists them. */
export type FlagTable = Readonly<Record<string, Flag>>;

type ValueOf<Said extends Flag> = Said extends { readonly value: (text: string, flag: string) => infer T }
  ? Said extends { readonly kind: 'list' }
    ? readonly T[]
    : T
  : boolean;

type ValueIn<Said extends Flag> = Said extends { readonly default: string | boolean }
  ? ValueOf<Said>
  : ValueOf<Said> | undefined;

/** What a command line says of the flags of a table. */
export type FlagValues<Table extends FlagTable> = { readonly [Name in keyof Table]: ValueIn<Table[Name]> };

/** A value that is one of some words: what yargs is told, and what TypeScript knows of it. */
export function oneOf<const Word extends string>(
  ...choices: readonly Word[]
): { readonly kind: 'value'; readonly choices: readonly Word[]; readonly value: (text: string) => Word } {
  const value = (text: string): Word => {
    const word = choices.find((choice) => choice === text);
    if (word === undefined) throw new Error(`"${text}" has passed although it is none of ${choices.join(', ')}`);
    return word;
  };
  return { kind: 'value', choices, value };
}

/** The text as it was typed. */
export function asTyped(text: string): string {
  return text;
}

/** Numbers and durations stand without quotes. */
const BARE = /^-?\d+[smh]?$/;

/** What counts where a flag is not given, as kubectl writes it: `''`, `false`, `30s`, `[]`. */
export function initialOf(flag: Flag): string {
  switch (flag.kind) {
    case 'switch':
      return String(flag.default === true);
    case 'list':
      return '[]';
    case 'value': {
      const { default: text = '' } = flag;
      return BARE.test(text) ? text : `'${text}'`;
    }
  }
}

/** What a value may be; empty: anything. */
export function choicesOf(flag: Flag): readonly string[] {
  return flag.kind === 'value' ? (flag.choices ?? []) : [];
}

/** Whether it may stand without a word behind it. */
export function standsAlone(flag: Flag): boolean {
  return flag.kind === 'switch' || (flag.kind === 'value' && flag.implied !== undefined);
}
