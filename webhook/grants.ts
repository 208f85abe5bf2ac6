import {
  lookupGrants,
  mergedGrants,
  REGISTER_GROUP,
  REGISTER_NAME,
  REGISTER_PLURAL,
  REGISTRATION_NAME,
  TOOLS,
  type Grant,
} from '../shared/index.ts';
import { POLICIES_BY_REGISTER } from './uninstall.ts';

/** Name of the Secret in which the controller keeps its authority, unless a flag says otherwise. */
export const CA_SECRET = 'kubectl-maint-ca';
/** Name of the Secret with the serving certificate, which the webhook's pods mount, unless a flag says otherwise. */
export const TLS_SECRET = 'kubectl-maint-tls';
/** Name of the Lease of which the controller that writes is the holder, unless a flag says otherwise. */
export const LEASE = 'kubectl-maint-controller';

const REGISTRATION = {
  group: 'admissionregistration.k8s.io',
  resource: 'validatingwebhookconfigurations',
  names: [REGISTRATION_NAME],
};

/** The register of nodes in maintenance. A name cannot limit CREATE, and of those there is one that matters. */
const REGISTER: readonly Grant[] = [
  { group: REGISTER_GROUP, resource: REGISTER_PLURAL, verbs: ['create'] },
  { group: REGISTER_GROUP, resource: REGISTER_PLURAL, verbs: ['list', 'update', 'watch'], names: [REGISTER_NAME] },
];

/** To keep the nodes current. */
const NODES: Grant = { group: '', resource: 'nodes', verbs: ['list', 'watch'] };

/**
 * Everything that the webhook calls, and nothing else: it listens to the network, so that whoever takes it over gains what
 * stands here. The chart's roles are made of these, and a test holds them against the calls in the code.
 */
export const WEBHOOK_GRANTS = {
  /** In the whole cluster: what the policy has to look up. */
  cluster: mergedGrants([...lookupGrants(TOOLS), NODES]),
  /** In the namespace `default`, where Events about nodes live. */
  events: [{ group: '', resource: 'events', verbs: ['create', 'patch'] }],
} satisfies Readonly<Record<string, readonly Grant[]>>;

/**
 * Everything that the controller calls, which listens to nobody. The right to patch pods, DaemonSets or their templates is
 * not in it: it would be the right to run anything.
 */
export const CONTROLLER_GRANTS = {
  /** In the whole cluster. */
  cluster: mergedGrants([
    NODES,
    ...REGISTER,
    // Which rollouts are behind while some node is held, and on which nodes.
    { group: '', resource: 'pods', verbs: ['list'] },
    { group: 'apps', resource: 'controllerrevisions', verbs: ['list'] },
    { group: 'apps', resource: 'daemonsets', verbs: ['get', 'list', 'watch'] },
    // The DaemonSet controller looks again when a condition of the status changes; it can start nothing.
    { group: 'apps', resource: 'daemonsets/status', verbs: ['patch'] },
    // A list or watch by metadata.name is one of that name (k8s apiserver endpoints/request requestinfo.go).
    { ...REGISTRATION, verbs: ['get', 'list', 'watch', 'patch'] },
  ]),
  /** In its namespace. A name cannot limit CREATE: the object has none yet. */
  own: [
    // Whether anybody answers yet: nothing is told to fail closed before.
    { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: ['list'] },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create'] },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'update'], names: [LEASE] },
  ],
  /** In its namespace, where it makes the certificates itself. */
  certificates: [
    { group: '', resource: 'secrets', verbs: ['create'] },
    { group: '', resource: 'secrets', verbs: ['get', 'update'], names: [CA_SECRET, TLS_SECRET] },
  ],
  /** In the namespace `default`, where Events about nodes live. */
  events: [{ group: '', resource: 'events', verbs: ['create'] }],
} satisfies Readonly<Record<string, readonly Grant[]>>;

/** What `maint-webhook uninstall` calls. */
export const UNINSTALL_GRANTS: readonly Grant[] = [
  { group: '', resource: 'nodes', verbs: ['list'] },
  { ...REGISTRATION, verbs: ['delete'] },
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map((resource) => ({
    group: REGISTRATION.group,
    resource,
    verbs: ['delete'],
    names: POLICIES_BY_REGISTER,
  })),
];

/** What `maint-webhook verify` calls. */
export const VERIFY_GRANTS: readonly Grant[] = [{ ...REGISTRATION, verbs: ['get'] }];
