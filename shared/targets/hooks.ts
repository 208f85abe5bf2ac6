import { kindKey } from '../facts/work.ts';
import type { Matcher, Suspect } from './matcher.ts';

/** What an object must show before a matcher is worth asking: one of some owners, label keys, images and so on. */
type HookType = 'kind' | 'owner' | 'label' | 'annotation' | 'image' | 'program';

/** An entry with its place in the order of all. */
interface Ranked<T> {
  readonly rank: number;
  readonly entry: T;
}

/** Matchers found by their hooks: an object is compared with the few that it may meet, not with the whole catalogue. */
export class Hooks<T extends { readonly match: Matcher }> {
  readonly #byHook: Readonly<Record<HookType, Map<string, Ranked<T>[]>>> = {
    kind: new Map(),
    owner: new Map(),
    label: new Map(),
    annotation: new Map(),
    image: new Map(),
    program: new Map(),
  };
  /** Those that any object may meet. */
  readonly #always: Ranked<T>[] = [];

  constructor(entries: readonly T[]) {
    entries.forEach((entry, rank) => {
      this.#hang({ entry, rank });
    });
  }

  /** The entries that an object may meet, in their order. */
  candidates(suspect: Suspect): readonly T[] {
    const met = new Set(this.#always);
    meetHooks(suspect, (type, value) => {
      this.#byHook[type].get(value)?.forEach((ranked) => met.add(ranked));
    });
    if (met.size === 0) return [];
    return [...met].sort((a, b) => a.rank - b.rank).map(({ entry }) => entry);
  }

  #hang(ranked: Ranked<T>): void {
    const hook = hooksOf(ranked.entry.match);
    if (hook === undefined) {
      this.#always.push(ranked);
      return;
    }
    const [type, values] = hook;
    for (const value of values) {
      const known = this.#byHook[type].get(value);
      if (known === undefined) this.#byHook[type].set(value, [ranked]);
      else known.push(ranked);
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
