import { kindKey } from '../facts/work.ts';
import type { Matcher, Suspect } from './matcher.ts';

/** What an object must show before a matcher is worth asking: one of some owners, label keys, images and so on. */
type HookType = 'kind' | 'owner' | 'label' | 'annotation' | 'image' | 'program';

/** Matchers found by their hooks: an object is compared with the few that it may meet, not with the whole catalogue. */
export class Hooks<T extends { readonly match: Matcher }> {
  readonly #byHook: Readonly<Record<HookType, Map<string, number[]>>> = {
    kind: new Map(),
    owner: new Map(),
    label: new Map(),
    annotation: new Map(),
    image: new Map(),
    program: new Map(),
  };
  /** Those that any object may meet. */
  readonly #always: number[] = [];
  readonly #entries: readonly T[];

  constructor(entries: readonly T[]) {
    this.#entries = entries;
    entries.forEach(({ match }, rank) => {
      this.#hang(match, rank);
    });
  }

  /** The entries that an object may meet, in their order. */
  candidates(suspect: Suspect): readonly T[] {
    const ranks = [...this.#always];
    meetHooks(suspect, (type, value) => {
      const found = this.#byHook[type].get(value);
      if (found !== undefined) ranks.push(...found);
    });
    if (ranks.length === 0) return [];
    return [...new Set(ranks)].sort((a, b) => a - b).flatMap((rank) => this.#entries[rank] ?? []);
  }

  #hang(match: Matcher, rank: number): void {
    const [type, values] = hooksOf(match) ?? [];
    if (type === undefined) this.#always.push(rank);
    for (const value of values ?? []) {
      const known = type === undefined ? undefined : this.#byHook[type].get(value);
      if (known !== undefined) known.push(rank);
      else if (type !== undefined) this.#byHook[type].set(value, [rank]);
    }
  }
}

/** Of the parts of a matcher the one that the fewest objects meet; all of its parts must hold, so one will do. */
function hooksOf(match: Matcher): readonly [HookType, readonly string[]] | undefined {
  const { owners, labels, annotations, images, commands, kinds } = match;
  if (owners !== undefined) return ['owner', owners];
  if (labels !== undefined) return ['label', Object.keys(labels).slice(0, 1)];
  if (annotations !== undefined) return ['annotation', Object.keys(annotations).slice(0, 1)];
  if (images !== undefined) return ['image', images];
  if (commands !== undefined) return ['program', commands];
  return kinds === undefined ? undefined : ['kind', kinds];
}

/** Tells every hook that an object shows. */
function meetHooks({ object, running }: Suspect, meet: (type: HookType, value: string) => void): void {
  const { template } = object;
  meet('kind', kindKey(object));
  for (const owner of object.owners) meet('owner', kindKey(owner));
  meetKeys('label', [object.labels, object.jobLabels, template?.labels], meet);
  meetKeys('annotation', [object.annotations, template?.annotations], meet);
  for (const { image, programs } of running) {
    meet('image', image);
    for (const program of programs) meet('program', program);
  }
}

function meetKeys(
  type: HookType,
  places: readonly (ReadonlyMap<string, string> | undefined)[],
  meet: (type: HookType, value: string) => void,
): void {
  for (const place of places) {
    if (place !== undefined) for (const key of place.keys()) meet(type, key);
  }
}
