import { numberAt, textAt } from '../../../shared/index.ts';
import { memberSelector, type MemberLabels } from '../../drain/members.ts';
import { podName } from '../../drain/plan.ts';
import { isStaying, labelOf, namedObject, namespacedName, podsLabelled } from './objects.ts';
import { aboutPrimaries } from './primaries.ts';
import type { DataFinding, DataObjects, DataSystem, Leaving } from './system.ts';

const GROUP = 'postgresql.cnpg.io';
const CLUSTER_LABEL = 'cnpg.io/cluster';

const [ROLE_LABEL, PRIMARY] = ['cnpg.io/instanceRole', 'primary'];
const MEMBERS: MemberLabels = {
  has: { 'cnpg.io/podRole': 'instance' },
  cluster: CLUSTER_LABEL,
  role: { label: ROLE_LABEL, primary: [PRIMARY] },
};

/** CloudNativePG (api/v1 Cluster; labels in pkg/utils). */
export const cloudNativePg: DataSystem = {
  name: 'cloudnative-pg',
  title: 'CloudNativePG',
  group: GROUP,
  members: MEMBERS,
  moves: {
    label: ROLE_LABEL,
    value: PRIMARY,
    how: 'CloudNativePG makes another instance the primary as soon as the node is cordoned, where one is Ready elsewhere',
    atCordon: true,
  },
  kinds: {
    clusters: {
      group: GROUP,
      versions: ['v1'],
      plural: 'clusters',
      fields: [
        'metadata.namespace',
        'metadata.name',
        'spec.instances',
        'status.readyInstances',
        'status.currentPrimary',
      ],
    },
    instances: podsLabelled(memberSelector(MEMBERS)),
  },
  refuses: '',
  warns: 'the primary goes: whether another instance can take over; downtime of a single instance',
  find,
};

function find({ clusters = [], instances = [] }: DataObjects, leaving: Leaving): readonly DataFinding[] {
  const going = new Set(leaving.pods.map(podName));
  const primaries = clusters.flatMap((cluster) => {
    const [namespace, primary] = [
      textAt(cluster, 'metadata', 'namespace'),
      textAt(cluster, 'status', 'currentPrimary'),
    ];
    if (primary === undefined || !going.has(`${namespace ?? ''}/${primary}`)) return [];
    const name = namespacedName(cluster);
    const staying = instances.filter(
      (pod) =>
        `${textAt(pod, 'metadata', 'namespace') ?? ''}/${labelOf(pod, CLUSTER_LABEL)}` === name &&
        isStaying(pod, leaving),
    );
    const ready = numberAt(cluster, 'status', 'readyInstances') ?? 0;
    return [
      {
        database: namedObject(cluster),
        members: numberAt(cluster, 'spec', 'instances') ?? 1,
        // The operator's own word counts where it says less: a pod may be Ready whose database cannot follow.
        successors: Math.min(staying.length, Math.max(0, ready - 1)),
      },
    ];
  });
  return aboutPrimaries(primaries);
}
