import {
  activeExceptions,
  HOOKS_ANNOTATION,
  isInMaintenance,
  isOverdue,
  modeOf,
  renderProblem,
  renderState,
  runClaims,
  stepOf,
  untilOf,
  type Exception,
  type MaintenanceRecord,
  type NodeFacts,
} from '../../../shared/index.ts';
import { podName } from '../../drain/plan.ts';
import { conditionProblems, healthFrom, heartbeatOf, type Heartbeat } from '../../health/node-health.ts';
import { endsBefore, expiryText, repairText, type NodeClaim } from '../../nodes/node-claims.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import { timestamp } from '../../session/clock.ts';
import { hooksOf, type NodeHook } from '../../hooks/status.ts';
import { cordonedBy } from './cordoned-by.ts';
import { drainSign, silentSince } from './drain-sign.ts';
import { judgeDeletion, type Deletion } from './deletion.ts';
import type { NodeReadings } from './readings.ts';

/**
 * One node as `status` reports it; also the shape of `-o json`, which is only ever extended. Times are RFC 3339. Null
 * means: there is no such thing (no record, no end announced), or, of a node in maintenance, that it was not readable;
 * what may not be read is named on stderr.
 */
export interface NodeStatus {
  readonly name: string;
  /**
   * `Initiated`, `Complete`, `Returning`; `Unreadable` (in maintenance all the same); `Cordoned` or `None` without a
   * record; with `--watch` also `Deleted`.
   */
  readonly state: string;
  readonly mode: string | null;
  readonly since: string | null;
  /** When it was to end: the latest end of all claims. */
  readonly until: string | null;
  /** That end has passed. */
  readonly overdue: boolean;
  readonly claims: MaintenanceRecord['claims'];
  /** The run over nodes that has it: the how manieth of its nodes this is, and what it does there (`stopped`: nothing more). */
  readonly run: NodeRun | null;
  /** Another tool that cordons or drains the node, where it leaves a known mark. */
  readonly cordonedBy: string | null;
  /** Pods that a drain would still move. */
  readonly podsLeft: number | null;
  /** Pods that were asked to go and that nobody had confirmed to be gone when the drain ended: then it is not known to be drained. */
  readonly unconfirmed: number;
  /** Of them and what they wait for, as the node's conditions DrainInProgress and Drained tell it; empty when nothing does. */
  readonly progress: string;
  /** Since when nobody goes on with a drain that is not done: it said so, or gives no sign; null: none, or not known. */
  readonly stoppedSince: string | null;
  readonly ready: boolean;
  readonly schedulable: boolean;
  /** What `off` would wait for; empty for a healthy node. */
  readonly health: readonly string[] | null;
  /** The node's Lease in kube-node-lease. */
  readonly heartbeat: Heartbeat | null;
  /** Whether the Node object can be deleted now. */
  readonly deletion: Deletion | null;
  /** What Karpenter will do to the node whatever it carries; null also where Karpenter has not made it. */
  readonly expiry: Expiry | null;
  /** What Karpenter's node repair may do to it, where that is switched on; null for a node that is Ready or not Karpenter's. */
  readonly repair: Repair | null;
  /** Pods (`namespace/name`) of DaemonSets that keep an old template until the maintenance ends. */
  readonly heldBack: readonly string[] | null;
  /** What hooks have done for it, or may have done, and what undoes that; of a node out of maintenance: what could not be undone. */
  readonly hooks: readonly NodeHook[];
  /** Exceptions that apply now. */
  readonly exceptions: readonly Exception[];
  /** Why a record cannot be read, or that the node takes new pods in spite of it. */
  readonly problems: readonly string[];
}

