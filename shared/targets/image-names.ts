/** The registry that an image without one comes from, and the path of its own images. */
const DEFAULT_REGISTRY = 'docker.io/';
const OFFICIAL = 'library/';

/** How images may be written in a matcher: a name with as much of its path and registry as shall count, no tag, no digest. */
export const IMAGE_NAME = /^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+$/;

/**
 * A regular expression that holds for image references meant by a name such as `dumper`, `team/dumper` or
 * `registry.example.com/team/dumper`: the last parts of the path have to be the same, whatever
 * the tag and digest. An image of Docker Hub is meant by each of its spellings.
 */
export function imagePattern(name: string): string {
  return `^(${spellingsOf(name).map(literalPattern).join('|')})(:[^/@]*)?(@.*)?$`;
}

/** A spelling and what may stand before it. */
type Spelling = readonly [before: string, name: string];

function spellingsOf(name: string): readonly Spelling[] {
  const anywhere: Spelling = ['(.*/)?', name];
  if (!name.startsWith(DEFAULT_REGISTRY)) return [anywhere];
  const path = name.slice(DEFAULT_REGISTRY.length);
  const isOfficial = path.startsWith(OFFICIAL);
  return [anywhere, ['', path], ...(isOfficial ? officialSpellings(path.slice(OFFICIAL.length)) : [])];
}

function officialSpellings(bare: string): readonly Spelling[] {
  return [
    ['', bare],
    ['', DEFAULT_REGISTRY + bare],
  ];
}

function literalPattern([before, name]: Spelling): string {
  return before + name.replaceAll('.', String.raw`\.`);
}

/** The last path element of an image reference without tag and digest. */
export function imageBasename(image: string): string {
  const whole = before('@', image);
  return before(':', whole.slice(whole.lastIndexOf('/') + 1));
}

function before(mark: string, text: string): string {
  const end = text.indexOf(mark);
  return end < 0 ? text : text.slice(0, end);
}
