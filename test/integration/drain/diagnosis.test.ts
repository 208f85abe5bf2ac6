import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** What is told before a drain, and about one that waits: to people, to scripts, and on the node. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const CONTROL_PLANE = 'control-plane';
const SMALL = { cpu: '2', memory: '4Gi' };

beforeAll(async () => {
  const small = (name: string) => ({ name, ...SMALL });
  plane = await startControlPlane({
    nodes: [
      { name: CONTROL_PLANE, role: 'control-plane' },
      ...['findings', 'short', 'stuck', 'denied', 'stream', 'planned', 'roomy'].map(small),
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

const DELETE_NEVER = { 'pod-delete.stage.kwok.x-k8s.io/delay': '1h' };
const READY_NEVER = { 'pod-ready.stage.kwok.x-k8s.io/delay': '1h' };

describe('the preflight', () => {
  test('tells everything at once, and nothing is changed when one of it refuses', async () => {
    const [namespace, node] = [await world.namespace('findings'), 'findings'];
    const place = { namespace, node };
    await world.pod('bare', place);
    await world.pod('scratch', place, { emptyDir: true });
    await world.deployment('alone', place, 1);
    const before = await world.node(node);
    const ran = await plugin.maint(['on', node, CONTROL_PLANE]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain('error: node findings: cannot delete Pods that declare no controller');
    expect(ran.stderr).toContain('       node findings: cannot delete Pods with local storage');
    expect(ran.stderr).toContain(
      `       with node ${CONTROL_PLANE} in maintenance 0 of 1 control-plane nodes would be Ready, and 1 are needed (--allow-last-node takes it all the same)`,
    );
    expect(ran.stderr).toContain('hint: nothing was changed\n');
    expect(textAt(await world.node(node), 'metadata', 'resourceVersion')).toBe(
      textAt(before, 'metadata', 'resourceVersion'),
    );
  });

  test('warns of what will be down, of room that is missing, and of budgets that never allow', async () => {
    const [namespace, node] = [await world.namespace('planned'), 'planned'];
    await world.deployment('alone', { namespace, node }, 2);
    await world.deployment('kept', { namespace, node }, 1);
    await world.budget('kept', namespace, 'kept', 1);
    const ran = await plugin.maint(['on', node, '--dry-run=client']);
    expect(ran.code).toBe(5);
    const warnings = ran.stderr.split('\n').filter((line) => line.startsWith('Warning: '));
    expect(warnings.map((line) => line.replaceAll(/-[0-9a-z]{8,10}(?:-[0-9a-z]{5})?/g, '-*'))).toEqual([
      'Warning: disruption budget planned/kept needs 1 healthy pods and has 1: it lets none of its 1 pods go; change it, or scale up: planned/kept-*',
      'Warning: Deployment planned/alone will be down until it is Ready elsewhere: all of its 2 ready pods are moved',
      'Warning: no other node can take planned/alone-*, planned/alone-*, planned/kept-*',
      'Warning: the webhook is not installed: nothing will keep backups, scans and add-on changes off',
    ]);
    expect(ran.stderr).toMatch(
      /^pod\/kept-\S+ \(namespace planned\) would wait: disruption budget planned\/kept needs 1/m,
    );
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
  });

  test('the last worker is refused; --allow-last-node takes it', async () => {
    const workers = ['findings', 'short', 'stuck', 'denied', 'stream', 'planned', 'roomy'];
    const ran = await plugin.maint(['on', ...workers, '--mode=cordon']);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain('is the last worker that takes work (--allow-last-node takes it all the same)');
  });
});

describe('a drain that waits', () => {
  test('names the budget, its numbers, and the pods that are not Ready: in the terminal and on the node', async () => {
    const [namespace, node] = [await world.namespace('short'), 'short'];
    await world.deployment('web', { namespace, node }, 2);
    await world.pod('slow', { namespace, node: 'stream' }, { labels: { app: 'web' }, annotations: {} });
    await world.budget('web', namespace, 'web', 3);
    await world.patch(`/api/v1/namespaces/${namespace}/pods/slow/status`, {
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: new Date().toISOString() }] },
    });
    const running = await plugin.start(['on', node, '--timeout=9s']);
    const ran = await running.ended;
    expect(ran.code).toBe(5);
    const cause =
      /disruption budget short\/web needs 3 healthy pods and has 2 \(not Ready: slow\): short\/web-\S+, short\/web-\S+/;
    expect(ran.stderr).toMatch(new RegExp(`^node/short: 2 of 2 pods left; ${cause.source}$`, 'm'));
    await world.remove(`/api/v1/namespaces/${namespace}/pods/slow`);
  });

  test('names the finalizers of a pod that is stuck', async () => {
    const [namespace, node] = [await world.namespace('stuck'), 'stuck'];
    await world.pod('kept', { namespace, node }, { annotations: DELETE_NEVER, finalizers: ['example.org/volume'] });
    // More than the second of its grace period, after which the finalizers alone hold it, and what a busy machine adds.
    const ran = await plugin.maint(['on', node, '--force', '--timeout=10s']);
    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('  still terminating, held by finalizers example.org/volume: stuck/kept\n');
    expect(maintenanceOf(await world.node(node)).conditions['DrainInProgress']).toContain(
      'held by finalizers example.org/volume',
    );
  });

  test('names who denies the evictions, and goes on when nobody does any more', async () => {
    const [namespace, node] = [await world.namespace('denied'), 'denied'];
    await world.deployment('web', { namespace, node }, 1);
    const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    await world.create(policies, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no-evictions' },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'], operations: ['CREATE'] },
          ],
        },
        matchConditions: [{ name: 'here', expression: "request.namespace == 'denied'" }],
        validations: [{ expression: 'false', message: 'not during trading hours' }],
      },
    });
    await world.create('/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'no-evictions' },
      spec: { policyName: 'no-evictions', validationActions: ['Deny'] },
    });
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'none', namespace } };
    await until('evictions are denied', async () => {
      const { body } = await plane.api('POST', `/api/v1/namespaces/${namespace}/pods/none/eviction`, eviction);
      return textAt(body, 'message')?.includes('trading hours') === true;
    });
    const running = await plugin.start(['on', node, '--timeout=60s']);
    await until('it waits', () => running.said().includes('waits: '));
    expect(running.said()).toMatch(
      /pod\/web-\S+ \(namespace denied\) waits: .*ValidatingAdmissionPolicy 'no-evictions'.*not during trading hours/,
    );
    await world.remove(`${policies}/no-evictions`);
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});

