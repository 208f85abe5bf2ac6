import { conditionAt, numberAt, textAt } from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';

/** Conditions that must not be True on a node that takes work again (k8s api core/v1 NodeConditionType). */
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** What a node's health is judged by. */
export interface HealthFacts {
  /** The Node object. */
  readonly node: unknown;
  /** Its Lease in kube-node-lease; undefined where it has none. */
  readonly lease: unknown;
  /** The API server's time in milliseconds: the operator's own clock may be wrong. */
  readonly serverNow: number;
}

/** How a node is. */
export interface NodeHealth {
  /** Undefined where it could not be read. */
  readonly ready: boolean | undefined;
  /** Seconds since its kubelet renewed the Lease; undefined where there is none. */
  readonly heartbeatAge: number | undefined;
  /** Types of the conditions that should not be True and are. */
  readonly pressures: readonly string[];
  /** Why it is not healthy, one short phrase each, the same as long as nothing changes; empty when it is. */
  readonly problems: readonly string[];
}

/** Judges a node. */
export function healthFrom({ node, lease, serverNow }: HealthFacts): NodeHealth {
  const heartbeat = heartbeatOf(lease, serverNow);
  return {
    ready: readiness(node).length === 0,
    heartbeatAge: heartbeat && Math.max(0, heartbeat.ageSeconds),
    pressures: pressures(node),
    problems: [...conditionProblems(node), ...heartbeatProblems(heartbeat), ...deletion(node)],
  };
}

/** Those problems that the Node itself shows: not Ready, short of something. */
export function conditionProblems(node: unknown): readonly string[] {
  return [...readiness(node), ...pressures(node)];
}

function readiness(node: unknown): readonly string[] {
  const ready = conditionAt(node, 'Ready');
  if (textAt(ready, 'status') === 'True') return [];
  const why = textAt(ready, 'message') ?? textAt(ready, 'reason') ?? 'the kubelet has not reported';
  return [`not Ready (${why})`];
}

/** Types of the conditions that should not be True on a Node and are. */
export function pressures(node: unknown): readonly string[] {
  return PRESSURES.filter((type) => textAt(conditionAt(node, type), 'status') === 'True');
}

/** When a node's kubelet was last heard of. */
export interface Heartbeat {
  /** RFC 3339. */
  readonly renewedAt: string;
  readonly ageSeconds: number;
  /** How long its Lease holds. */
  readonly leaseSeconds: number;
}

/** What a Lease tells; undefined where there is none, or it was never renewed. */
export function heartbeatOf(lease: unknown, serverNow: number): Heartbeat | undefined {
  const renewedAt = textAt(lease, 'spec', 'renewTime') ?? '';
  const renewed = Date.parse(renewedAt);
  if (Number.isNaN(renewed)) return undefined;
  const leaseSeconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? DEFAULT_LEASE_SECONDS;
  return { renewedAt, ageSeconds: Math.round((serverNow - renewed) / 1000), leaseSeconds };
}

/** The kubelet renews its Lease; one older than its duration means that the heartbeat stopped. */
function heartbeatProblems(heartbeat: Heartbeat | undefined): readonly string[] {
  if (heartbeat === undefined) return ['no heartbeat (no Lease in kube-node-lease)'];
  const { renewedAt, ageSeconds, leaseSeconds } = heartbeat;
  if (ageSeconds <= leaseSeconds) return [];
  return [`no heartbeat since ${timestamp(Date.parse(renewedAt))} (Lease of ${leaseSeconds}s)`];
}

/** The kubelet's default nodeLeaseDurationSeconds. */
const DEFAULT_LEASE_SECONDS = 40;

function deletion(node: unknown): readonly string[] {
  return textAt(node, 'metadata', 'deletionTimestamp') === undefined ? [] : ['being deleted'];
}
