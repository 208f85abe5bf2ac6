/** The declared grants against the calls in the code: a new call without a grant fails here, and so does a grant that nothing needs. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CANARY_GRANTS, ON_NODE_GRANTS, OPERATOR_GRANTS, VIEWER_GRANTS } from '../../../plugin/preflight/grants.ts';
import * as paths from '../../../shared/cluster/paths.ts';
import { lookupGrants, mergedGrants, TOOLS, type Grant } from '../../../shared/index.ts';
import { CONTROLLER_GRANTS, UNINSTALL_GRANTS, VERIFY_GRANTS, WEBHOOK_GRANTS } from '../../../webhook/grants.ts';
import { POLICIES_BY_REGISTER } from '../../../webhook/uninstall.ts';

/** `verbs group/resource [names]`, several joined by `; `. */
const REGISTRATION = 'admissionregistration.k8s.io/validatingwebhookconfigurations [kubectl-maint]';
const SECRETS = '/secrets [kubectl-maint-ca kubectl-maint-tls]';
const REGISTER = 'kubectl-maint.io/maintenanceregisters';
const LEASE = 'coordination.k8s.io/leases [kubectl-maint-controller]';

/** What each use of a path (shared/cluster/paths.ts) calls, by file. Nothing: it only names objects, or is another's. */
const LOOKUPS: Calls = {
  'shared/cluster/answers.ts': {
    controllerRevisionsPath: 'list apps/controllerrevisions',
    daemonSetPath: 'get apps/daemonsets',
    nodePath: 'get /nodes',
    NODES: 'list /nodes',
    // What tools name nodes through (Velero's restores through a pod, Longhorn's backups through a volume), and pipelines.
    objectPath:
      'get /pods; get longhorn.io/volumes; get actions.github.com/ephemeralrunners; get argoproj.io/workflows; ' +
      'get tekton.dev/customruns; get tekton.dev/taskruns',
    podsPath: 'list /pods',
  },
};
/** What the listener calls. */
const WEBHOOK: Calls = {
  'webhook/denials/recorder.ts': { eventPath: 'patch /events', eventsPath: 'create /events' },
  'webhook/nodes/cache.ts': { NODES: 'list,watch /nodes' },
};
/** What answers the policy by itself, for who looks at DaemonSets alone. */
const OF_ROLLOUTS: Calls = {
  'shared/cluster/answers.ts': {
    controllerRevisionsPath: 'list apps/controllerrevisions',
    daemonSetPath: 'get apps/daemonsets',
    podsPath: 'list /pods',
  },
};
const CONTROLLER: Calls = {
  'webhook/controller/certificates/kept-authorities.ts': { objectPath: `get ${SECRETS}` },
  'webhook/controller/certificates/own-certificates.ts': { objectPath: `get ${SECRETS}` },
  'webhook/controller/any-node.ts': { NODES: 'list /nodes' },
  'webhook/controller/lease/leadership.ts': { objectPath: `get,update ${LEASE}` },
  'webhook/controller/maintenance-events/recorder.ts': { eventsPath: 'create /events' },
  'webhook/controller/register/reconciler.ts': {
    REGISTERS: `create ${REGISTER}; list,watch ${REGISTER} [cluster]`,
    registerPath: `update ${REGISTER} [cluster]`,
  },
  'webhook/controller/registration/first-answer.ts': { collectionPath: 'list discovery.k8s.io/endpointslices' },
  'webhook/controller/registration/patch.ts': { webhookConfigurationPath: `patch ${REGISTRATION}` },
  'webhook/controller/registration/reconciler.ts': { WEBHOOK_CONFIGURATIONS: `list,watch ${REGISTRATION}` },
  'webhook/controller/registration/trust-repair.ts': { webhookConfigurationPath: `get ${REGISTRATION}` },
  // Secrets and the Lease.
  'webhook/controller/replacing.ts': {
    collectionPath: 'create /secrets; create coordination.k8s.io/leases',
    objectPath: `update ${SECRETS}; update ${LEASE}`,
  },
  'webhook/controller/rollouts/reconciler.ts': {
    DAEMONSETS: 'list,watch apps/daemonsets',
  },
  'webhook/controller/rollouts/wake.ts': { daemonSetStatusPath: 'patch apps/daemonsets/status' },
};
const UNINSTALL: Calls = {
  'webhook/uninstall.ts': {
    NODES: 'list /nodes',
    webhookConfigurationPath: `delete ${REGISTRATION}`,
    objectPath: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']
      .map((kind) => `delete admissionregistration.k8s.io/${kind} [${POLICIES_BY_REGISTER.join(' ')}]`)
      .join('; '),
  },
};
/** What single commands of the program call, and a process beside a cluster, which looks whether it is trusted. */
const COMMANDS: Calls = {
  'webhook/tls/own-trust.ts': { webhookConfigurationPath: `get ${REGISTRATION}` },
  ...UNINSTALL,
  'webhook/verify.ts': { webhookConfigurationPath: `get ${REGISTRATION}` },
};
/** What carries a command out on a node calls in the namespace of its pods, which is another role. */
const ON_NODE: Calls = {
  'plugin/verbs/run/on-node/admitted.ts': { podsPath: 'create /pods' },
  'plugin/verbs/run/on-node/carrier.ts': { podsPath: 'list,watch /pods' },
  'plugin/logs/pod-log.ts': { podLogPath: 'get /pods/log' },
  'plugin/verbs/run/on-node/objects.ts': {
    collectionPath: 'create /configmaps',
    objectPath: 'delete /configmaps',
    podPath: 'get,delete /pods',
    podsPath: 'create,list /pods',
  },
};
const PLUGIN: Calls = {
  // Canaries, in dry runs: CANARY_GRANTS, and rights of whoever may write anyhow.
  'plugin/verbs/doctor/checks/canary-addon.ts': { daemonSetPath: 'get apps/daemonsets' },
  'plugin/verbs/doctor/checks/controller.ts': { objectPath: 'get coordination.k8s.io/leases' },
  'plugin/verbs/doctor/guard-canary.ts': { nodePath: 'get,patch /nodes' },
  'plugin/policy/in-force.ts': {
    objectPath: 'get /configmaps [kubectl-maint-policy]',
  },
  'plugin/policy/registration.ts': {
    webhookConfigurationPath: `get ${REGISTRATION}`,
  },
  'plugin/policy/installation.ts': {
    objectPath: 'get apps/deployments [kubectl-maint]',
    podsPath: 'list /pods',
  },
  'plugin/verbs/doctor/readings.ts': {
    collectionPath:
      'list admissionregistration.k8s.io/validatingadmissionpolicies; list admissionregistration.k8s.io/validatingadmissionpolicybindings',
  },
  // A Job is made and followed with the caller's own rights in its namespace, which no role of ours grants.
  'plugin/detached/image.ts': {
    objectPath: 'get apps/deployments [kubectl-maint]',
  },
  'plugin/detached/jobs.ts': { collectionPath: '' },
  'plugin/detached/launch.ts': { collectionPath: '', nodePath: 'get /nodes' },
  'plugin/detached/service-account.ts': { collectionPath: '', objectPath: '' },
  'plugin/verbs/attach/follow.ts': { podsPath: '' },
  'plugin/nodes/machine.ts': { objectPath: 'get,patch cluster.x-k8s.io/machines', nodePath: 'get /nodes' },
  'plugin/nodes/node-claims.ts': { collectionPath: 'list karpenter.sh/nodeclaims' },
  'plugin/drain/budgets.ts': { BUDGETS: 'list,watch policy/poddisruptionbudgets' },
  'plugin/drain/eviction.ts': {
    evictionPath: 'create /pods/eviction',
    // --disable-eviction, for which no role of ours is meant.
    podPath: '',
  },
  'plugin/drain/databases.ts': { podsPath: 'list,watch /pods' },
  'plugin/drain/live-node.ts': { NODES: 'list,watch /nodes', nodePath: 'get /nodes' },
  'plugin/drain/migrations.ts': {
    collectionPath: 'list,watch kubevirt.io/virtualmachineinstancemigrations',
    podsPath: 'list,watch /pods',
  },
  'plugin/drain/not-ready.ts': { podsPath: 'list /pods' },
  'plugin/drain/pods-on-node.ts': { PODS: 'list,watch /pods' },
  'plugin/drain/pods-by-node.ts': { PODS: 'list,watch /pods' },
  'plugin/drain/read.ts': { daemonSetPath: 'get apps/daemonsets', PODS: 'list /pods' },
  'plugin/drain/replacements.ts': {
    collectionPath: 'list,watch apps/replicasets; list,watch apps/statefulsets; list,watch /replicationcontrollers',
  },
  'plugin/drain/work-inside.ts': {
    collectionPath: [
      'postgresql.cnpg.io/backups',
      'psmdb.percona.com/perconaservermongodbbackups',
      'velero.io/podvolumebackups',
      'velero.io/podvolumerestores',
    ]
      .map((resource) => `list,watch ${resource}`)
      .join('; '),
  },
  'plugin/kept-off/backup-pieces.ts': {
    collectionPath: ['podvolumebackups', 'datauploads'].map((kind) => `list,watch velero.io/${kind}`).join('; '),
  },
  'plugin/drain/volumes.ts': {
    objectPath: 'get /persistentvolumeclaims',
    VOLUME_ATTACHMENTS: 'list,watch storage.k8s.io/volumeattachments',
  },
  'plugin/health/gate.ts': { leasePath: 'get coordination.k8s.io/leases', nodePath: 'get /nodes' },
  'plugin/hooks/record/copies.ts': {
    // The chart makes it; where it did not, whoever may does.
    collectionPath: '',
    objectPath: 'get,patch /configmaps [kubectl-maint-hook-records]',
  },
  'plugin/hooks/record/node-record.ts': { nodePath: 'get /nodes' },
  'plugin/hooks/source.ts': { objectPath: 'get /configmaps [kubectl-maint-hooks]' },
  // What somebody names in a hook, by rights of his own.
  'plugin/hooks/servers/ask.ts': { objectPath: '' },
  'plugin/hooks/servers/servers.ts': { collectionPath: '' },
  'plugin/hooks/steps/job.ts': { collectionPath: '', objectPath: '' },
  'plugin/hooks/steps/patch.ts': { objectPath: '' },
  'plugin/kept-off/cron-jobs.ts': {
    cronJobPath: 'get batch/cronjobs',
    NODES: 'list /nodes',
  },
  // Rights of whoever may write CronJobs anyhow; who may not reads none for it.
  'plugin/kept-off/wake.ts': { cronJobPath: '', cronJobStatusPath: '' },
  'plugin/policy/canary.ts': { podsPath: '' },
  'plugin/nodes/choose.ts': { nodePath: 'get /nodes', NODES: 'list /nodes' },
  'plugin/nodes/conditions.ts': { nodeStatusPath: 'patch /nodes/status' },
  'plugin/nodes/events.ts': { eventsPath: 'create /events' },
  'plugin/kept-off/maker-events.ts': { EVENTS: 'list,watch /events' },
  'plugin/kept-off/refusal-events.ts': { eventsPath: 'list,watch /events' },
  'plugin/nodes/own-events.ts': { eventsPath: 'list /events' },
  'plugin/nodes/write.ts': { nodePath: 'get,patch /nodes' },
  'plugin/verbs/completion/complete-nodes.ts': { NODES: 'list /nodes' },
  'plugin/verbs/off/bring-back.ts': { nodePath: 'get /nodes' },
  // Who makes up for a run may read and make such objects anyhow: it is no right of ours to hand out.
  'plugin/verbs/redo/redo.ts': {
    collectionPath: '',
    cronJobPath: 'get batch/cronjobs',
    NODES: 'list /nodes',
    objectPath: '',
  },
  'plugin/verbs/redo/remake.ts': { collectionPath: '' },
  'plugin/verbs/run/ending.ts': { nodePath: 'get /nodes' },
  'plugin/verbs/run/read-node.ts': { nodePath: 'get /nodes' },
  'plugin/verbs/run/step.ts': { nodePath: 'get /nodes' },
  // What somebody names in a file of his own, by rights of his own.
  'plugin/expectations/unmet.ts': { collectionPath: '', objectPath: '' },
  'plugin/verbs/run/reboot.ts': { nodePath: 'get /nodes' },
  'plugin/verbs/run/nodes.ts': { nodePath: 'get /nodes' },
  'plugin/verbs/status/following.ts': { NODES: 'list,watch /nodes' },
  'plugin/verbs/status/from-events.ts': { nodePath: 'get /nodes' },
  'plugin/verbs/status/readings.ts': {
    NODES: 'list /nodes',
    VOLUME_ATTACHMENTS: 'list storage.k8s.io/volumeattachments',
  },
  'plugin/verbs/ui/clusters/node-details.ts': { EVENTS: 'list /events', nodePath: 'get /nodes' },
  'plugin/policy/register.ts': { registerPath: `get ${REGISTER} [cluster]` },
  'plugin/policy/floor.ts': { POLICY_BINDINGS: 'list admissionregistration.k8s.io/validatingadmissionpolicybindings' },
  // But for virtualmachineinstances.kubevirt.io, which no role of ours grants.
  'plugin/preflight/data/at-stake.ts': { NODES: 'list /nodes' },
  'plugin/preflight/data/cordon.ts': { PODS: 'list /pods' },
  'plugin/preflight/data/read.ts': {
    collectionPath: [
      '/pods',
      'ceph.rook.io/cephclusters',
      'elasticsearch.k8s.elastic.co/elasticsearches',
      'internal.linstor.linbit.com/resources',
      'kafka.strimzi.io/kafkas',
      'kubevirt.io/kubevirts',
      'longhorn.io/replicas',
      'longhorn.io/settings [node-drain-policy]',
      'longhorn.io/settings [replica-replenishment-wait-interval]',
      'longhorn.io/volumes',
      'piraeus.io/linstorclusters',
      'piraeus.io/linstorsatellites',
      'postgresql.cnpg.io/clusters',
    ]
      .map((resource) => `list ${resource}`)
      .join('; '),
  },
  'plugin/preflight/cluster-view.ts': { NODES: 'list /nodes' },
  'plugin/preflight/read-named.ts': {
    collectionPath:
      'list apps/replicasets; list apps/statefulsets; list /replicationcontrollers; list /persistentvolumeclaims; list /persistentvolumes',
    objectPath:
      'get apps/replicasets; get apps/statefulsets; get /replicationcontrollers; get /persistentvolumeclaims; get /persistentvolumes',
  },
  'plugin/preflight/read.ts': {
    collectionPath: 'list apps/replicasets; list apps/statefulsets; list /replicationcontrollers',
    NODES: 'list /nodes',
  },
};

