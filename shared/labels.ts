/** Every name that we write on a Kubernetes object starts with this prefix. */
const PREFIX = 'kubectl-maint.io/';

/**
 * By whom the API server says that fields are managed which plugin, webhook and controller have written. It does not begin with
 * `kubectl`: what such a manager has written on an object of a Kustomization, Flux takes away at its next look (fluxcd/pkg ssa,
 * `matchFieldManager`; kustomize-controller, `DisallowedManagers`), cordon and record of a node included.
 */
export const FIELD_MANAGER = 'maint';

/** Name of our ValidatingWebhookConfiguration. */
export const REGISTRATION_NAME = 'kubectl-maint';

/**
 * Annotation of a registration that `maint-webhook configuration` makes: the content of its `--policy FILE`, as JSON. The
 * policy of a process stands nowhere else in a cluster.
 */
export const POLICY_ANNOTATION = `${PREFIX}policy`;

/** The whole name of an entry of the registration. */
export function entryName(entry: string): string {
  return `${entry}.kubectl-maint.io`;
}

/** Whether an entry of the registration is one of ours, by its name; others may have put theirs into it. */
export function isOurEntry(name: string): boolean {
  return name.endsWith(entryName(''));
}

/** Node annotation that holds the record (JSON, see record/). Present with any value = in maintenance. */
export const RECORD_ANNOTATION = `${PREFIX}maintenance`;

/** Node annotation that says the record in one line (explainRecord), for people who look at the Node. Nothing reads it. */
export const WHY_ANNOTATION = `${PREFIX}why`;

/**
 * Node annotation that says what hooks have done for the node, and what undoes it (JSON). It is written before each step, and
 * outlives the record where something could not be undone.
 */
export const HOOKS_ANNOTATION = `${PREFIX}hooks`;

/**
 * Node annotation by which a run with a name (`run --run-id`) knows that its command has ended well there. It outlives the
 * maintenance, until the next such run: a run that goes on has nothing else to go by.
 */
export const DONE_ANNOTATION = `${PREFIX}done`;

/** Node label with the state: `initiated`, `complete` or `returning`. Lets selectors and policies find the nodes. */
export const STATE_LABEL = `${PREFIX}maintenance`;

/** Node label that `kubectl get nodes` shows as the role `maintenance` (k8s pkg/printers findNodeRoles); `on --role-label`. */
export const ROLE_LABEL = 'node-role.kubernetes.io/maintenance';

/** Event annotation that says what becomes of the work that was refused: `retried`, `lost` or `failed` (targets/tool.ts). */
export const AFTER_DENIAL_ANNOTATION = `${PREFIX}after-denial`;

/** Label by which users mark their own work as `backup` or `scan`. */
export const WORK_LABEL = `${PREFIX}work`;

/** Label of a pod by which `run --on-node` carries a command out: the claim of its run. */
export const RUN_LABEL = `${PREFIX}run`;

/** Annotation of such a pod: whose maintenance its run belongs to. */
export const OWNER_ANNOTATION = `${PREFIX}owner`;

/** Set on a Node while in maintenance so that cluster-autoscaler does not remove it (its FAQ, "scale-down-disabled"). */
export const AUTOSCALER_ANNOTATION = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

/** Set on a Node while in maintenance so that Karpenter does not disrupt it (Karpenter, "Node-Level Controls"). */
export const KARPENTER_ANNOTATION = 'karpenter.sh/do-not-disrupt';

/** Set on a Node while in maintenance so that medik8s does not remediate it (Node Healthcheck Operator, "Exclude nodes"). */
export const REMEDIATION_LABEL = 'remediation.medik8s.io/exclude-from-remediation';

/** The scheduler's own name for a node: what tools write into nodeSelector. Usually, not always, the node's name. */
export const HOSTNAME_LABEL = 'kubernetes.io/hostname';

/** A namespace's name as its label: the API server gives it to every namespace, and lets nobody change it. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Taint that a cordon implies; DaemonSet pods tolerate it (k8s pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
export const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';

/** Role label of control-plane nodes (kubeadm, and whoever follows it). */
export const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';

/** Annotation by which the kubelet marks the API copy of a static pod (k8s pkg/kubelet/types ConfigMirrorAnnotationKey). */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** Condition on a DaemonSet's status that says when its controller was woken last; writing it is what wakes. */
export const WOKEN_CONDITION = 'kubectl-maint.io/RolloutWoken';

/** Label of a Job that carries a command line out in the cluster, and of its pods: the verb. */
export const DETACHED_LABEL = `${PREFIX}detached`;

/** Annotations of such a Job, for people: who asked for it, and the command line. */
export const REQUESTED_BY_ANNOTATION = `${PREFIX}requested-by`;
export const COMMAND_LINE_ANNOTATION = `${PREFIX}command-line`;
