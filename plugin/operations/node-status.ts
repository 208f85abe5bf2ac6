import {
  isHeld,
  listAt,
  modeOf,
  renderProblem,
  renderState,
  textAt,
  untilOf,
  type MaintenanceRecord,
} from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';

/** One node as `status` reports it; also the shape of `-o json`. Times are RFC 3339, absent values null. */
export interface NodeStatus {
  readonly name: string;
  /** `Initiated`, `Complete`, `Returning`; `Unreadable` (in maintenance all the same); `Cordoned` or `None` without a record. */
  readonly state: string;
  readonly mode: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly claims: MaintenanceRecord['claims'];
  /** Pods that a drain would still move; null where it was not counted. */
  readonly podsLeft: number | null;
  readonly ready: boolean;
  readonly schedulable: boolean;
  /** What the drain waits for, as the node's condition tells it; empty when nothing does. */
  readonly progress: string;
  /** Why a record cannot be read. */
  readonly problems: readonly string[];
}

/** What a node and the count of its pods say. */
export function statusFrom(node: NodeSnapshot, podsLeft: number | undefined): NodeStatus {
  const { facts } = node;
  const record = facts.record.kind === 'record' ? facts.record.record : undefined;
  return {
    name: facts.name,
    state: stateOf(node),
    ...maintenanceOf(record),
    podsLeft: podsLeft ?? null,
    ready: facts.ready,
    schedulable: !facts.unschedulable,
    progress: drainProgress(node.raw),
    problems: facts.record.kind === 'unreadable' ? facts.record.problems.map(renderProblem) : [],
  };
}

function maintenanceOf(record: MaintenanceRecord | undefined): Pick<NodeStatus, 'mode' | 'since' | 'until' | 'claims'> {
  if (record === undefined) return { mode: null, since: null, until: null, claims: [] };
  return {
    mode: modeOf(record),
    since: record.initiatedAt,
    until: untilOf(record) ?? null,
    claims: record.claims,
  };
}

function stateOf({ facts }: NodeSnapshot): string {
  if (facts.record.kind === 'unreadable') return 'Unreadable';
  if (isHeld(facts)) return renderState(facts.state);
  return facts.unschedulable ? 'Cordoned' : 'None';
}

function drainProgress(node: unknown): string {
  const draining = listAt(node, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'DrainInProgress' && textAt(condition, 'status') === 'True',
  );
  return textAt(draining, 'message') ?? '';
}
