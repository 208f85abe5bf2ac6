import { lookupGrants, mergedGrants, REGISTRATION_NAME, TOOLS, type Grant } from '../shared/index.ts';

/** Name of the Secret in which the replicas keep their authority, unless a flag says otherwise. */
export const CA_SECRET = 'kubectl-maint-ca';

const REGISTRATION = {
  group: 'admissionregistration.k8s.io',
  resource: 'validatingwebhookconfigurations',
  names: [REGISTRATION_NAME],
};

/**
 * Everything that a replica calls, and nothing else: the chart's roles are made of this, and a test holds it against the
 * calls in the code. The right to patch pods, DaemonSets or their templates is not in it: it would be the right to run anything.
 */
export const REPLICA_GRANTS = {
  /** In the whole cluster. */
  cluster: mergedGrants([
    ...lookupGrants(TOOLS),
    { group: '', resource: 'nodes', verbs: ['list', 'watch'] },
    // Which rollouts are behind while some node is held.
    { group: 'apps', resource: 'daemonsets', verbs: ['list', 'watch'] },
    // The DaemonSet controller looks again when a condition of the status changes; it can start nothing.
    { group: 'apps', resource: 'daemonsets/status', verbs: ['patch'] },
    // A list or watch by metadata.name is one of that name (k8s apiserver endpoints/request requestinfo.go).
    { ...REGISTRATION, verbs: ['get', 'list', 'watch', 'patch'] },
  ]),
  /** In the namespace of the webhook, where it keeps its own authority. A name cannot limit CREATE: the object has none yet. */
  authority: [
    { group: '', resource: 'secrets', verbs: ['create'] },
    { group: '', resource: 'secrets', verbs: ['get', 'update'], names: [CA_SECRET] },
  ],
  /** In the namespace `default`, where Events about nodes live. */
  events: [{ group: '', resource: 'events', verbs: ['create', 'patch'] }],
} satisfies Readonly<Record<string, readonly Grant[]>>;

/** What `maint-webhook uninstall` calls. */
export const UNINSTALL_GRANTS: readonly Grant[] = [{ ...REGISTRATION, verbs: ['delete'] }];

/** What `maint-webhook verify` calls. */
export const VERIFY_GRANTS: readonly Grant[] = [{ ...REGISTRATION, verbs: ['get'] }];