/** A node that Karpenter deletes: because it expires then, or is being deleted already. */
export interface Expiry {
  readonly nodeClaim: string;
  /** When it expires. */
  readonly at: string | null;
  /** That falls into the maintenance, as far as its end is announced. */
  readonly duringMaintenance: boolean;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** A node of Karpenter's that is not Ready. */
export interface Repair {
  readonly nodeClaim: string;
  /** When it was Ready last, by the last change of its condition; null where that was never set. */
  readonly notReadySince: string | null;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** A run over nodes, as one of them tells of it. */
export interface NodeRun {
  readonly owner: string;
  readonly id: string;
  readonly number: number;
  readonly of: number;
  readonly step: string;
  /** The last sign that it goes on, where that is too long ago: it may be gone. Null: it gives signs, has stopped, or nothing tells. */
  readonly silentSince: string | null;
}

/** What a node says by itself, and what was read about it; `now` in milliseconds since the epoch. */
export function statusFrom(node: NodeSnapshot, readings: NodeReadings | undefined, now: number): NodeStatus {
  const { facts } = node;
  const record = facts.record.kind === 'record' ? facts.record.record : undefined;
  const around = aroundNode(node, readings);
  const { progress, stoppedSince } = drainSign(node.raw, around.podsLeft, now);
  return {
    name: facts.name,
    state: stateOf(node),
    ...maintenanceOf(record, now),
    run: record === undefined ? null : runOf(record, node, now),
    cordonedBy: cordonedBy(node) ?? null,
    unconfirmed: record?.unconfirmed ?? 0,
    ready: facts.ready,
    schedulable: !facts.unschedulable,
    ...around,
    ...byKarpenter(node, readings?.nodeClaim, now),
    progress,
    stoppedSince: facts.state === 'initiated' && record !== undefined ? stoppedSince : null,
    hooks: hooksOf(node).steps,
    exceptions: record === undefined ? [] : activeExceptions(record, now),
    problems: [...problemsOf(facts), ...hooksOf(node).problems],
  };
}

/** New pods may land on it at any moment: that is no maintenance that anybody may rely on. */
function problemsOf({ name, record, unschedulable }: NodeFacts): readonly string[] {
  if (record.kind === 'unreadable') return record.problems.map(renderProblem);
  if (record.kind === 'none' || unschedulable) return [];
  return [`somebody uncordoned it: new pods may land on it; kubectl maint on ${name} --no-drain cordons it again`];
}

function maintenanceOf(
  record: MaintenanceRecord | undefined,
  now: number,
): Pick<NodeStatus, 'mode' | 'since' | 'until' | 'overdue' | 'claims'> {
  if (record === undefined) return { mode: null, since: null, until: null, overdue: false, claims: [] };
  return {
    mode: modeOf(record),
    since: record.initiatedAt,
    until: untilOf(record) ?? null,
    overdue: isOverdue(record, now),
    claims: record.claims,
  };
}

/** One that goes on before one that has stopped. */
function runOf(record: MaintenanceRecord, { facts, raw }: NodeSnapshot, now: number): NodeRun | null {
  const [goesOn] = runClaims(record);
  const claim = goesOn ?? record.claims.find(({ run }) => run !== undefined);
  if (claim?.run === undefined) return null;
  const { id, number, of } = claim.run;
  const silent = goesOn === undefined ? null : silentSince(raw, now);
  return { owner: claim.owner, id, number, of, step: stepOf(claim.run, facts.state), silentSince: silent };
}

function byKarpenter(
  { facts }: NodeSnapshot,
  claim: NodeClaim | undefined,
  now: number,
): Pick<NodeStatus, 'expiry' | 'repair'> {
  if (claim === undefined) return { expiry: null, repair: null };
  return { expiry: expiryOf(claim, facts, now), repair: repairOf(claim, facts) };
}

function expiryOf(claim: NodeClaim, { record }: NodeFacts, now: number): Expiry | null {
  const end = record.kind === 'record' ? untilOf(record.record) : undefined;
  const until = end === undefined ? undefined : Date.parse(end);
  const text = expiryText(claim, until, now);
  if (text === undefined) return null;
  const { name, expiresAt } = claim;
  const at = expiresAt === undefined ? null : timestamp(expiresAt);
  return { nodeClaim: name, at, duringMaintenance: endsBefore(claim, until, now), text };
}

function repairOf({ name }: NodeClaim, facts: NodeFacts): Repair | null {
  const text = repairText(facts);
  if (text === undefined) return null;
  const { readyChangedAt } = facts;
  return { nodeClaim: name, notReadySince: readyChangedAt === undefined ? null : timestamp(readyChangedAt), text };
}

type AroundNode = Pick<NodeStatus, 'podsLeft' | 'health' | 'heartbeat' | 'deletion' | 'heldBack'>;

function aroundNode(node: NodeSnapshot, readings: NodeReadings | undefined): AroundNode {
  if (readings === undefined) return { podsLeft: null, health: null, heartbeat: null, deletion: null, heldBack: null };
  const { plan, lease, attached, quorum, heldBack } = readings;
  return {
    podsLeft: plan === undefined ? null : plan.evict.length + plan.waitFor.length,
    health: lease === undefined ? conditionsAlone(node) : healthFrom({ node: node.raw, ...lease }).problems,
    heartbeat: (lease && heartbeatOf(lease.lease, lease.serverNow)) ?? null,
    deletion: judgeDeletion({ node: node.facts, plan, attached, quorum }),
    heldBack: heldBack?.map(podName).sort() ?? null,
  };
}

/** Without the heartbeat a problem is one, and no problem says nothing. */
function conditionsAlone({ raw }: NodeSnapshot): readonly string[] | null {
  const found = conditionProblems(raw);
  return found.length === 0 ? null : found;
}

function stateOf(node: NodeSnapshot): string {
  const { facts } = node;
  if (facts.record.kind === 'unreadable') return 'Unreadable';
  if (isInMaintenance(facts)) return renderState(facts.state);
  return isTakenOut(node) ? 'Cordoned' : 'None';
}

/** Whether nothing new is scheduled to the node although it carries no record: a cordon, or another tool's taint. */
function isTakenOut(node: NodeSnapshot): boolean {
  return node.facts.unschedulable || cordonedBy(node) !== undefined;
}

/** What `status` shows when no node is named. */
export function isOfInterest(node: NodeSnapshot): boolean {
  return isInMaintenance(node.facts) || isTakenOut(node) || node.annotations.has(HOOKS_ANNOTATION);
}

/** The same, of a node whose status is known. */
export function isInMaintenanceOrCordoned({ state, hooks }: NodeStatus): boolean {
  return state !== 'None' || hooks.length > 0;
}

/** Whoever names nodes sees them whatever their state. */
export function isNarrowed({ names, selector }: NodeChoice): boolean {
  return names.length > 0 || selector !== undefined;
}
