import { listAt, numberAt, textAt } from '../../shared/index.ts';

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

/** Why a node is not healthy, one short phrase each; empty when it is. */
export function healthProblems({ node, lease, serverNow }: HealthFacts): readonly string[] {
  return [...conditionProblems(node), ...heartbeat(lease, serverNow), ...deletion(node)];
}

/** Those that the Node itself shows: not Ready, short of something. */
export function conditionProblems(node: unknown): readonly string[] {
  return [...readiness(node), ...pressures(node)];
}

function readiness(node: unknown): readonly string[] {
  const ready = conditionOf(node, 'Ready');
  if (textAt(ready, 'status') === 'True') return [];
  const why = textAt(ready, 'message') ?? textAt(ready, 'reason') ?? 'the kubelet has not reported';
  return [`not Ready (${why})`];
}

function pressures(node: unknown): readonly string[] {
  return PRESSURES.filter((type) => textAt(conditionOf(node, type), 'status') === 'True');
}

function conditionOf(node: unknown, type: string): unknown {
  return listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
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
function heartbeat(lease: unknown, serverNow: number): readonly string[] {
  const beat = heartbeatOf(lease, serverNow);
  if (beat === undefined) return ['no heartbeat (no Lease in kube-node-lease)'];
  const { ageSeconds, leaseSeconds } = beat;
  return ageSeconds > leaseSeconds ? [`no heartbeat for ${ageSeconds}s (Lease of ${leaseSeconds}s)`] : [];
}

/** The kubelet's default nodeLeaseDurationSeconds. */
const DEFAULT_LEASE_SECONDS = 40;

function deletion(node: unknown): readonly string[] {
  return textAt(node, 'metadata', 'deletionTimestamp') === undefined ? [] : ['being deleted'];
}
