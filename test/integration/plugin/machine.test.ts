/** Cluster API's Machine behind a node: kept from remediation with the mark, given back with the last claim. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, RECORD_ANNOTATION, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { runInShell } from '../../support/documented.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { Workloads } from '../../support/workloads.ts';

const SKIP = 'cluster.x-k8s.io/skip-remediation';
const MACHINES = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/machines';
/** Whose Machines are in this cluster, and one whose name is another node's. */
const NODES = ['kept', 'shared', 'theirs', 'taken', 'lost', 'garbled', 'open', 'blocked', 'forbidden'];

/** Of the definition of Machines what matters here. */
const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'machines.cluster.x-k8s.io' },
  spec: {
    group: 'cluster.x-k8s.io',
    scope: 'Namespaced',
    names: { kind: 'Machine', plural: 'machines' },
    versions: ['v1beta1', 'v1beta2'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1beta2',
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })),
  },
};

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [...NODES, 'elsewhere', 'other'].map((name) => ({
      name,
      annotations: { 'cluster.x-k8s.io/machine': `${name}-x`, 'cluster.x-k8s.io/cluster-namespace': 'default' },
    })),
    users: [{ name: 'operator', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(DEFINITION) });
  await plane.kubectl(['wait', '--for=condition=Established', 'crd/machines.cluster.x-k8s.io', '--timeout=60s']);
  // The Machine that the node `other` names is another node.
  for (const node of [...NODES, 'other']) {
    await world.create(MACHINES, {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'Machine',
      metadata: { name: `${node}-x`, ...(node === 'theirs' && { annotations: { [SKIP]: '' } }) },
      status: { nodeRef: { name: node === 'other' ? 'kept' : node } },
    });
  }
});

afterAll(() => plane.stop());

/** What keeps the Machine of a node from remediation; undefined where nothing does. */
async function keptBy(node: string): Promise<string | undefined> {
  const { body } = await plane.api('GET', `${MACHINES}/${node}-x`);
  return textAt(body, 'metadata', 'annotations', SKIP);
}

async function annotate(node: string, value: string): Promise<void> {
  await world.patch(`${MACHINES}/${node}-x`, { metadata: { annotations: { [SKIP]: value } } });
}

async function machineInRecord(node: string): Promise<unknown> {
  const { body } = await plane.api('GET', `/api/v1/nodes/${node}`);
  const record: unknown = JSON.parse(textAt(body, 'metadata', 'annotations', RECORD_ANNOTATION) ?? '{}');
  return at(record, 'before', 'machine');
}

const off = (node: string, ...more: readonly string[]) => plugin.maint(['off', node, '--healthy-for=0', ...more]);

test('it is kept while the node is in maintenance, and the record says so', async () => {
  expect(await plugin.maint(['on', 'kept'])).toMatchObject({ code: 0 });
  expect(await keptBy('kept')).toBe('kubectl-maint');
  expect(await machineInRecord('kept')).toEqual({ namespace: 'default', name: 'kept-x' });
  expect(await off('kept')).toMatchObject({ code: 0 });
  expect(await keptBy('kept')).toBeUndefined();
});

test('of two owners it is given back with the second', async () => {
  for (const owner of ['ana', 'ben']) await plugin.maint(['on', 'shared', `--owner=${owner}`]);
  expect(await off('shared', '--owner=ana')).toMatchObject({ code: 0 });
  expect(await keptBy('shared')).toBe('kubectl-maint');
  expect(await off('shared', '--owner=ben')).toMatchObject({ code: 0 });
  expect(await keptBy('shared')).toBeUndefined();
});

test('what somebody else has annotated stays as it is', async () => {
  expect(await plugin.maint(['on', 'theirs'])).toMatchObject({ code: 0 });
  expect(await machineInRecord('theirs')).toBeUndefined();
  expect(await off('theirs')).toMatchObject({ code: 0 });
  expect(await keptBy('theirs')).toBe('');
});

test('what somebody else has annotated meanwhile stays as well', async () => {
  expect(await plugin.maint(['on', 'taken', '--owner=ana'])).toMatchObject({ code: 0 });
  await annotate('taken', 'by-ops');
  expect(await plugin.maint(['on', 'taken', '--owner=ben'])).toMatchObject({ code: 0 });
  expect(await keptBy('taken')).toBe('by-ops');
  expect(await off('taken', '--all')).toMatchObject({ code: 0 });
  expect(await keptBy('taken')).toBe('by-ops');
});

