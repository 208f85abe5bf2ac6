import { at, renderDuration, textAt } from '../../../shared/index.ts';
import {
  dataLoss,
  notice,
  type DataFinding,
  type DataObject,
  type DataObjects,
  type DataSystem,
  type Leaving,
} from './system.ts';

const GROUP = 'longhorn.io';
const VERSIONS = ['v1beta2'];

/** Longhorn: a volume's replicas lie on disks of nodes (longhorn-manager k8s/pkg/apis/longhorn/v1beta2). */
export const longhorn: DataSystem = {
  name: 'longhorn',
  title: 'Longhorn',
  group: GROUP,
  kinds: {
    replicas: {
      group: GROUP,
      versions: VERSIONS,
      plural: 'replicas',
      fields: ['metadata.deletionTimestamp', 'spec.volumeName', 'spec.nodeID', 'spec.healthyAt', 'spec.failedAt'],
    },
    volumes: {
      group: GROUP,
      versions: VERSIONS,
      plural: 'volumes',
      fields: [
        'metadata.name',
        'status.robustness',
        'status.kubernetesStatus.namespace',
        'status.kubernetesStatus.pvcName',
      ],
    },
    policies: {
      group: GROUP,
      versions: VERSIONS,
      plural: 'settings',
      name: 'node-drain-policy',
      fields: ['value'],
      isOptional: true,
    },
    intervals: {
      group: GROUP,
      versions: VERSIONS,
      plural: 'settings',
      name: 'replica-replenishment-wait-interval',
      fields: ['value'],
      isOptional: true,
    },
  },
  refuses: 'the last healthy replica of a volume is on the nodes, and Longhorn is not set to move it off first',
  warns:
    'it is moved off first, which the drain waits for; a degraded volume loses one more; it lasts longer than Longhorn waits before it rebuilds',
  find,
};

function find(
  { replicas = [], volumes = [], policies, intervals }: DataObjects,
  leaving: Leaving,
): readonly DataFinding[] {
  const healthy = replicas.filter(isHealthy);
  const here = healthy.filter((replica) => leaving.nodes.has(nodeOf(replica)));
  const kept = new Set(healthy.filter((replica) => isKept(replica, leaving)).map(volumeOf));
  const names = [...new Set(here.map(volumeOf))].sort();
  const byName = new Map(volumes.map((volume) => [textAt(volume, 'metadata', 'name') ?? '', volume]));
  const object = (name: string): DataObject => ({ name, alias: claimOf(byName.get(name)) });
  const isDegraded = (name: string): boolean => textAt(byName.get(name), 'status', 'robustness') === 'degraded';
  return [
    ...ofLast(names.filter((name) => !kept.has(name)).map(object), textAt(policies?.[0], 'value')),
    ...notice(
      'degraded already, and one more healthy replica goes',
      names.filter((name) => kept.has(name) && isDegraded(name)).map(object),
    ),
    ...ofRebuilding(names.map(object), textAt(intervals?.[0], 'value'), leaving),
  ];
}

/** Has been written whole, and has not failed since (ReplicaSpec HealthyAt, FailedAt). */
function isHealthy(replica: unknown): boolean {
  const has = (field: string): boolean => (textAt(replica, 'spec', field) ?? '') !== '';
  return has('healthyAt') && !has('failedAt') && at(replica, 'metadata', 'deletionTimestamp') === undefined;
}

function isKept(replica: unknown, { nodes, out }: Leaving): boolean {
  const node = nodeOf(replica);
  return node !== '' && !nodes.has(node) && !out.has(node);
}

function nodeOf(replica: unknown): string {
  return textAt(replica, 'spec', 'nodeID') ?? '';
}

function volumeOf(replica: unknown): string {
  return textAt(replica, 'spec', 'volumeName') ?? '';
}

/** People know the claim. */
function claimOf(volume: unknown): string | undefined {
  const claim = textAt(volume, 'status', 'kubernetesStatus', 'pvcName') ?? '';
  return claim === '' ? undefined : `${textAt(volume, 'status', 'kubernetesStatus', 'namespace') ?? ''}/${claim}`;
}

/** What Longhorn does about the last replicas on a cordoned node, by its policy (controller/instance_manager_controller.go). */
const MOVED_FIRST = ['block-for-eviction', 'block-for-eviction-if-contains-last-replica'];
const LET_GO = ['always-allow', 'allow-if-replica-is-stopped'];

function ofLast(last: readonly DataObject[], policy: string | undefined): readonly DataFinding[] {
  if (policy !== undefined && MOVED_FIRST.includes(policy))
    return notice(
      `the drain waits until Longhorn has moved the last healthy replica off (node-drain-policy ${policy})`,
      last,
    );
  const then =
    policy === undefined
      ? ''
      : `, and node-drain-policy ${policy} ${LET_GO.includes(policy) ? 'lets it go' : 'holds the drain until there is another'}`;
  return dataLoss(`the last healthy replica goes${then}`, last);
}

function ofRebuilding(
  here: readonly DataObject[],
  interval: string | undefined,
  { lastsMs }: Leaving,
): readonly DataFinding[] {
  const waitsMs = Number(interval ?? NaN) * 1000;
  if (lastsMs === undefined || !(lastsMs > waitsMs)) return [];
  const waits = renderDuration(waitsMs);
  return notice(`it lasts longer than Longhorn waits (${waits}) before it rebuilds the replicas on other nodes`, here);
}