/** What `status`, `ui` and `doctor` call, but for canaries. */
const LOOKING = [
  'plugin/nodes/node-claims.ts',
  'plugin/policy/',
  'plugin/verbs/doctor/readings.ts',
  'plugin/verbs/status/',
  'plugin/verbs/ui/',
  'plugin/drain/pods-on-node.ts',
  'plugin/drain/read.ts',
  'plugin/health/gate.ts',
  'plugin/nodes/choose.ts',
  'plugin/nodes/own-events.ts',
];

/** Paths that are written out, and why no grant is about them. */
const LITERALS = [
  // Discovery, which everybody may ask for (system:discovery).
  'plugin/expectations/resources.ts: /api/v1',
  'plugin/expectations/resources.ts: /apis/${version}',
  // Alertmanager's own, behind the proxy of the API server.
  'plugin/hooks/steps/alertmanager.ts: /api/v2/silence/${encodeURIComponent(id)}',
  'plugin/hooks/steps/alertmanager.ts: /api/v2/silences',
  // Whether Velero is there, which everybody may ask (system:discovery).
  'plugin/kept-off/backup-pieces.ts: /apis/velero.io',
  // In which version machines are served.
  'plugin/nodes/machine.ts: /apis/${GROUP}',
  // What everybody may ask about himself (system:basic-user).
  'plugin/nodes/owner.ts: /apis/authentication.k8s.io/v1/selfsubjectreviews',
  'plugin/preflight/rights.ts: /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  'plugin/preflight/rights.ts: /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  'plugin/verbs/doctor/readings.ts: /apis/${groupVersion}',
];