test('-o json is one event a line, from the plan to the end', async () => {
  const [namespace, node] = [await world.namespace('stream'), 'stream'];
  await world.deployment('web', { namespace, node }, 2);
  await world.pod('late', { namespace, node }, { labels: { app: 'late' }, annotations: {} });
  await world.budget('late', namespace, 'late', 1);
  const ran = await plugin.maint(['on', node, '--force', '-o', 'json', '--timeout=2s']);
  expect(ran.code).toBe(5);
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  for (const event of events) expect(Date.parse(textAt(event, 'time') ?? '')).not.toBeNaN();
  const types = events.map((event) => textAt(event, 'type'));
  expect(new Set(types)).toEqual(new Set(['finding', 'cordoned', 'evicted', 'waiting', 'left', 'failed']));
  expect(types.indexOf('cordoned')).toBeLessThan(types.indexOf('evicted'));
  const left = events.find((event) => textAt(event, 'type') === 'left');
  expect(listAt(left, 'causes')).toEqual([
    {
      kind: 'budget',
      text: 'disruption budget stream/late needs 1 healthy pods and has 1: it lets none of its 1 pods go; change it, or scale up',
      names: ['stream/late'],
    },
  ]);
  expect(at(events.at(-1), 'message')).toBe('gave up waiting, 1 of 3 pods left on node stream');

  const dry = await plugin.maint(['on', node, '--force', '-o', 'json', '--dry-run=client']);
  const plan = dry.stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(plan.find((event) => textAt(event, 'type') === 'planned')).toMatchObject({
    node,
    evict: [{ namespace, name: 'late' }],
    waitFor: [],
    leave: [],
  });
  // A pod that nobody makes again needs no room.
  expect(plan.find((event) => textAt(event, 'type') === 'room')).toMatchObject({ moving: 0, without: [] });
});

test('the plan says that the other nodes have room', async () => {
  const [namespace, node] = [await world.namespace('roomy'), 'roomy'];
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const owner = await world.create(path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner' } });
  const controlled = {
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: textAt(owner, 'metadata', 'uid'), controller: true },
    ],
  };
  for (const name of ['web-1', 'web-2']) await world.pod(name, { namespace, node }, controlled);
  const { code, stderr } = await plugin.maint(['on', node, '--dry-run=client']);
  expect(code).toBe(0);
  expect(stderr).toContain('the other nodes have room for what has to move (pods: 2)\n');
});

test('a pod that is never Ready is no budget’s business, and goes', async () => {
  const [namespace, node] = [await world.namespace('pending'), 'findings'];
  const others = '/api/v1/namespaces/findings/pods';
  for (const name of ['bare', 'scratch']) await world.remove(`${others}/${name}`);
  // Until they are gone they take a flag, as with kubectl drain.
  await until('the pods that take a flag are gone', async () => {
    const names = listAt(await world.get(others), 'items').map((pod) => textAt(pod, 'metadata', 'name'));
    return !names.includes('bare') && !names.includes('scratch');
  });
  await world.create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, labels: { app: 'web' }, annotations: READY_NEVER },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 1 },
  });
  await world.create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  expect(await plugin.maint(['on', node, '--force', '--timeout=20s'])).toMatchObject({ code: 0 });
});
