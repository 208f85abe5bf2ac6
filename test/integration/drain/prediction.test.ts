import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { Workloads } from '../../support/workloads.ts';

/** What a client dry run predicts of a pod and its budget is what the API server says in a dry run of the eviction. */

interface Case {
  readonly title: string;
  readonly pod: 'ready' | 'not Ready' | 'Pending' | 'Failed';
  readonly policy?: 'AlwaysAllow' | 'IfHealthyBudget';
  /** disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods. */
  readonly counts: readonly [allowed: number, healthy: number, needed: number, expected: number];
  readonly isOutdated?: boolean;
  readonly isTwofold?: boolean;
  readonly expected: 'evicted' | 'waiting';
}

const SHORT = [0, 1, 2, 3] as const;
const ENOUGH = [0, 2, 2, 3] as const;
const ROOM = [1, 3, 2, 3] as const;

const CASES: readonly Case[] = [
  { title: 'ready, room', pod: 'ready', counts: ROOM, expected: 'evicted' },
  { title: 'ready, no room', pod: 'ready', counts: ENOUGH, expected: 'waiting' },
  { title: 'ready, no room, AlwaysAllow', pod: 'ready', policy: 'AlwaysAllow', counts: ENOUGH, expected: 'waiting' },
  { title: 'not Ready, short', pod: 'not Ready', counts: SHORT, expected: 'waiting' },
  {
    title: 'not Ready, short, AlwaysAllow',
    pod: 'not Ready',
    policy: 'AlwaysAllow',
    counts: SHORT,
    expected: 'evicted',
  },
  {
    title: 'not Ready, short, IfHealthyBudget',
    pod: 'not Ready',
    policy: 'IfHealthyBudget',
    counts: SHORT,
    expected: 'waiting',
  },
  { title: 'not Ready, enough', pod: 'not Ready', counts: ENOUGH, expected: 'evicted' },
  {
    title: 'not Ready, enough, IfHealthyBudget',
    pod: 'not Ready',
    policy: 'IfHealthyBudget',
    counts: ENOUGH,
    expected: 'evicted',
  },
  { title: 'not Ready, none needed and none allowed', pod: 'not Ready', counts: [0, 0, 0, 1], expected: 'waiting' },
  { title: 'not Ready, none needed and one allowed', pod: 'not Ready', counts: [1, 0, 0, 1], expected: 'evicted' },
  { title: 'not Ready, short, and yet room', pod: 'not Ready', counts: [1, 1, 2, 3], expected: 'evicted' },
  {
    title: 'not Ready, outdated, AlwaysAllow',
    pod: 'not Ready',
    policy: 'AlwaysAllow',
    counts: SHORT,
    isOutdated: true,
    expected: 'evicted',
  },
  { title: 'ready, room, outdated', pod: 'ready', counts: ROOM, isOutdated: true, expected: 'waiting' },
  { title: 'Pending, short', pod: 'Pending', counts: SHORT, expected: 'evicted' },
  { title: 'Failed, short', pod: 'Failed', counts: SHORT, expected: 'evicted' },
  { title: 'ready, two budgets with room', pod: 'ready', counts: ROOM, isTwofold: true, expected: 'waiting' },
  {
    title: 'not Ready, two budgets, AlwaysAllow',
    pod: 'not Ready',
    policy: 'AlwaysAllow',
    counts: ROOM,
    isTwofold: true,
    expected: 'waiting',
  },
  { title: 'Pending, two budgets', pod: 'Pending', counts: SHORT, isTwofold: true, expected: 'evicted' },
];

const nodeOf = (index: number): string => `predicted-${index + 1}`;

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    // Without controllers, counts and pods are what the test says they are.
    controllerManager: false,
    scheduler: false,
    nodes: [{ name: 'bystander' }, ...CASES.map((_, index) => ({ name: nodeOf(index) }))],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

async function budget(name: string, pod: string, { counts, policy, isOutdated = false }: Case): Promise<void> {
  const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  await world.create(path, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { minAvailable: 2, selector: { matchLabels: { pod } }, unhealthyPodEvictionPolicy: policy },
  });
  const [disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods] = counts;
  const status = { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods };
  await world.patch(`${path}/${name}/status`, { status: { observedGeneration: isOutdated ? 0 : 1, ...status } });
}

async function podOn(node: string, state: Case['pod']): Promise<void> {
  const path = '/api/v1/namespaces/default/pods';
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'some-uid', controller: true };
  await world.create(path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: node,
      namespace: 'default',
      labels: { pod: node },
      // KWOK leaves it as it is.
      annotations: { 'pod-ready.stage.kwok.x-k8s.io/delay': '1h' },
      ownerReferences: [owner],
    },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'i' }] },
  });
  if (state === 'Pending') return;
  const phase = state === 'Failed' ? 'Failed' : 'Running';
  const conditions = [{ type: 'Ready', status: state === 'ready' ? 'True' : 'False' }];
  await world.patch(`${path}/${node}/status`, { status: { phase, conditions } });
}

async function said(node: string, dryRun: 'client' | 'server'): Promise<readonly (string | undefined)[]> {
  const { stdout } = await plugin.maint(['on', node, `--dry-run=${dryRun}`, '-o', 'json']);
  const types = stdout
    .trim()
    .split('\n')
    .map((line) => textAt(JSON.parse(line), 'type'));
  return types.filter((type) => ['evicted', 'waiting', 'refused'].includes(type ?? ''));
}

describe('as the API server says', () => {
  test.concurrent.each(CASES.map((one, index) => ({ ...one, node: nodeOf(index) })))('$title', async (one) => {
    const { node, isTwofold = false } = one;
    await podOn(node, one.pod);
    await budget(`${node}-1`, node, one);
    if (isTwofold) await budget(`${node}-2`, node, one);
    expect({ client: await said(node, 'client'), server: await said(node, 'server') }).toEqual({
      client: [one.expected],
      server: [one.expected],
    });
  });
});