type Calls = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Files below a folder that import paths or write them out. */
async function usesBelow(folder: string): Promise<{ readonly used: string[]; readonly literals: string[] }> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const known = new Set(Object.keys(paths));
  const used: string[] = [];
  const literals: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    const imported = [...text.matchAll(/^import \{([^}]*)\} from '[^']*\/(?:index|paths)\.ts';$/gm)];
    const found = imported.flatMap(([, list = '']) => list.split(',').map((one) => one.trim()));
    used.push(...found.filter((one) => known.has(one)).map((one) => `${file}: ${one}`));
    literals.push(...[...text.matchAll(/['"`](\/apis?\/[^'"`]*)['"`]/g)].map(([, path]) => `${file}: ${path ?? ''}`));
  }
  return { used: used.sort(), literals: literals.sort() };
}

function listed(calls: Calls): readonly string[] {
  return Object.entries(calls)
    .flatMap(([file, uses]) => Object.keys(uses).map((use) => `${file}: ${use}`))
    .sort();
}

/** `verb group/resource [names]`, one for each verb, sorted. */
function called(...all: readonly Calls[]): readonly string[] {
  const texts = all.flatMap((calls) => Object.values(calls).flatMap((uses) => Object.values(uses)));
  const singles = texts
    .flatMap((text) => text.split('; '))
    .flatMap((text) => {
      const [verbs = '', ...what] = text.split(' ');
      return verbs === '' ? [] : verbs.split(',').map((verb) => [verb, ...what].join(' '));
    });
  return [...new Set(singles)].sort();
}

function granted(...grants: readonly Grant[]): readonly string[] {
  const singles = grants.flatMap(({ group, resource, verbs, names }) =>
    verbs.map((verb) => `${verb} ${group}/${resource}${names === undefined ? '' : ` [${names.join(' ')}]`}`),
  );
  return [...new Set(singles)].sort();
}

describe('the calls in the code are the ones in the table', () => {
  test.each([
    ['webhook', { ...WEBHOOK, ...CONTROLLER, ...COMMANDS }],
    ['plugin', { ...PLUGIN, ...ON_NODE }],
  ])('%s', async (folder, calls) => {
    const { used, literals } = await usesBelow(folder);
    expect(used).toEqual(listed(calls));
    expect(literals).toEqual(LITERALS.filter((line) => line.startsWith(folder)));
  });

  test('shared: only what answers the policy calls by itself', async () => {
    const { used } = await usesBelow('shared/cluster');
    expect(used).toEqual(listed(LOOKUPS));
  });
});

describe('the grants are what the code calls', () => {
  test('lookups', () => {
    expect(granted(...lookupGrants(TOOLS))).toEqual(called(LOOKUPS));
  });

  test('the webhook: it looks up, and writes Events', () => {
    const grants = granted(...Object.values(WEBHOOK_GRANTS).flat());
    expect(grants).toEqual(called(LOOKUPS, WEBHOOK));
    const writing = grants.filter((one) => !/^(get|list|watch) /.test(one));
    expect(writing).toEqual(['create /events', 'patch /events']);
  });

  test('the controller', () => {
    expect(granted(...Object.values(CONTROLLER_GRANTS).flat())).toEqual(
      called(OF_ROLLOUTS, CONTROLLER, { 'webhook/nodes/cache.ts': { NODES: 'list,watch /nodes' } }),
    );
  });

  test('the hook and the test of the chart', () => {
    expect(granted(...UNINSTALL_GRANTS)).toEqual(called(UNINSTALL));
    expect(granted(...VERIFY_GRANTS)).toEqual([`get ${REGISTRATION}`]);
  });

  test('operators, who may change records besides', () => {
    const own = ['set kubectl-maint.io/maintenances'];
    expect(granted(...OPERATOR_GRANTS)).toEqual([...new Set([...called(LOOKUPS, PLUGIN), ...own])].sort());
  });

  test('commands on nodes, by a role of their own', () => {
    expect(granted(...ON_NODE_GRANTS)).toEqual(called(ON_NODE));
  });

  test('viewers look', () => {
    const looking = Object.entries(PLUGIN).filter(([file]) => LOOKING.some((part) => file.startsWith(part)));
    const calls = called(LOOKUPS, Object.fromEntries(looking));
    expect(granted(...VIEWER_GRANTS)).toEqual(calls);
  });

  test('what runs anything is granted by none of them', () => {
    const powers = granted(...CANARY_GRANTS, { group: '', resource: 'pods', verbs: ['delete', 'patch'] });
    const all = granted(
      ...Object.values({ ...WEBHOOK_GRANTS, ...CONTROLLER_GRANTS }).flat(),
      ...OPERATOR_GRANTS,
      ...VIEWER_GRANTS,
    );
    expect(all.filter((one) => powers.includes(one))).toEqual([]);
    expect(all.filter((one) => /^(create|update|patch) \S*\/(pods|daemonsets|deployments|jobs)$/.test(one))).toEqual(
      [],
    );
  });
});

test('grants of the same objects become one, whatever their order', () => {
  const pods = (verb: string, ...names: string[]): Grant => ({
    group: '',
    resource: 'pods',
    verbs: [verb],
    ...(names.length > 0 && { names }),
  });
  const merged = [{ group: '', resource: 'pods', verbs: ['get', 'list'] }, pods('patch', 'a')];
  expect(mergedGrants([pods('list'), pods('patch', 'a'), pods('get'), pods('list')])).toEqual(merged);
  expect(mergedGrants([pods('get'), pods('list'), pods('patch', 'a')])).toEqual(merged);
});
