import { imageBasename, WORK_LABEL, type Kind, type Matcher } from '../../shared/index.ts';
import { all, any, list, literal } from './cel.ts';
import { KIND } from './kinds.ts';
import type { CoveredPattern } from './coverage.ts';

/** The pods' spec of a pod or a workload; of other kinds nothing, whatever their templates are. */
const TEMPLATE_SPEC = 'object.?spec.?template.?spec.orValue({})';
const SPEC = `(${KIND} == '/Pod' ? object.spec : (request.kind.group in ['apps', 'batch'] ? ${TEMPLATE_SPEC} : {}))`;
const CONTAINERS = [`${SPEC}.?initContainers.orValue([])`, `${SPEC}.?containers.orValue([])`];

/**
 * Most containers of a pod that is looked at. The API server evaluates a policy once per node in maintenance: 50 containers,
 * a scan among them, and 50 such nodes took 0.4 s. Real pods have fewer than twenty. Others are left to the webhook.
 */
const MAX_CONTAINERS = 50;

/** Whether the object is of a size that the API server can afford to look at once per node in maintenance. */
export const SMALL = all(CONTAINERS.map((containers) => `size(${containers}) <= ${MAX_CONTAINERS}`));

/** What one object must show before a pattern is worth asking about; of every pattern one part. */
interface Shown {
  readonly kinds: Kind[];
  readonly owners: Kind[];
  readonly labels: string[];
  readonly annotations: string[];
  readonly images: string[];
}

/**
 * Whether the object may be what any of the patterns describes, asked as cheaply as can be: where a rule looks at the whole cluster, each
 * node in maintenance would have the whole catalogue asked about every pod that is made.
 */
export function evidenceOf(covered: readonly CoveredPattern[]): string {
  const shown: Shown = { kinds: [], owners: [], labels: [], annotations: [], images: [] };
  for (const one of covered) collect(one, shown);
  return any([
    ...(shown.kinds.length === 0 ? [] : [`${KIND} in ${list(unique(shown.kinds.map(({ groupKind }) => groupKind)))}`]),
    ...written('labels', shown.labels),
    ...written('annotations', shown.annotations),
    ...(shown.owners.length === 0 ? [] : [ownedBy(shown.owners)]),
    ...(shown.images.length === 0 ? [] : CONTAINERS.map((containers) => runs(containers, shown.images))),
  ]);
}

function collect({ tool, kinds, pattern: { match } }: CoveredPattern, shown: Shown): void {
  if (tool === 'labelled') shown.labels.push(WORK_LABEL);
  else if (match.owners !== undefined) shown.owners.push(...match.owners);
  else if (match.labels !== undefined) shown.labels.push(...firstKey(match.labels));
  else if (match.annotations !== undefined) shown.annotations.push(...firstKey(match.annotations));
  else if (match.images !== undefined) shown.images.push(...match.images.map(imageBasename));
  else if (match.entrypoints !== undefined) shown.images.push(...match.entrypoints);
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

function runs(containers: string, images: readonly string[]): string {
  const names = unique(images).map((image) => image.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = `(^|/)(${names.join('|')})([:@]|$)`;
  return `${containers}.exists(c, c.?image.orValue('').matches(${literal(pattern)}))`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
