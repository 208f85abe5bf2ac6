import { expect, test } from 'vitest';
import { daemonSetFromObjects } from '../../../shared/facts/daemonset.ts';

function daemonSet(more: { metadata?: object; spec?: object } = {}) {
  return {
    metadata: { name: 'exporter', namespace: 'monitoring', uid: 'u1', ...more.metadata },
    spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } }, ...more.spec },
  };
}

function revision(hash: string, number: unknown, owner = 'u1') {
  return {
    metadata: {
      labels: { 'controller-revision-hash': hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', uid: owner, controller: true }],
    },
    revision: number,
  };
}

test('a DaemonSet as the hold rule sees it; the kind may be left out, as in lists', () => {
  const annotations = { 'deprecated.daemonset.template.generation': '4' };
  const facts = daemonSetFromObjects(daemonSet({ metadata: { annotations } }), []);
  expect(facts).toMatchObject({
    namespace: 'monitoring',
    name: 'exporter',
    uid: 'u1',
    deleting: false,
    rollingUpdate: true,
    templateGeneration: '4',
    currentHash: undefined,
    placement: { nodeSelector: new Map([['disk', 'ssd']]) },
  });
  expect(facts?.placement.tolerations.map(({ key }) => key)).toContain('node.kubernetes.io/unschedulable');
});

test('the current hash is that of the highest revision of its own', () => {
  const revisions = [
    revision('old', 1),
    revision('new', 10),
    revision('mid', 2),
    revision('other', 99, 'u2'),
    revision('none', 'x'),
  ];
  expect(daemonSetFromObjects(daemonSet(), revisions)?.currentHash).toBe('new');
  expect(daemonSetFromObjects(daemonSet(), [revision('first', null), revision('second', undefined)])?.currentHash).toBe(
    'first',
  );
  expect(daemonSetFromObjects(daemonSet(), [revision('other', 1, 'u2'), null])?.currentHash).toBeUndefined();
});

test.each([
  [{}, true],
  [{ updateStrategy: { type: 'RollingUpdate' } }, true],
  [{ updateStrategy: { type: 'OnDelete' } }, false],
])('%j rolls: %s', (spec, rollingUpdate) => {
  expect(daemonSetFromObjects(daemonSet({ spec }), [])).toMatchObject({ rollingUpdate, templateGeneration: '' });
});

test('one that is being deleted says so', () => {
  const metadata = { deletionTimestamp: '2026-01-06T08:00:00Z' };
  expect(daemonSetFromObjects(daemonSet({ metadata }), [])?.deleting).toBe(true);
});

test.each([
  undefined,
  null,
  'x',
  {},
  { metadata: { name: '' } },
  { kind: 'Pod', apiVersion: 'batch/v1', metadata: { name: 'x' } },
])('%j is no DaemonSet', (object) => {
  expect(daemonSetFromObjects(object, [])).toBeUndefined();
});
