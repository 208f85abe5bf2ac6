import { eachOnce } from '../once.ts';
import type { Invocation } from './invocations.ts';
import { isKnownBySubcommand } from './known-programs.ts';
import { matchesGlob } from './glob.ts';
import { isOtherProgram } from './wrappers.ts';

/** Programs whose name and arguments say nothing of the work: their subcommands are known, or they carry out anything. */
const SAYS_NOTHING = new Set([
  'aws',
  'az',
  'cypher-shell',
  'dbt',
  'docker',
  'gcloud',
  'glab',
  'gh',
  'grype',
  'kube-bench',
  'kube-hunter',
  'kubeaudit',
  'kubectl',
  'kubescape',
  'lynis',
  'mc',
  'msbuild',
  'mongo',
  'mongosh',
  'mysql',
  'nuget',
  'oc',
  'oscap',
  'popeye',
  'prowler',
  'psql',
  'pulumi',
  'rclone',
  'redis-cli',
  'terraform',
  'tofu',
  'trivy',
  'velero',
]);

/** How many subcommands are looked at: `bench --site all backup` has it in the second place. */
const SUBCOMMANDS = 2;

/**
 * Lower-case words in the own name of what is run: of the program or script, or of the image where that runs its own entry
 * point, and of its subcommands. None of programs that are judged by their subcommands, and not by their name.
 */
export function ownWordsOf({ program, args, isOwn }: Invocation, image: string): readonly string[] {
  const name = isOwn ? image : program;
  if (isKnownBySubcommand(name) || SAYS_NOTHING.has(name) || (!isOwn && isOtherProgram(name))) return [];
  return [name, ...subcommandsAmong(args)].flatMap(wordsIn);
}

function subcommandsAmong(args: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const arg of args) {
    if (found.length === SUBCOMMANDS) break;
    if (/^[A-Za-z][\w:-]*$/.test(arg)) found.push(arg);
  }
  return found;
}

/** The words of a name, in lower case: `backup_script.sh`, `dumpOrders`. */
export function wordsIn(name: string): readonly string[] {
  if (/^[a-z0-9]+$/.test(name)) return [name];
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Whether some words hold one of those that are wanted, in which `*` stands for any text; of two words one behind the other. */
export function hasOneOf(words: readonly string[], wanted: readonly string[]): boolean {
  if (words.length === 0 || wanted.length === 0) return false;
  const { plain, patterns } = wantedFrom(wanted);
  return (
    words.some((word) => plain.has(word)) ||
    patterns.some(({ first, second }) =>
      words.some(
        (word, at) => matchesGlob(word, first) && (second === undefined || matchesGlob(words[at + 1] ?? '', second)),
      ),
    )
  );
}

/** Wanted words as they are looked for: those that stand for themselves, and the parts of the others between their `*`. */
interface Wanted {
  readonly plain: ReadonlySet<string>;
  readonly patterns: readonly { readonly first: readonly string[]; readonly second: readonly string[] | undefined }[];
}

/** Each list of the catalogue is taken apart once: the same lists are asked for with every request. */
const wantedFrom = eachOnce((words: readonly string[]): Wanted => {
  const isPattern = (word: string): boolean => word.includes('*') || word.includes(' ');
  return {
    plain: new Set(words.filter((word) => !isPattern(word))),
    patterns: words.filter(isPattern).map((word) => {
      const [first = [], second] = word.split(' ').map((part) => part.split('*'));
      return { first, second };
    }),
  };
}, new WeakMap());
