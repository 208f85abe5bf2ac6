import {
  insideGrants,
  lookupGrants,
  mergedGrants,
  REGISTER_GROUP,
  REGISTER_NAME,
  REGISTER_PLURAL,
  REGISTRATION_NAME,
  TOOLS,
  type Grant,
} from '../../shared/index.ts';
import { dataGrants } from './data/grants.ts';

/** What everybody needs who looks: `status`, `doctor`, and `check` against a cluster. */
const LOOKING: readonly Grant[] = [
  ...lookupGrants(TOOLS),
  { group: '', resource: 'configmaps', verbs: ['get'], names: ['kubectl-maint-policy'] },
  // `status --watch`.
  { group: '', resource: 'nodes', verbs: ['get', 'list', 'watch'] },
  { group: '', resource: 'pods', verbs: ['list', 'watch'] },
  // Which nodes have lost their record.
  { group: '', resource: 'events', verbs: ['list'] },
  // How a node is, whether it may be deleted, and whether anything is enforced.
  { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get'] },
  { group: 'storage.k8s.io', resource: 'volumeattachments', verbs: ['list'] },
  // When Karpenter takes it away.
  { group: 'karpenter.sh', resource: 'nodeclaims', verbs: ['list'] },
  {
    group: 'admissionregistration.k8s.io',
    resource: 'validatingwebhookconfigurations',
    verbs: ['get'],
    names: [REGISTRATION_NAME],
  },
  { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicybindings', verbs: ['list'] },
  { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies', verbs: ['list'] },
  { group: REGISTER_GROUP, resource: REGISTER_PLURAL, verbs: ['get'], names: [REGISTER_NAME] },
  { group: 'apps', resource: 'deployments', verbs: ['get'], names: ['kubectl-maint'] },
];

const replicated: readonly Grant[] = [
  { group: '', resource: 'replicationcontrollers', verbs: ['get', 'list', 'watch'] },
  { group: 'apps', resource: 'replicasets', verbs: ['get', 'list', 'watch'] },
  { group: 'apps', resource: 'statefulsets', verbs: ['get', 'list', 'watch'] },
];

/** The chart's role `kubectl-maint-viewer`. */
export const VIEWER_GRANTS: readonly Grant[] = mergedGrants(LOOKING);

/**
 * The chart's role `kubectl-maint-operator`: `on`, `off` and `status`. Not in it: deleting pods (`--disable-eviction`
 * goes past every budget), and creating them (CANARY_GRANTS), which is the right to run anything.
 */
export const OPERATOR_GRANTS: readonly Grant[] = mergedGrants([
  ...LOOKING,
  ...replicated,
  // Whether a backup runs inside a pod that is to be evicted.
  ...insideGrants(TOOLS),
  // Which Backups of Velero were refused pieces, with those in which that work runs.
  { group: 'velero.io', resource: 'datauploads', verbs: ['list', 'watch'] },
  // How far KubeVirt has moved the machines of such pods.
  { group: 'kubevirt.io', resource: 'virtualmachineinstancemigrations', verbs: ['list', 'watch'] },
  // What storage and databases are asked before their nodes go.
  ...dataGrants(),
  // What is done around a drain, by rights that each of its steps needs besides.
  { group: '', resource: 'configmaps', verbs: ['get'], names: ['kubectl-maint-hooks'] },
  { group: '', resource: 'configmaps', verbs: ['get', 'patch'], names: ['kubectl-maint-hook-records'] },
  { group: '', resource: 'nodes', verbs: ['patch'] },
  { group: '', resource: 'nodes/status', verbs: ['patch'] },
  { group: '', resource: 'pods/eviction', verbs: ['create'] },
  // Where Cluster API stands in the cluster itself: its health checks are kept off the node.
  { group: 'cluster.x-k8s.io', resource: 'machines', verbs: ['get', 'patch'] },
  // Which volumes tie a pod to its node.
  { group: '', resource: 'persistentvolumeclaims', verbs: ['get', 'list'] },
  { group: '', resource: 'persistentvolumes', verbs: ['get', 'list'] },
  // Whether a CronJob that was refused makes up for its run. Waking it is not in it: who may set its status can have it run.
  { group: 'batch', resource: 'cronjobs', verbs: ['get'] },
  // `run` follows what was kept off its nodes.
  { group: '', resource: 'events', verbs: ['create', 'watch'] },
  { group: 'policy', resource: 'poddisruptionbudgets', verbs: ['list', 'watch'] },
  { group: 'storage.k8s.io', resource: 'volumeattachments', verbs: ['watch'] },
  // No such objects exist: it is the right to change the record of a node, which the record guard asks for.
  { group: 'kubectl-maint.io', resource: 'maintenances', verbs: ['set'] },
]);

/** `on` and `doctor` try work in server dry runs, in the namespace `default`; without it, whether it is refused stays unknown. */
export const CANARY_GRANTS: readonly Grant[] = [{ group: '', resource: 'pods', verbs: ['create'] }];

/**
 * `run --on-node`, in the namespace of its pods alone. They are root on any node: whoever has this is trusted with the
 * machines of the cluster, as with their ssh keys.
 */
export const ON_NODE_GRANTS: readonly Grant[] = [
  { group: '', resource: 'pods', verbs: ['create', 'delete', 'get', 'list', 'watch'] },
  { group: '', resource: 'pods/log', verbs: ['get'] },
  // A script that is carried over.
  { group: '', resource: 'configmaps', verbs: ['create', 'delete'] },
];
