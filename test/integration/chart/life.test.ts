/** The chart's life on a real API server with fake nodes: installed, upgraded, rolled back, uninstalled. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { at, DEFAULT_POLICY, isTrueAt, listAt, numberAt, textAt, TOOLS } from '../../../shared/index.ts';
import { registrationFor } from '../../../webhook/controller/registration/entries.ts';
import { issueAuthority } from '../../../webhook/tls/issue.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { CHART, helmFor, NAMESPACE, rendered, variants, type Helm } from '../../support/helm.ts';
import { minorOf } from '../../support/kubernetes-version.ts';
import { until } from '../../support/until.ts';

const RELEASE = 'guard';
const WEBHOOK = `system:serviceaccount:${NAMESPACE}:kubectl-maint`;
const CONTROLLER = `${WEBHOOK}-controller`;
const REGISTRATION = 'validatingwebhookconfigurations/kubectl-maint';

let plane: ControlPlane;
let helm: Helm;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 3 });
  helm = await helmFor(plane.kubeconfig);
  await kubectl('create', 'namespace', NAMESPACE);
  const levels = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
  await kubectl('label', 'namespace', NAMESPACE, ...levels);
});
afterAll(async () => {
  await helm.end();
  await plane.stop();
});

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

async function got(what: string, ...flags: readonly string[]): Promise<unknown> {
  return JSON.parse(await kubectl('get', what, '-n', NAMESPACE, '-o', 'json', ...flags));
}

/** Runs helm on the release, and fails with what it says. */
async function release(verb: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await helm.run(verb, RELEASE, ...args);
  expect(code, stdout + stderr).toBe(0);
}

const WAIT = ['--wait', '--timeout', '60s'];

const readyReplicas = async () => numberAt(await got('deployment/kubectl-maint'), 'status', 'readyReplicas');
const entries = async () => listAt(await got(REGISTRATION), 'webhooks');

test('is installed; its pods are restricted, ready, and on different nodes', async () => {
  await release('install', CHART, ...WAIT);
  expect(await readyReplicas()).toBe(2);
  for (const name of ['kubectl-maint', 'kubectl-maint-controller']) {
    const pods = listAt(await got('pods', '-l', `app.kubernetes.io/name=${name}`), 'items');
    expect(pods).toHaveLength(2);
    expect(new Set(pods.map((pod) => textAt(pod, 'spec', 'nodeName'))).size).toBe(2);
    expect(new Set(pods.map((pod) => numberAt(pod, 'spec', 'priority')))).toEqual(new Set([2_000_000_000]));
  }
  expect(await entries()).toEqual([]);
  // Its controller counts pods by itself, and may come to the last of them after helm.
  const budget = async (): Promise<unknown> => got('poddisruptionbudget/kubectl-maint');
  await until('the budget lets one go', async () => numberAt(await budget(), 'status', 'disruptionsAllowed') === 1);
});

/** Whether somebody may do something, written `verb group/resource[/subresource] [name] [in namespace]`. */
async function may(user: string, right: string): Promise<boolean> {
  const [, verb, group, resource, subresource, name, namespace] =
    /^(\w+) ([^/ ]*)\/([^/ ]+)(?:\/(\w+))?(?: (?!in )(\S+))?(?: in (\S+))?$/.exec(right) ?? [];
  const { body } = await plane.api('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { verb, group, resource, subresource, name, namespace } },
  });
  return isTrueAt(body, 'status', 'allowed');
}

const VWC = 'admissionregistration.k8s.io/validatingwebhookconfigurations';

/** What decides. */
const LOOKING = [
  'list /nodes',
  'watch /nodes',
  'list /pods',
  'get apps/daemonsets',
  'list apps/controllerrevisions',
  'create /events in default',
];
const LOOKUPS = [
  'get /nodes',
  'get /pods',
  'get longhorn.io/volumes',
  'get tekton.dev/taskruns',
  'patch /events in default',
];
/** What keeps. */
const KEEPING = [
  'watch apps/daemonsets',
  'patch apps/daemonsets/status',
  `get ${VWC} kubectl-maint`,
  `patch ${VWC} kubectl-maint`,
  `create /secrets in ${NAMESPACE}`,
  `get /secrets kubectl-maint-ca in ${NAMESPACE}`,
  `update /secrets kubectl-maint-ca in ${NAMESPACE}`,
  `update /secrets kubectl-maint-tls in ${NAMESPACE}`,
  `create coordination.k8s.io/leases in ${NAMESPACE}`,
  `update coordination.k8s.io/leases kubectl-maint-controller in ${NAMESPACE}`,
];
const NOBODYS = [
  'patch /nodes',
  'patch /nodes/status',
  `create /pods in ${NAMESPACE}`,
  'patch /pods',
  'create /pods/eviction',
  'patch apps/daemonsets',
  'update apps/daemonsets/status',
  `delete ${VWC} kubectl-maint`,
  `create ${VWC}`,
  `patch ${VWC} another`,
  `list /secrets in ${NAMESPACE}`,
  `get /secrets another in ${NAMESPACE}`,
  'get /secrets kubectl-maint-ca in default',
  `update coordination.k8s.io/leases another in ${NAMESPACE}`,
  'update coordination.k8s.io/leases node-1 in kube-node-lease',
  `create /events in ${NAMESPACE}`,
  'set kubectl-maint.io/maintenances',
];

