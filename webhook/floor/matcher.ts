import { imagePattern, LABEL_STRENGTH, type Accepted, type Matcher } from '../../shared/index.ts';
import { all, any, list, literal } from './cel.ts';

/** Parts of a matcher that CEL cannot ask exactly: programs in scripts of a shell, words of an owner's kind, fields of any type at any depth. */
export function isExact({ commands, arguments: words, fields, endedBy, ownerWords, says }: Matcher): boolean {
  return [commands, words, fields, endedBy, ownerWords, says].every((part) => part === undefined);
}

/** An expression that holds exactly where an exact matcher (see `isExact`) of this strength does, whatever the kind. */
export function conditionOf(match: Matcher, strength: number): string {
  const { images } = match;
  // A pod that a workload keeps up is a service, whatever its image (shared/targets/matcher.ts).
  const isRun = images !== undefined && strength < LABEL_STRENGTH ? ['!variables.keptUp'] : [];
  return all([...isRun, ...exactParts(match)]);
}

/**
 * Longest script that is searched, in characters: in a longer one any program may stand. Some 60 programs x 16,000 x 0.1
 * (CEL's cost of a character) are a tenth of what the API server grants one expression (1,000,000).
 */
const MAX_SCRIPT = 16_000;

/** An expression that holds at least wherever the matcher does: what CEL cannot ask is taken as given, or by substrings. */
export function possibilityOf(match: Matcher): string {
  const { commands, ownerWords } = match;
  const owned =
    ownerWords === undefined ? [] : [`variables.owners.exists(o, ${list(ownerWords)}.exists(w, o.contains(w)))`];
  const kinds = match.kinds === undefined ? [] : [`variables.kind in ${list(match.kinds)}`];
  const runs =
    commands === undefined
      ? []
      : [
          `variables.words.exists(c, c.exists(w, size(w) > ${MAX_SCRIPT} || ${list(commands)}.exists(p, w.contains(p))))`,
        ];
  return all([...kinds, ...owned, ...exactParts(match), ...runs]);
}

function exactParts({ owners, labels, annotations, images, ...match }: Matcher): readonly string[] {
  return [
    ...(owners === undefined ? [] : [`variables.owners.exists(o, o in ${list(owners)})`]),
    ...written(labels, 'labels'),
    ...written(annotations, 'annotations'),
    ...(images === undefined ? [] : [any(running(images))]),
    ...named(match),
  ];
}

/** Most images are named by their last part, which is worked out once for all claims. */
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

function named({ names, nameWords, writers }: Matcher): readonly string[] {
  return [
    ...(names === undefined ? [] : [any(names.map((prefix) => `variables.name.startsWith(${literal(prefix)})`))]),
    ...(nameWords === undefined ? [] : [`variables.nameWords.exists(w, w in ${list(nameWords)})`]),
    ...(writers === undefined ? [] : [`variables.writer in ${list(writers)}`]),
  ];
}

/** Every key has an accepted value in one of the places where it may stand; no values accept any. */
function written(wanted: Accepted | undefined, places: string): readonly string[] {
  return Object.entries(wanted ?? {}).map(([key, values]) => {
    const is = values.length === 0 ? '' : ` && m[${literal(key)}] in ${list(values)}`;
    return `variables.${places}.exists(m, ${literal(key)} in m${is})`;
  });
}
