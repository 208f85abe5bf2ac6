/** What is read from the API server for each need, and what is made of it. */
import { expect, test } from 'vitest';
import { answersFromCluster } from '../../../shared/cluster/answers.ts';
import type { ClusterReader, ListPage } from '../../../shared/cluster/ports.ts';

const signal = new AbortController().signal;
const REVISIONS = '/apis/apps/v1/namespaces/monitoring/controllerrevisions';

interface Read {
  readonly path: string;
  readonly query?: unknown;
  readonly signalled: boolean;
}

/** A reader that has objects and lists by path, a page per item, and remembers what it was asked. */
function reader(objects: Readonly<Record<string, unknown>>, lists: Readonly<Record<string, readonly unknown[]>> = {}) {
  const reads: Read[] = [];
  const told: ClusterReader = {
    get: (path, options) => {
      reads.push({ path, signalled: options?.signal === signal });
      return Promise.resolve(objects[path]);
    },
    async *pages(path, options) {
      reads.push({ path, query: options?.query, signalled: options?.signal === signal });
      for (const item of lists[path] ?? []) {
        yield await Promise.resolve<ListPage>({ items: [item], resourceVersion: '1' });
      }
    },
  };
  return { reads, fetch: answersFromCluster(told, signal) };
}

const nodeObject = (name: string) => ({ metadata: { name } });

test('a node, and one that does not exist', async () => {
  const { fetch, reads } = reader({ '/api/v1/nodes/a%2Fb': nodeObject('a/b') });
  expect(await fetch({ need: 'node', name: 'a/b' })).toMatchObject({ answer: 'node', node: { name: 'a/b' } });
  expect(await fetch({ need: 'node', name: 'gone' })).toEqual({ answer: 'node', node: undefined });
  expect(reads).toEqual([
    { path: '/api/v1/nodes/a%2Fb', signalled: true },
    { path: '/api/v1/nodes/gone', signalled: true },
  ]);
});

test('the nodes that carry our label, from every page', async () => {
  const { fetch, reads } = reader({}, { '/api/v1/nodes': [nodeObject('n1'), {}, nodeObject('n2')] });
  expect(await fetch({ need: 'held-nodes' })).toMatchObject({
    answer: 'held-nodes',
    nodes: [{ name: 'n1' }, { name: 'n2' }],
  });
  expect(reads).toEqual([
    { path: '/api/v1/nodes', query: { labelSelector: 'kubectl-maint.io/maintenance', limit: '100' }, signalled: true },
  ]);
});

test('a DaemonSet with the revisions of its namespace, and one that does not exist', async () => {
  const path = '/apis/apps/v1/namespaces/monitoring/daemonsets/exporter';
  const daemonSet = { metadata: { name: 'exporter', namespace: 'monitoring', uid: 'u1' }, spec: { template: {} } };
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', uid: 'u1', controller: true }];
  const revision = { metadata: { labels: { 'controller-revision-hash': 'h1' }, ownerReferences }, revision: 1 };
  const { fetch, reads } = reader({ [path]: daemonSet }, { [REVISIONS]: [revision] });
  const need = { need: 'daemonset', namespace: 'monitoring', name: 'exporter' } as const;
  expect(await fetch(need)).toMatchObject({ answer: 'daemonset', daemonSet: { name: 'exporter', currentHash: 'h1' } });
  expect(reads.map((read) => [read.path, read.signalled]).sort()).toEqual([
    [REVISIONS, true],
    [path, true],
  ]);
  expect(await fetch({ ...need, name: 'gone' })).toEqual({ answer: 'daemonset', daemonSet: undefined });
});

test('the pods of a namespace on a node', async () => {
  const path = '/api/v1/namespaces/mon%20itoring/pods';
  const { fetch, reads } = reader({}, { [path]: [{ metadata: { name: 'p1' } }, null, { metadata: { name: 'p2' } }] });
  const answer = await fetch({ need: 'pods-on-node', namespace: 'mon itoring', node: 'n1' });
  expect(answer).toMatchObject({ answer: 'pods-on-node', pods: [{ name: 'p1' }, { name: 'p2' }] });
  expect(reads).toEqual([{ path, query: { fieldSelector: 'spec.nodeName=n1', limit: '100' }, signalled: true }]);
});

test('of pods only what a rule asks of others than the one that is reviewed is made into facts', async () => {
  const labels = { app: 'db', 'controller-revision-hash': 'h1', 'pod-template-generation': '2' };
  const annotations = { note: 'long' };
  const volumes = [
    { name: 'a', emptyDir: {} },
    { name: 'b', persistentVolumeClaim: { claimName: 'b' } },
  ];
  const containers = [{ name: 'c', image: 'x', args: ['a'] }];
  const metadata = { name: 'p1', labels, annotations };
  const pod = { metadata, spec: { nodeName: 'n1', containers, tolerations: [{ key: 'a' }], volumes } };
  const { fetch } = reader({}, { '/api/v1/namespaces/shop/pods': [pod] });
  const answer = await fetch({ need: 'pods', namespace: 'shop', selector: '' });
  const [kept] = answer.answer === 'pods' ? answer.pods : [];
  expect(kept).toMatchObject({ name: 'p1', nodeName: 'n1', emptyDir: true });
  expect([...(kept?.labels.keys() ?? [])]).toEqual(['controller-revision-hash', 'pod-template-generation']);
  expect(JSON.stringify(kept)).not.toMatch(/long|tolerat.*"a"|claimName.*claimName/);
  expect(kept?.work.template).toMatchObject({ containers: [], spec: { volumes: [volumes[1]] } });
});

test('what the reader throws is not an answer', async () => {
  const failing: ClusterReader = {
    get: () => Promise.reject(new Error('503')),
    pages: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('503')) }) }),
  };
  const fetch = answersFromCluster(failing, signal);
  await expect(fetch({ need: 'node', name: 'n1' })).rejects.toThrow('503');
  await expect(fetch({ need: 'held-nodes' })).rejects.toThrow('503');
  await expect(fetch({ need: 'daemonset', namespace: 'a', name: 'b' })).rejects.toThrow('503');
});
