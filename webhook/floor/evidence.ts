import { WORK_LABEL, type Kind, type Matcher } from '../../shared/index.ts';
import { any, list } from './cel.ts';
import type { CoveredPattern } from './coverage.ts';
import { KIND } from './kinds.ts';

/** What one object must show before a pattern is worth asking about; of every pattern one part. */
interface Shown {
  readonly kinds: Kind[];
  readonly owners: Kind[];
  readonly labels: string[];
  readonly annotations: string[];
}

/**
 * Whether the object may be what any of the patterns describes, asked as cheaply as can be: where a rule looks at the whole
 * cluster, the whole catalogue would be asked about every pod that is made while a node is in maintenance.
 */
export function evidenceOf(covered: readonly CoveredPattern[]): string {
  const shown: Shown = { kinds: [], owners: [], labels: [], annotations: [] };
  for (const one of covered) collect(one, shown);
  return any([
    ...(shown.kinds.length === 0 ? [] : [`${KIND} in ${list(unique(shown.kinds.map(({ groupKind }) => groupKind)))}`]),
    ...written('labels', shown.labels),
    ...written('annotations', shown.annotations),
    ...(shown.owners.length === 0 ? [] : [ownedBy(shown.owners)]),
  ]);
}

function collect({ tool, kinds, pattern: { match } }: CoveredPattern, shown: Shown): void {
  if (tool === 'labelled') shown.labels.push(WORK_LABEL);
  else if (match.owners !== undefined) shown.owners.push(...match.owners);
  else if (match.labels !== undefined) shown.labels.push(...firstKey(match.labels));
  else if (match.annotations !== undefined) shown.annotations.push(...firstKey(match.annotations));
  else shown.kinds.push(...kinds);
}

/** Every key must be there, so the first will do. */
function firstKey(wanted: NonNullable<Matcher['labels']>): readonly string[] {
  return Object.keys(wanted).slice(0, 1);
}

function written(key: string, keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return [];
  const places = [`object.metadata.?${key}.orValue({})`, `object.?spec.?template.?metadata.?${key}.orValue({})`];
  return places.map((place) => `${place}.exists(k, k in ${list(unique(keys))})`);
}

function ownedBy(owners: readonly Kind[]): string {
  const kinds = owners.map(({ kind }) => kind);
  return `object.metadata.?ownerReferences.orValue([]).exists(o, o.kind in ${list(unique(kinds))})`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
