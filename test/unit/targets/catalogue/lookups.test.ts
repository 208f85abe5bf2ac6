import { describe, expect, test } from 'vitest';
import { answersFromCluster } from '../../../../shared/cluster/answers.ts';
import { objectPath } from '../../../../shared/cluster/paths.ts';
import type { ClusterReader } from '../../../../shared/cluster/ports.ts';
import { nodeFromObject } from '../../../../shared/facts/node.ts';
import { NodeTable } from '../../../../shared/facts/node-table.ts';
import { podFromObject } from '../../../../shared/facts/pod.ts';
import { DEFAULT_POLICY } from '../../../../shared/policy/config.ts';
import { decide } from '../../../../shared/policy/decide.ts';
import type { Situation } from '../../../../shared/policy/evaluate.ts';
import { needKey, NO_ANSWERS, type Answer, type Need } from '../../../../shared/policy/needs.ts';
import { creationOf } from '../../../../shared/policy/request.ts';
import { CATALOGUE } from '../../../../shared/targets/registry.ts';
import { nodeObject } from '../../webhook/world.ts';
import { sketch } from './sketch.ts';

/** Nodes a and b are in maintenance, c is not. */
const NODES = [nodeObject('a', true), nodeObject('b', true), nodeObject('c')]
  .map(nodeFromObject)
  .filter((node) => node !== undefined);

const SITUATION: Situation = {
  now: Date.parse('2026-01-05T22:24:00Z'),
  nodeIndex: new NodeTable(NODES),
  config: DEFAULT_POLICY,
  catalogue: CATALOGUE,
  answers: NO_ANSWERS,
  live: true,
};

function podOn(node: string, { claim = false, phase = 'Running' } = {}) {
  const volumes = claim
    ? [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    : [{ name: 'tmp', emptyDir: {} }];
  const pod = {
    metadata: { name: `on-${node}`, namespace: 'apps' },
    spec: { nodeName: node, volumes },
    status: { phase },
  };
  const facts = podFromObject(pod);
  if (facts === undefined) throw new Error('no pod');
  return facts;
}

/** Decides a CREATE where these answers can be had; everything that was asked for is told. */
async function decided(object: object, told: Readonly<Record<string, Answer>>, situation = SITUATION) {
  const asked: string[] = [];
  const held = SITUATION.nodeIndex.held;
  const verdict = await decide(creationOf(object), situation, (need: Need) => {
    asked.push(needKey(need));
    if (need.need === 'held-nodes') return Promise.resolve({ answer: 'held-nodes', nodes: held });
    const answer = told[needKey(need)];
    return answer === undefined ? Promise.reject(new Error('refused')) : Promise.resolve(answer);
  });
  return { verdict, asked: asked.sort() };
}

const pods = (...on: readonly ReturnType<typeof podOn>[]): Answer => ({ answer: 'pods', pods: on });

describe('a Velero restore of a volume runs where the restored pod is', () => {
  const restore = sketch('velero.io/PodVolumeRestore', { spec: { pod: { name: 'db-0', namespace: 'shop' } } });
  const on = (nodeName: string): Answer => ({ answer: 'object', object: { spec: { nodeName } } });

  test.each([
    ['a', 'deny', ['a']],
    ['c', 'allow', []],
  ])('on node %s: %s', async (node, decision, nodes) => {
    const { verdict, asked } = await decided(restore, { 'object/v1/pods/shop/db-0': on(node) });
    expect(verdict).toMatchObject({ decision, nodes, needs: [] });
    expect(asked).toEqual(['held-nodes', 'object/v1/pods/shop/db-0']);
  });

  test('no such pod, or not placed yet: nothing to keep off', async () => {
    const gone = await decided(restore, { 'object/v1/pods/shop/db-0': { answer: 'object', object: undefined } });
    expect(gone.verdict.decision).toBe('allow');
    const pending = await decided(restore, { 'object/v1/pods/shop/db-0': { answer: 'object', object: { spec: {} } } });
    expect(pending.verdict.decision).toBe('allow');
  });

  test('what cannot be read takes the configured answer, and says why', async () => {
    const { verdict } = await decided(restore, {});
    expect(verdict.decision).toBe('deny');
    expect(verdict.findings[0]).toMatchObject({
      reason: 'Unknown',
      detail: expect.stringContaining('refused') as unknown,
    });
  });

  test('offline nothing is asked, and nothing refused', async () => {
    const { verdict, asked } = await decided(restore, {}, { ...SITUATION, live: false });
    expect([verdict.decision, asked]).toEqual(['allow', []]);
  });
});

test('a Longhorn backup runs where its volume is attached', async () => {
  const backup = sketch('longhorn.io/Backup', { labels: { 'backup-volume': 'pvc-1' } });
  const key = 'object/longhorn.io/v1beta2/volumes/apps/pvc-1';
  const { verdict } = await decided(backup, {
    [key]: { answer: 'object', object: { status: { currentNodeID: 'b' } } },
  });
  expect(verdict).toMatchObject({ decision: 'deny', nodes: ['b'] });
  expect((await decided(sketch('longhorn.io/Backup'), {})).asked).toEqual(['held-nodes']);
});

describe('a CloudNativePG backup runs in any instance of its cluster', () => {
  const backup = sketch('postgresql.cnpg.io/Backup', { spec: { cluster: { name: 'db' } } });
  const key = 'pods/apps/cnpg.io/cluster=db,cnpg.io/podRole=instance';

  test.each([
    ['all instances on nodes in maintenance', pods(podOn('a'), podOn('b')), 'deny', ['a', 'b']],
    ['one of them elsewhere', pods(podOn('a'), podOn('c')), 'allow', []],
    ['the one elsewhere has ended', pods(podOn('a'), podOn('c', { phase: 'Failed' })), 'deny', ['a']],
    ['no instance', pods(), 'allow', []],
  ])('%s', async (_, answer, decision, nodes) => {
    expect((await decided(backup, { [key]: answer })).verdict).toMatchObject({ decision, nodes });
  });

  test('a name that no label can have selects nothing', async () => {
    const odd = sketch('postgresql.cnpg.io/Backup', { spec: { cluster: { name: 'db,x!=y' } } });
    expect((await decided(odd, {})).asked).toEqual(['held-nodes']);
  });
});

describe('a K8up backup has a job for the node of every claim in use, so it is refused as a whole', () => {
  const backup = sketch('k8up.io/Backup');
  test.each([
    ['a claim in use on a node in maintenance', pods(podOn('a', { claim: true }), podOn('c', { claim: true })), 'deny'],
    ['only pods without claims there', pods(podOn('a'), podOn('c', { claim: true })), 'allow'],
  ])('%s', async (_, answer, decision) => {
    expect((await decided(backup, { 'pods/apps/': answer })).verdict.decision).toBe(decision);
  });

  test('its job is refused too, where it is pinned', async () => {
    const job = sketch('batch/Job', {
      labels: { k8upjob: 'true' },
      spec: { template: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'a' }, containers: [] } } },
    });
    expect((await decided(job, { 'node/a': { answer: 'node', node: NODES[0] } })).verdict.decision).toBe('deny');
  });
});