test.each([...LOOKING, ...LOOKUPS])('the webhook may %s', async (right) => {
  expect(await may(WEBHOOK, right)).toBe(true);
});

test.each([...KEEPING, ...NOBODYS])('the webhook may not %s', async (right) => {
  expect(await may(WEBHOOK, right)).toBe(false);
});

test.each([...LOOKING, ...KEEPING])('the controller may %s', async (right) => {
  expect(await may(CONTROLLER, right)).toBe(true);
});

test.each(NOBODYS)('the controller may not %s', async (right) => {
  expect(await may(CONTROLLER, right)).toBe(false);
});

/** Whether API servers of a version answer with a list in a stream by default (feature gate WatchList). */
function isStreamed(version: string): boolean {
  const minor = minorOf(version);
  return minor === 32 || minor >= 34;
}

test('the controller finds its registration by its name, listed and watched, and no other', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const named = `${path}?fieldSelector=metadata.name%3Dkubectl-maint`;
  expect(await kubectl('get', '--raw', named, `--as=${CONTROLLER}`)).toContain('"name":"kubectl-maint"');
  const asStream =
    'watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  // Older ones answer a list in a stream only where they are told to; then the list that is asked for above is read.
  if (isStreamed(inject('kubernetes'))) {
    expect(await kubectl('get', '--raw', `${named}&${asStream}`, `--as=${CONTROLLER}`)).toContain('"type":"ADDED"');
  }
  await expect(kubectl('get', '--raw', path, `--as=${CONTROLLER}`)).rejects.toThrow('forbidden');
});

describe('every variant is taken by the API server, in a dry run', async () => {
  /** Kinds of other projects, whose definitions are not installed here. */
  const FOREIGN = /^(?:Certificate|Issuer|ServiceMonitor|PrometheusRule)\//;

  // The one of `roles.onNode`, which is whoever installs the chart to make.
  beforeAll(async () => {
    await kubectl('create', 'namespace', 'kubectl-maint-run');
  });

  test.each([...(await variants())])('%s', async (variant, file) => {
    const objects = [...(await rendered(helm, '-f', file))].filter(([id]) => !FOREIGN.test(id));
    const { code, stderr } = await plane.kubectl(
      ['apply', '--server-side', '--dry-run=server', '--force-conflicts', '--field-manager=helm', '-f', '-'],
      { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(([, object]) => object) }) },
    );
    expect(code, stderr).toBe(0);
    // Warnings are Pod Security's: the node's network is what no restricted pod may have.
    if (variant === 'eks-custom-cni') expect(stderr).toContain('host namespaces (hostNetwork=true)');
    else expect(stderr).toBe('');
  });
});

/** What the controller writes: made by the code, trusting an authority, with the entry for rollouts. */
async function writtenByController(failurePolicy: 'Ignore' | 'Fail'): Promise<string> {
  const { certificate } = await issueAuthority(Date.now());
  const reach = { service: { namespace: NAMESPACE, name: 'kubectl-maint' } };
  const whole = registrationFor(TOOLS, DEFAULT_POLICY, { address: reach, authorities: certificate, failurePolicy });
  return JSON.stringify({ webhooks: at(whole, 'webhooks') });
}

/** The ConfigMap with the policy that pods of the Deployment mount now, as it is in the cluster. */
async function mountedPolicy(): Promise<unknown> {
  const volumes = listAt(await got('deployment/kubectl-maint'), 'spec', 'template', 'spec', 'volumes');
  return got(`configmap/${volumes.map((volume) => textAt(volume, 'configMap', 'name')).find(Boolean) ?? ''}`);
}

const policies = () => kubectl('get', 'configmaps', '-n', NAMESPACE, '-l', 'app.kubernetes.io/name=kubectl-maint');

