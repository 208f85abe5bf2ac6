import {
  AUTOSCALER_ANNOTATION,
  clean,
  isSameClaim,
  KARPENTER_ANNOTATION,
  MaintError,
  MAX_TEXT,
  modeOf,
  RECORD_ANNOTATION,
  REMEDIATION_LABEL,
  renderProblem,
  renderRecord,
  renderRun,
  ROLE_LABEL,
  runClaims,
  STATE_LABEL,
  untilOf,
  WHY_ANNOTATION,
  withClaim,
  withCompletion,
  withDrainEnd,
  withoutClaims,
  withRunStep,
  withoutPastExceptions,
  type Before,
  type Claim,
  type ClaimKey,
  type MaintenanceRecord,
  type MaintenanceState,
  type NodeFacts,
  type RunStep,
} from '../../shared/index.ts';
import { givingBackByHand, machineNamedBy, type MachineRef } from './machine.ts';
import type { NodeSnapshot } from './snapshot.ts';
import { whyFor } from './why.ts';

/** Annotations that keep autoscalers from removing or disrupting the node while somebody works on it. */
export const PROTECTION = [AUTOSCALER_ANNOTATION, KARPENTER_ANNOTATION];

/** A JSON merge patch for a Node (RFC 7386: null removes). The resourceVersion in it makes the write compare-and-swap. */
export interface NodePatch {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly labels: Readonly<Record<string, string | null>>;
    readonly annotations: Readonly<Record<string, string | null>>;
  };
  readonly spec?: { readonly unschedulable: boolean | null };
}

/** The node's record, or undefined where it has none. Throws where there is one that cannot be read. */
export function recordOf(node: NodeSnapshot): MaintenanceRecord | undefined {
  const { record, name } = node.facts;
  if (record.kind === 'none') return undefined;
  if (record.kind === 'record') return record.record;
  const problems = record.problems.map(renderProblem).join('; ');
  throw new MaintError('denied', `the maintenance record of node ${name} cannot be read: ${problems}`, {
    hint: `the node is left as it is; to give the record up: ${givingUp(node)}`,
  });
}

/** Whether somebody has a claim on the node; nobody has one that can be read where the record cannot. */
export function hasClaim({ record }: NodeFacts, owner: string): boolean {
  return record.kind === 'record' && record.record.claims.some((claim) => claim.owner === owner);
}

/** Whether this very claim is on the node, and not a later one of the same owner. */
export function holdsClaim({ record }: NodeFacts, claim: ClaimKey): boolean {
  return record.kind === 'record' && record.record.claims.some((one) => isSameClaim(one, claim));
}

/** That the run of another owner has a node, in words; undefined where none has. */
export function heldByOtherRun(node: NodeSnapshot, owner: string): string | undefined {
  const record = recordOf(node);
  const other = record && runClaims(record).find((claim) => claim.owner !== owner);
  if (other === undefined) return undefined;
  const { name, state } = node.facts;
  return `node ${name} is taken through by a run of ${clean(other.owner, MAX_TEXT)} (${renderRun(other.run, state)})`;
}

/** Labels to take away where a record cannot be read and is given up, each with the `-` by which kubectl removes it. */
function leftLabels({ facts }: NodeSnapshot): readonly string[] {
  const ours = [ROLE_LABEL, REMEDIATION_LABEL].filter((key) => facts.labels.has(key));
  return [STATE_LABEL, ...ours].map((key) => `${key}-`);
}

/** Annotations that a maintenance leaves behind when its record is lost. */
const LEFTOVERS = [RECORD_ANNOTATION, WHY_ANNOTATION, ...PROTECTION];

/** Command line that takes a record which cannot be read, and all that goes with it, off a node and its Machine. */
export function givingUp(node: NodeSnapshot): string {
  const { name } = node.facts;
  const annotations = LEFTOVERS.map((key) => `${key}-`).join(' ');
  const line = `kubectl annotate node ${name} ${annotations} && kubectl label node ${name} ${leftLabels(node).join(' ')} && kubectl uncordon ${name}`;
  const machine = machineNamedBy(node);
  return machine === undefined ? line : `${line}; ${givingBackByHand(machine)}`;
}

