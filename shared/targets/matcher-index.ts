import type { Owner } from '../facts/work.ts';
import type { Kind } from '../kinds.ts';
import { programOf } from './subcommands.ts';
import { imageBasename } from './image-names.ts';
import type { Inspection } from './inspection.ts';
import type { Matcher } from './matcher.ts';

/** What an object must show before a matcher is worth asking: one of some owners, label keys, images and so on. */
type IndexKey = 'kind' | 'owner' | 'owned' | 'label' | 'annotation' | 'image' | 'program';

/** An entry with its place in the order of all. */
interface Ranked<T> {
  readonly rank: number;
  readonly entry: T;
}

/** Matchers found by what an object must show: an object is compared with the few that it may meet, not with the whole catalogue. */
export class MatcherIndex<T extends { readonly match: Matcher }> {
  readonly #byKey: Readonly<Record<IndexKey, Map<string, Ranked<T>[]>>> = {
    kind: new Map(),
    owner: new Map(),
    owned: new Map(),
    label: new Map(),
    annotation: new Map(),
    image: new Map(),
    program: new Map(),
  };
  /** Those that any object may meet. */
  readonly #always: Ranked<T>[] = [];

  constructor(entries: readonly T[]) {
    entries.forEach((entry, rank) => {
      this.#add({ entry, rank });
    });
  }

  /** The entries that an object may meet, in their order. */
  candidates(inspection: Inspection): readonly T[] {
    const { object, running } = inspection;
    const { template } = object;
    const { kind, owner, owned, label, annotation, image, program } = this.#byKey;
    const met = [...this.#always];
    meet(kind, object.groupKind, met);
    for (const { groupKind } of object.owners) meet(owner, groupKind, met);
    if (object.owners.some((one) => this.#isStrange(one))) meet(owned, object.groupKind, met);
    meetKeys(label, object.labels, met);
    meetKeys(label, object.jobLabels, met);
    meetKeys(label, template?.labels, met);
    meetKeys(annotation, object.annotations, met);
    meetKeys(annotation, template?.annotations, met);
    for (const container of running) {
      meet(image, container.image, met);
      for (const run of container.programs) meet(program, run, met);
    }
    return inOrder(met).map(({ entry }) => entry);
  }

  /** Of some operator's own kind, which no matcher names: what such a kind makes, its own tool knows better than any words. */
  #isStrange({ group, groupKind }: Owner): boolean {
    return group.includes('.') && !this.#byKey.owner.has(groupKind) && !this.#byKey.kind.has(groupKind);
  }

  #add(ranked: Ranked<T>): void {
    const keys = indexKeysOf(ranked.entry.match);
    if (keys === undefined) {
      this.#always.push(ranked);
      return;
    }
    const [type, values] = keys;
    for (const value of values) {
      const known = this.#byKey[type].get(value);
      if (known === undefined) this.#byKey[type].set(value, [ranked]);
      else known.push(ranked);
    }
  }
}

/** Of the parts of a matcher the one that the fewest objects meet; all of its parts must hold, so one will do. */
function indexKeysOf(match: Matcher): readonly [IndexKey, readonly string[]] | undefined {
  const { owners, ownerWords, labels, annotations, images, entrypoints, commands, kinds } = match;
  if (owners !== undefined) return ['owner', owners.map(groupKindOf)];
  if (ownerWords !== undefined && kinds !== undefined) return ['owned', kinds.map(groupKindOf)];
  if (labels !== undefined) return ['label', Object.keys(labels).slice(0, 1)];
  if (annotations !== undefined) return ['annotation', Object.keys(annotations).slice(0, 1)];
  if (images !== undefined) return ['image', images.map(imageBasename)];
  if (entrypoints !== undefined) return ['image', [...new Set(entrypoints.map(programOf))]];
  if (commands !== undefined) return ['program', [...new Set(commands.map(programOf))]];
  return kinds === undefined ? undefined : ['kind', kinds.map(groupKindOf)];
}

function groupKindOf({ groupKind }: Kind): string {
  return groupKind;
}

/** Each once, in the order of all; what was found in one place alone is so already. */
function inOrder<T>(met: readonly Ranked<T>[]): readonly Ranked<T>[] {
  const isInOrder = met.every(({ rank }, index) => index === 0 || rank > (met[index - 1]?.rank ?? -1));
  return isInOrder ? met : [...new Set(met)].sort((a, b) => a.rank - b.rank);
}

/** Adds what is indexed under one value. */
function meet<T>(index: ReadonlyMap<string, readonly Ranked<T>[]>, value: string, met: Ranked<T>[]): void {
  const found = index.get(value);
  if (found !== undefined) met.push(...found);
}

function meetKeys<T>(
  index: ReadonlyMap<string, readonly Ranked<T>[]>,
  shown: ReadonlyMap<string, string> | undefined,
  met: Ranked<T>[],
): void {
  if (shown === undefined || shown.size === 0) return;
  for (const key of shown.keys()) meet(index, key, met);
}