test('an upgrade and a rollback leave alone what the controller wrote, and roll out the rest', async () => {
  const patch = ['patch', REGISTRATION, '--type=merge', `--as=${CONTROLLER}`, '--field-manager=maint', '-p'];
  await kubectl(...patch, await writtenByController('Ignore'));
  // As after an upgrade of theirs, or an edit that they repaired: all of it is theirs now, and differs from before.
  await kubectl(...patch, await writtenByController('Fail'));
  const written = await entries();
  expect(written.map((entry) => textAt(entry, 'name'))).toContain('rollout.kubectl-maint.io');
  const before = at(await got('deployment/kubectl-maint'), 'metadata', 'generation');
  const first = textAt(await mountedPolicy(), 'metadata', 'name') ?? '';

  await release('upgrade', CHART, '--set', 'replicas=3,policy.preset=palette', ...WAIT);
  expect(await readyReplicas()).toBe(3);
  expect(await entries()).toEqual(written);
  const palette = await mountedPolicy();
  expect(textAt(palette, 'data', 'policy.yaml')).toContain('preset: palette');
  expect(at(await got('deployment/kubectl-maint'), 'metadata', 'generation')).not.toBe(before);
  // A pod of the former ReplicaSet that has to start again finds its own policy.
  expect(textAt(await got(`configmap/${first}`), 'data', 'policy.yaml')).toContain('preset: default');

  await release('rollback', '1', ...WAIT);
  await until('three replicas are two again', async () => (await readyReplicas()) === 2);
  expect(await entries()).toEqual(written);
  expect(textAt(await mountedPolicy(), 'metadata', 'name')).toBe(first);
  const second = textAt(palette, 'metadata', 'name') ?? '';
  expect(await policies()).toContain(second);

  await release('rollback', '2', ...WAIT);
  expect(textAt(await mountedPolicy(), 'metadata', 'name')).toBe(second);
  await release('rollback', '1', ...WAIT);
});

test('a policy cannot be edited where it is mounted', async () => {
  const name = textAt(await mountedPolicy(), 'metadata', 'name') ?? '';
  const edit = kubectl('patch', `configmap/${name}`, '-n', NAMESPACE, '-p', '{"data":{"policy.yaml":"preset: none"}}');
  await expect(edit).rejects.toThrow('field is immutable when `immutable` is set');
});

test('where the policy stays the same an upgrade starts no replica again', async () => {
  const before = textAt(await mountedPolicy(), 'metadata', 'name');
  const generation = at(await got('deployment/kubectl-maint'), 'metadata', 'generation');
  await release('upgrade', CHART, '--set', 'roles.canary=true', ...WAIT);
  expect(textAt(await mountedPolicy(), 'metadata', 'name')).toBe(before);
  expect(at(await got('deployment/kubectl-maint'), 'metadata', 'generation')).toBe(generation);
});

test('a second one beside it is refused', async () => {
  const { code, stderr } = await helm.run('install', 'another', CHART, '--namespace', 'other', '--create-namespace');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /"(?:kubectl-maint|maintenanceregisters)[\w.-]*".* exists and cannot be imported into the current release/,
  );
});

test('an upgrade with values that make no sense changes nothing', async () => {
  const { code } = await helm.run('upgrade', RELEASE, CHART, '--set', 'failurePolicy=Maybe');
  expect(code).toBe(1);
  expect(await readyReplicas()).toBe(2);
});

test('is uninstalled while no node takes pods: the hook ran, the registration is gone, and policies alone are left', async () => {
  await kubectl('cordon', 'node-1', 'node-2', 'node-3');
  await release('uninstall', ...WAIT);
  const events = listAt(
    await got('events', '--field-selector', 'involvedObject.name=kubectl-maint-uninstall'),
    'items',
  );
  expect(events.map((event) => textAt(event, 'reason'))).toEqual(
    expect.arrayContaining(['SuccessfulCreate', 'Completed']),
  );
  const kinds = [
    'deployments,pods,services,serviceaccounts,configmaps,poddisruptionbudgets,jobs',
    'roles,rolebindings,clusterroles,clusterrolebindings,validatingwebhookconfigurations',
  ].join(',');
  await until('nothing of the release is left', async () => {
    const left = await kubectl('get', kinds, '-A', '-l', `app.kubernetes.io/instance=${RELEASE}`, '-o', 'name');
    return /^(?:configmap\/kubectl-maint-policy-\w{10}\n?)+$/.test(left);
  });
  expect((await policies()).match(/kubectl-maint-policy-/g)?.length).toBe(2);
});