/** What a Node carries while it is in maintenance, and when it is written (RFC 3339). */
export interface Carried {
  readonly record: MaintenanceRecord;
  readonly state: MaintenanceState;
  readonly now: string;
}

/** The one way to write a record: with its state, and without exceptions that are over. */
export function carriedPatch(
  { resourceVersion }: NodeSnapshot,
  { record, state, now }: Carried,
): Pick<NodePatch, 'metadata'> {
  return {
    metadata: {
      resourceVersion,
      labels: { [STATE_LABEL]: state },
      annotations: {
        [RECORD_ANNOTATION]: renderRecord(withoutPastExceptions(record, Date.parse(now))),
        ...whyFor(record),
      },
    },
  };
}

/** How a node is marked. */
export interface Marking {
  readonly state: MaintenanceState;
  /** Keep autoscalers and remediation off it. */
  readonly protect: boolean;
  /** A cordon that was there before becomes part of the maintenance, and ends with it. */
  readonly adopt: boolean;
  /** Show the maintenance as a role of the node. */
  readonly roleLabel: boolean;
  /** A claim that its owner has already stays the same one, with what is said anew. */
  readonly isChange: boolean;
  /** Cluster API's Machine behind the node, where this mark keeps it from remediation. */
  readonly machine?: MachineRef | undefined;
}

/** Mark and cordon in one write: the claim, the state, the cordon, the protection from autoscalers and remediation, the role. */
export function markPatch(node: NodeSnapshot, claim: Claim, marking: Marking): NodePatch {
  const isChange = marking.isChange && recordOf(node) !== undefined;
  // What protects and shows the node is as whoever took it wanted it.
  return isChange
    ? patchWith(node, sameAgain(node, claim), { ...marking, protect: false, roleLabel: false })
    : patchWith(node, claim, marking);
}

/**
 * When the maintenance of a node is to end once this claim is on it, in ms since the epoch; undefined where some owner announces
 * no end. Claims of others count, and so does an end that this owner announced before and says nothing of now.
 */
export function endWith(node: NodeFacts, claim: Claim): number | undefined {
  const until = untilOf(recordWith(node, claim));
  return until === undefined ? undefined : Date.parse(until);
}

/** The latest end that some owner announces then: the maintenance lasts as long at least, and longer where another one announces none. */
export function leastEndWith(node: NodeFacts, claim: Claim): number | undefined {
  const ends = recordWith(node, claim).claims.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]));
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function recordWith({ record }: NodeFacts, claim: Claim): MaintenanceRecord {
  return withClaim(record.kind === 'record' ? record.record : undefined, claim, { cordoned: false });
}

function patchWith(node: NodeSnapshot, claim: Claim, marking: Marking): NodePatch {
  const { protect, state, adopt, machine } = marking;
  const labels = markLabels(marking);
  const before = {
    cordoned: node.facts.unschedulable && !adopt,
    annotations: protect ? earlierOf(node.annotations, PROTECTION) : {},
    labels: earlierOf(node.facts.labels, Object.keys(labels)),
    ...(machine !== undefined && { machine }),
  };
  const known = withEarlier(withClaim(recordOf(node), claim, before), before);
  const marked = adopt ? withEarlierCordon(known, false) : known;
  const record = state === 'complete' ? withCompletion(marked, claim.since) : marked;
  const protection = protect ? PROTECTION.map((key) => [key, 'true'] as const) : [];
  const { metadata } = carriedPatch(node, { record, state, now: claim.since });
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      annotations: { ...metadata.annotations, ...Object.fromEntries(protection) },
    },
    spec: { unschedulable: true },
  };
}