test('a MariaDB physical backup runs beside the database that its pod affinity names', async () => {
  const term = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'db-1' } },
  };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const job = sketch('batch/Job', {
    owner: 'k8s.mariadb.com/PhysicalBackup',
    spec: { template: { spec: { affinity, containers: [] } } },
  });
  const key = 'pods/apps/statefulset.kubernetes.io/pod-name in (db-1)';
  expect((await decided(job, { [key]: pods(podOn('a')) })).verdict).toMatchObject({ decision: 'deny', nodes: ['a'] });
  expect((await decided(job, { [key]: pods(podOn('c')) })).verdict.decision).toBe('allow');
});

test('nothing is looked up while no node is in maintenance', async () => {
  const quiet = { ...SITUATION, nodeIndex: new NodeTable(NODES.slice(2)) };
  const { asked } = await decided(sketch('k8up.io/Backup'), { 'pods/apps/': pods() }, { ...quiet, live: false });
  expect(asked).toEqual([]);
});

test('what only makes runs by the clock is never refused, scans included', async () => {
  const cronJob = sketch('batch/CronJob', { image: 'aquasec/kube-bench' });
  expect((await decided(cronJob, {})).verdict).toMatchObject({ decision: 'allow', work: 'scan', tool: 'kube-bench' });
  expect((await decided(sketch('batch/Job', { image: 'aquasec/kube-bench' }), {})).verdict.decision).toBe('deny');
});

test('a record of an etcd snapshot tells its node and passes', async () => {
  const file = sketch('k3s.cattle.io/ETCDSnapshotFile', { spec: { nodeName: 'a' } });
  expect((await decided(file, {})).verdict).toMatchObject({ decision: 'allow', work: 'backup', nodes: ['a'] });
});

describe('the shell reads what the policy asks for', () => {
  const seen: string[] = [];
  const reader: ClusterReader = {
    get: (path) => {
      seen.push(path);
      return Promise.resolve({ found: path });
    },
    async *pages(path, options) {
      seen.push(`${path}?${options?.query?.labelSelector ?? ''}`);
      yield await Promise.resolve({ items: [{ metadata: { name: 'p' } }], resourceVersion: '1' });
    },
  };
  const fetch = answersFromCluster(reader, new AbortController().signal);

  test.each([
    ['v1/pods', 'shop', 'db-0', '/api/v1/namespaces/shop/pods/db-0'],
    ['longhorn.io/v1beta2/volumes', 'ns', 'v', '/apis/longhorn.io/v1beta2/namespaces/ns/volumes/v'],
    ['v1/nodes', '', 'a b/c', '/api/v1/nodes/a%20b%2Fc'],
  ])('%s', async (resource, namespace, name, path) => {
    expect(objectPath(resource, namespace, name)).toBe(path);
    expect(await fetch({ need: 'object', resource, namespace, name })).toEqual({
      answer: 'object',
      object: { found: path },
    });
  });

  test('pods by selector, or all of a namespace', async () => {
    expect(await fetch({ need: 'pods', namespace: 'shop', selector: 'a=b' })).toMatchObject({ pods: [{ name: 'p' }] });
    await fetch({ need: 'pods', namespace: 'shop', selector: '' });
    expect(seen.slice(-2)).toEqual(['/api/v1/namespaces/shop/pods?a=b', '/api/v1/namespaces/shop/pods?']);
  });
});
