import { isDeepStrictEqual } from 'node:util';
import { at, fieldsAt, isOurEntry, listAt, NAMESPACE_NAME_LABEL, textAt } from '../../../shared/index.ts';
import { isOnDemand } from './arming.ts';
import { caBundleOf, trustedBy } from '../../tls/ca-bundle.ts';
import type { RenderedEntry } from './entries.ts';

/** How the registration should be. */
export interface Wanted {
  readonly entries: readonly RenderedEntry[];
  /** Whether the entries that are there on demand should be; undefined: as it is. */
  readonly armed: boolean | undefined;
  /** PEM of the authorities that have to be trusted (normalPem); undefined: somebody else fills in the caBundle. */
  readonly authorities: readonly string[] | undefined;
  /** Certificates that are trusted beyond those, and may stay for a while. */
  readonly spared: (certificate: string) => boolean;
  /** Whether what an entry asks about is repaired, too, or only its trust, and whether it is armed. */
  readonly repairsEntries: boolean;
  /** Whether entries may be told to fail closed that do not do so yet. */
  readonly mayFailClosed: boolean;
}

/** What was not as it should be. */
export type Drift =
  | 'ca_bundle'
  | 'entry'
  | 'missing_entry'
  | 'foreign_entry'
  | 'namespace_selector'
  | 'object_selector'
  | 'armed'
  | 'disarmed';

/** A registration that has to be written. */
export interface Repair {
  /** The whole list, for a merge patch. */
  readonly webhooks: readonly unknown[];
  /** Each once, sorted. */
  readonly drifts: readonly Drift[];
}

/**
 * What has to change in a ValidatingWebhookConfiguration; undefined where nothing has. Namespaces that others exclude (AKS and
 * GKE do) stay excluded; a selector that lets only some objects or namespaces through would make the entry dead. The content depends on nothing but the arguments: two replicas never write in turns.
 */
export function repairOf(registration: unknown, wanted: Wanted): Repair | undefined {
  const found = new Map(listAt(registration, 'webhooks').map((entry) => [textAt(entry, 'name') ?? '', entry] as const));
  const drifts = new Set<Drift>();
  const webhooks: unknown[] = [];
  const another = [...found].find(([name]) => isOurEntry(name))?.[1];
  for (const given of wanted.entries) {
    const existing = found.get(given.name);
    const entry = wanted.mayFailClosed || textAt(existing, 'failurePolicy') === 'Fail' ? given : failingOpen(given);
    found.delete(entry.name);
    const repaired = repairedEntry({ existing, another }, entry, wanted, drifts);
    if (repaired !== undefined) webhooks.push(repaired);
  }
  for (const [name, entry] of found) {
    if (isOurEntry(name) && wanted.repairsEntries) drifts.add('foreign_entry');
    else webhooks.push(entry);
  }
  return drifts.size === 0 ? undefined : { webhooks, drifts: [...drifts].sort() };
}

function failingOpen(entry: RenderedEntry): RenderedEntry {
  return { ...entry, failurePolicy: 'Ignore' };
}

/** An entry as it is, and another one of ours: all trust the same, and what is new trusts as much. */
interface PresentEntry {
  readonly existing: unknown;
  readonly another: unknown;
}

function repairedEntry(
  { existing, another }: PresentEntry,
  entry: RenderedEntry,
  wanted: Wanted,
  drifts: Set<Drift>,
): unknown {
  const onDemand = isOnDemand(entry);
  if (existing === undefined) {
    const isMissing = onDemand ? wanted.armed === true : wanted.repairsEntries;
    if (!isMissing) return undefined;
    drifts.add(onDemand ? 'armed' : 'missing_entry');
    return withTrust(entry, another, wanted, new Set());
  }
  if (onDemand && wanted.armed === false) {
    drifts.add('disarmed');
    return undefined;
  }
  return withTrust(
    wanted.repairsEntries ? repairedFields(existing, entry, drifts) : existing,
    existing,
    wanted,
    drifts,
  );
}

/** Fields that are ours alone. */
const OWN = [
  'rules',
  'matchConditions',
  'failurePolicy',
  'matchPolicy',
  'sideEffects',
  'timeoutSeconds',
  'admissionReviewVersions',
] as const;

function repairedFields(existing: unknown, entry: RenderedEntry, drifts: Set<Drift>): object {
  const clientConfig = at(existing, 'clientConfig');
  const sameAddress = Object.entries(entry.clientConfig).every(([key, value]) =>
    isDeepStrictEqual(at(clientConfig, key), value),
  );
  if (!sameAddress || OWN.some((field) => !isDeepStrictEqual(at(existing, field), entry[field]))) drifts.add('entry');
  const selector = selectorWithOurs(at(existing, 'namespaceSelector'), entry);
  if (!isDeepStrictEqual(selector, at(existing, 'namespaceSelector') ?? {})) drifts.add('namespace_selector');
  if (Object.keys(fieldsAt(existing, 'objectSelector')).length > 0) drifts.add('object_selector');
  return { ...fieldsAt(existing), ...entry, namespaceSelector: selector, objectSelector: {} };
}

/** What others exclude stays; ours is among it, and what we excluded before is not. */
function selectorWithOurs(existing: unknown, { namespaceSelector }: RenderedEntry): unknown {
  const wanted = namespaceSelector?.matchExpressions ?? [];
  const isFormer = (one: unknown) =>
    wanted.some((ours) => isOfSameNamespace(one, ours) && !isDeepStrictEqual(one, ours));
  const kept = listAt(existing, 'matchExpressions').filter((one) => excludes(one) && !isFormer(one));
  const missing = wanted.filter((ours) => !kept.some((one) => isDeepStrictEqual(one, ours)));
  const matchExpressions = [...kept, ...missing];
  return matchExpressions.length === 0 ? {} : { matchExpressions };
}

/** Whether two expressions exclude the same namespace by its name, first of all: that of the webhook is in nobody else's. */
function isOfSameNamespace(one: unknown, ours: unknown): boolean {
  const alike = ['key', 'operator'].every((key) => textAt(one, key) === textAt(ours, key));
  return (
    alike && textAt(one, 'key') === NAMESPACE_NAME_LABEL && textAt(one, 'values', '0') === textAt(ours, 'values', '0')
  );
}

/**
 * Whether an expression only leaves some namespaces out: such a one is kept, since it cannot make the entry dead. Every
 * namespace has its name as a label: an expression which wants it absent matches none.
 */
function excludes(expression: unknown): boolean {
  const operator = textAt(expression, 'operator');
  return operator === 'NotIn' || (operator === 'DoesNotExist' && textAt(expression, 'key') !== NAMESPACE_NAME_LABEL);
}

function withTrust(entry: unknown, existing: unknown, { authorities, spared }: Wanted, drifts: Set<Drift>): object {
  const clientConfig = fieldsAt(entry, 'clientConfig');
  const bundle = textAt(existing, 'clientConfig', 'caBundle');
  if (authorities === undefined) {
    return {
      ...fieldsAt(entry),
      clientConfig: { ...clientConfig, ...(bundle === undefined ? {} : { caBundle: bundle }) },
    };
  }
  const trusted = trustedBy(existing);
  const all = [...new Set([...authorities, ...trusted.filter(spared)])].sort();
  const isSame = isDeepStrictEqual([...trusted].sort(), all);
  if (!isSame) drifts.add('ca_bundle');
  const caBundle = isSame ? bundle : caBundleOf(all);
  return { ...fieldsAt(entry), clientConfig: { ...clientConfig, caBundle } };
}