/** Changing what is said of a claim keeps its id; only a node on its way back gets a new claim by it. */
function sameAgain({ facts: { record, state } }: NodeSnapshot, claim: Claim): Claim {
  const claims = record.kind === 'record' && state !== 'returning' ? record.record.claims : [];
  const earlier = claims.find(({ owner }) => owner === claim.owner);
  if (earlier === undefined) return claim;
  const { id, ...said } = claim;
  return earlier.id === undefined ? said : { ...said, id: earlier.id };
}

/** A later claim may set on a node what the first did not: what it overwrites comes back as well. */
function withEarlier(record: MaintenanceRecord, { annotations, labels, machine }: Before): MaintenanceRecord {
  const before = {
    ...(machine !== undefined && { machine }),
    ...record.before,
    annotations: { ...annotations, ...record.before.annotations },
    labels: { ...labels, ...record.before.labels },
  };
  return { ...record, before };
}

/** The record with another answer to whether the cordon was there before, and so stays when the maintenance ends. */
export function withEarlierCordon(record: MaintenanceRecord, cordoned: boolean): MaintenanceRecord {
  return { ...record, before: { ...record.before, cordoned } };
}

/** Labels that a mark sets besides those of the record. */
function markLabels({ protect, roleLabel }: Marking): Readonly<Record<string, string>> {
  return { ...(protect ? { [REMEDIATION_LABEL]: 'true' } : {}), ...(roleLabel ? { [ROLE_LABEL]: '' } : {}) };
}

/** What these labels or annotations are now; null where there is none. */
function earlierOf(present: ReadonlyMap<string, string>, keys: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(keys.map((key) => [key, present.get(key) ?? null]));
}

/** Only the state: the record stays, completed where the state says so, with how many pods nobody confirms to be gone. */
export function statePatch(
  node: NodeSnapshot,
  state: MaintenanceState,
  now: string,
  unconfirmed = 0,
): NodePatch | undefined {
  const record = recordOf(node);
  if (record === undefined) return undefined;
  const next = state === 'complete' ? withDrainEnd(record, unconfirmed, now) : record;
  return carriedPatch(node, { record: next, state, now });
}

/** Only what the run of a claim does on the node; undefined where the claim is not there any more. */
export function runStepPatch(
  node: NodeSnapshot,
  { claim, step, now }: { readonly claim: ClaimKey; readonly step: RunStep; readonly now: string },
): Pick<NodePatch, 'metadata'> | undefined {
  const record = recordOf(node);
  if (record === undefined || !holdsClaim(node.facts, claim)) return undefined;
  return carriedPatch(node, { record: withRunStep(record, claim, step), state: node.facts.state, now });
}

/** Which claims are dropped from which record, and when (RFC 3339). */
export interface Release {
  readonly record: MaintenanceRecord;
  readonly claims: readonly ClaimKey[];
  readonly now: string;
}

/** The record with the claims that are left; where none of them asks for a drain, there is none left to finish. */
export function remainingPatch(node: NodeSnapshot, rest: MaintenanceRecord, now: string): NodePatch {
  const record = modeOf(rest) === 'cordon' ? withCompletion(rest, now) : rest;
  return carriedPatch(node, { record, state: record.completedAt === undefined ? 'initiated' : 'complete', now });
}

/** Drops these claims. With the last one, everything is as it was before the maintenance. */
export function releasePatch(node: NodeSnapshot, { record, claims, now }: Release): NodePatch {
  const rest = withoutClaims(record, claims);
  if (rest !== undefined) return remainingPatch(node, rest, now);
  return {
    metadata: {
      resourceVersion: node.resourceVersion,
      labels: { ...record.before.labels, [STATE_LABEL]: null },
      annotations: { ...record.before.annotations, [RECORD_ANNOTATION]: null, [WHY_ANNOTATION]: null },
    },
    spec: { unschedulable: record.before.cordoned ? true : null },
  };
}
