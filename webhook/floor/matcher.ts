import { imagePattern, LABEL_STRENGTH, type Accepted, type Matcher } from '../../shared/index.ts';
import { all, any, list, literal } from './cel.ts';
import { isOneOf, listOfKinds } from './kinds.ts';
import { basenameOf } from './variables.ts';

/** Parts of a matcher that CEL cannot ask exactly: programs in scripts of a shell, words of an owner's kind, fields of any type at any depth. */
export function isExact({ fields, endedBy, ownerWords, says, ...match }: Matcher): boolean {
  return !asksForProgram(match) && [fields, endedBy, ownerWords, says].every((part) => part === undefined);
}

/** Of what runs CEL knows an image that runs its own entry point, with words that must not be among its arguments. */
function asksForProgram({
  images,
  entrypoints = [],
  commands,
  arguments: words,
  without = [],
  runWords,
  settings,
}: Matcher): boolean {
  const isAlone = without.length === 0 || (entrypoints.length > 0 && images === undefined);
  return (
    !isAlone ||
    entrypoints.some((image) => image.includes(' ')) ||
    without.some((word) => word.includes('*')) ||
    [commands, words, runWords, settings].some((part) => part !== undefined)
  );
}

/** An expression that holds exactly where an exact matcher (see `isExact`) of this strength does, whatever the kind. */
export function conditionOf(match: Matcher, strength: number): string {
  const { images, entrypoints, without = [] } = match;
  // A pod that a workload keeps up is a service, whatever its image (shared/targets/matcher.ts).
  const isRun = (images ?? entrypoints) !== undefined && strength < LABEL_STRENGTH ? ['!variables.keptUp'] : [];
  const isOwn = entrypoints === undefined ? [] : [runsItsOwn(entrypoints, without)];
  return all([...isRun, ...exactParts(match), ...isOwn]);
}

function runsItsOwn(images: readonly string[], without: readonly string[]): string {
  if (without.length === 0) return `variables.entrypoints.exists(i, i in ${list(images)})`;
  const words = 'c.?command.orValue([]) + c.?args.orValue([])';
  return `variables.owned.exists(c, ${basenameOf('c')} in ${list(images)} && !(${words}).exists(w, w.matches(${literal(mention(without))})))`;
}

/** What the words of an argument stand between (shared/targets/programs.ts); RE2 has \\s without what is not ASCII. */
const SPACE = '[\\s\\v\\p{Z}\\x{feff}"\';|&()`]';

/** One of some words in an argument; also a variable, which may hold any. */
function mention(words: readonly string[]): string {
  const own = words.map((word) => word.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`));
  return `[$]|(^|${SPACE})(${own.join('|')})($|${SPACE})`;
}

/**
 * Longest script that is searched, in characters: in a longer one any program may stand. Some 60 programs x 16,000 x 0.1
 * (CEL's cost of a character) are a tenth of what the API server grants one expression (1,000,000).
 */
const MAX_SCRIPT = 16_000;

/** An expression that holds at least wherever the matcher does: what CEL cannot ask is taken as given, or by substrings. */
export function possibilityOf(match: Matcher): string {
  const { ownerWords, entrypoints } = match;
  const owned =
    ownerWords === undefined ? [] : [`variables.owners.exists(o, ${list(ownerWords)}.exists(w, o.contains(w)))`];
  const kinds = match.kinds === undefined ? [] : [isOneOf(match.kinds)];
  const names = entrypoints?.map((image) => image.split(' ', 1)[0] ?? '');
  const image = names === undefined ? [] : [`variables.images.exists(i, i in ${list([...new Set(names)])})`];
  return all([...kinds, ...owned, ...exactParts(ignoring(match)), ...image, ...programs(match)]);
}

/** Most programs that are looked for where the name has to say it as well: of a longer list the name alone is asked. */
const MAX_PROGRAMS = 10;

function programs({ commands = [], nameWords }: Matcher): readonly string[] {
  const names = [...new Set(commands.map((command) => command.split(' ', 1)[0] ?? ''))];
  if (names.length === 0 || (nameWords !== undefined && names.length > MAX_PROGRAMS)) return [];
  return [`variables.words.exists(c, c.exists(w, size(w) > ${MAX_SCRIPT} || ${list(names)}.exists(p, w.contains(p))))`];
}

function exactParts({ owners, notOwners, labels, annotations, images, ...match }: Matcher): readonly string[] {
  return [
    ...(owners === undefined ? [] : [`variables.owners.exists(o, o in ${listOfKinds(owners)})`]),
    ...(notOwners === undefined ? [] : [`!variables.owners.exists(o, o in ${listOfKinds(notOwners)})`]),
    ...written(labels, 'labels'),
    ...written(annotations, 'annotations'),
    ...(images === undefined ? [] : [any(running(images))]),
    ...named(match),
  ];
}

/** Most images are named by their last part, which is worked out once for all patterns. */
function running(images: readonly string[]): readonly string[] {
  const bare = images.filter((name) => !name.includes('/'));
  const withPaths = images.filter((name) => name.includes('/')).map((name) => `(${imagePattern(name)})`);
  return [
    ...(bare.length === 0 ? [] : [`variables.images.exists(i, i in ${list(bare)})`]),
    ...(withPaths.length === 0
      ? []
      : [`variables.containers.exists(c, c.?image.orValue('').matches(${literal(withPaths.join('|'))}))`]),
  ];
}

function named({ names, nameWords, unlessWords, writers }: Matcher): readonly string[] {
  return [
    ...(names === undefined ? [] : [any(names.map((prefix) => `variables.name.startsWith(${literal(prefix)})`))]),
    ...(nameWords === undefined
      ? []
      : [`variables.nameWords.exists(w, w.matches(${literal(wordPattern(nameWords))}))`]),
    // Without words that are wanted nobody asks for those that are not (shared/targets/matcher.ts).
    ...(nameWords === undefined || unlessWords === undefined
      ? []
      : [`!variables.nameWords.join(' ').matches(${literal(sequencePattern(unlessWords))})`]),
    ...(writers === undefined ? [] : [`variables.writer in ${list(writers)}`]),
  ];
}

/** Words in which `*` stands for any text, as one regular expression. */
function wordPattern(words: readonly string[]): string {
  return `^(${words.map((word) => word.replaceAll('*', '.*')).join('|')})$`;
}

/** The same for words behind each other, a space between them. */
function sequencePattern(words: readonly string[]): string {
  return `(^| )(${words.map((word) => word.replaceAll('*', '[^ ]*')).join('|')})( |$)`;
}

/** Every key has an accepted value in one of the places where it may stand; no values accept any. */
function written(wanted: Accepted | undefined, places: string): readonly string[] {
  return Object.entries(wanted ?? {}).map(([key, values]) => {
    const is = values.length === 0 ? '' : ` && m[${literal(key)}] in ${list(values)}`;
    return `variables.${places}.exists(m, ${literal(key)} in m${is})`;
  });
}

/** What only narrows a matcher down; left out, it holds for more. */
function ignoring({ notOwners: _, unlessWords: __, ...match }: Matcher): Matcher {
  return match;
}
