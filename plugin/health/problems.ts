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
  return [...readiness(node), ...pressures(node), ...heartbeat(lease, serverNow), ...deletion(node)];
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

/** The kubelet renews its Lease; one older than its duration means that the heartbeat stopped. */
function heartbeat(lease: unknown, serverNow: number): readonly string[] {
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '');
  if (Number.isNaN(renewed)) return ['no heartbeat (no Lease in kube-node-lease)'];
  const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? DEFAULT_LEASE_SECONDS;
  const age = Math.round((serverNow - renewed) / 1000);
  return age > seconds ? [`no heartbeat for ${age}s (Lease of ${seconds}s)`] : [];
}

/** The kubelet's default nodeLeaseDurationSeconds. */
const DEFAULT_LEASE_SECONDS = 40;

function deletion(node: unknown): readonly string[] {
  return textAt(node, 'metadata', 'deletionTimestamp') === undefined ? [] : ['being deleted'];
}