test('one that a lost record has left kept is given back by the next maintenance', async () => {
  await annotate('lost', 'kubectl-maint');
  expect(await plugin.maint(['on', 'lost'])).toMatchObject({ code: 0 });
  expect(await machineInRecord('lost')).toEqual({ namespace: 'default', name: 'lost-x' });
  expect(await off('lost')).toMatchObject({ code: 0 });
  expect(await keptBy('lost')).toBeUndefined();
});

test('--protect=false leaves it alone', async () => {
  expect(await plugin.maint(['on', 'open', '--protect=false'])).toMatchObject({ code: 0 });
  expect(await keptBy('open')).toBeUndefined();
});

test('who gives up a record that cannot be read is told how to take it back', async () => {
  expect(await plugin.maint(['on', 'garbled'])).toMatchObject({ code: 0 });
  await world.patch('/api/v1/nodes/garbled', { metadata: { annotations: { [RECORD_ANNOTATION]: '?' } } });
  const refused = await off('garbled');
  expect(refused).toMatchObject({ code: 3 });
  const line = /to give the record up: (.*)$/m.exec(refused.stderr)?.[1] ?? '';
  expect(await runInShell(plane, line)).toMatchObject({ code: 0 });
  expect(await keptBy('garbled')).toBeUndefined();
  expect(await machineInRecord('garbled')).toBeUndefined();
  // Whoever else keeps it keeps it.
  await annotate('garbled', 'by ana');
  expect(await runInShell(plane, line.split('; ')[1] ?? '')).toMatchObject({ code: 0 });
  expect(await keptBy('garbled')).toBe('by ana');
});

describe('a node names a Machine', () => {
  test('that is not in this cluster: nothing is said', async () => {
    const on = await plugin.maint(['on', 'elsewhere']);
    expect(on).toMatchObject({ code: 0 });
    expect(on.stderr).not.toContain('Machine');
    expect(await machineInRecord('elsewhere')).toBeUndefined();
  });

  test('that is another node: it is left alone', async () => {
    expect(await plugin.maint(['on', 'other'])).toMatchObject({ code: 0 });
    expect(await keptBy('other')).toBeUndefined();
  });
});

test('a mark that is taken back gives it back', async () => {
  const labels = { app: 'stays' };
  await world.create('/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'stays' },
    spec: { maxUnavailable: 0, selector: { matchLabels: labels } },
  });
  await world.create('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stays', labels },
    spec: { nodeName: 'blocked', containers: [{ name: 'a', image: 'a' }] },
  });
  expect(await plugin.maint(['on', 'blocked', '--force', '--timeout=3s', '--rollback'])).toMatchObject({ code: 5 });
  expect(await keptBy('blocked')).toBeUndefined();
  expect(await machineInRecord('blocked')).toBeUndefined();
});

test('who may not write it is told what to do, and the node is in maintenance all the same', async () => {
  const groups = ['', 'apps', 'policy', 'coordination.k8s.io', 'storage.k8s.io', 'kubectl-maint.io'];
  await world.create('/apis/rbac.authorization.k8s.io/v1/clusterroles', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'all-but-to-write-machines' },
    rules: [
      { apiGroups: groups, resources: ['*'], verbs: ['*'] },
      { apiGroups: ['cluster.x-k8s.io'], resources: ['machines'], verbs: ['get'] },
    ],
  });
  await plane.kubectl([
    'create',
    'clusterrolebinding',
    'operator',
    '--clusterrole=all-but-to-write-machines',
    '--user=operator',
  ]);
  const on = await plugin.maint(['on', 'forbidden'], { user: 'operator' });
  expect(on, on.stderr).toMatchObject({ code: 0 });
  expect(on.stderr).toMatch(
    /Machine default\/forbidden-x could not be annotated .*; kubectl annotate machines\.cluster\.x-k8s\.io -n default forbidden-x cluster\.x-k8s\.io\/skip-remediation=kubectl-maint/,
  );
  expect(await off('forbidden', '--owner=operator')).toMatchObject({ code: 0 });
});
