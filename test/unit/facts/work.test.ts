import { expect, test } from 'vitest';
import { controllerOf, splitApiVersion, workFromObject } from '../../../shared/facts/work.ts';

const spec = {
  nodeName: 'n1',
  initContainers: [{ name: 'wait', image: 'busybox' }],
  containers: [{ name: 'main', image: 'app:1', command: ['/app', 5], args: ['--fast'] }, 'no container'],
};
const template = { metadata: { labels: { app: 'x' }, annotations: { note: 'y' } }, spec };

test.each<[apiVersion: string, kind: string, body: object]>([
  ['v1', 'Pod', template],
  ['v1', 'PodTemplate', { template }],
  ['v1', 'ReplicationController', { spec: { template } }],
  ['apps/v1', 'DaemonSet', { spec: { template } }],
  ['apps/v1', 'Deployment', { spec: { template } }],
  ['apps/v1', 'ReplicaSet', { spec: { template } }],
  ['apps/v1beta2', 'StatefulSet', { spec: { template } }],
  ['batch/v1', 'Job', { spec: { template } }],
  ['batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }],
])('%s %s has a pod template', (apiVersion, kind, body) => {
  const { template: found } = workFromObject({ apiVersion, kind, ...body });
  expect(found).toMatchObject({
    labels: new Map([['app', 'x']]),
    annotations: new Map([['note', 'y']]),
    placement: { nodeName: 'n1' },
    containers: [
      { name: 'wait', image: 'busybox', command: [], args: [], env: [] },
      { name: 'main', image: 'app:1', command: ['/app'], args: ['--fast'], env: [] },
      { name: '', image: '', command: [], args: [], env: [] },
    ],
    spec,
  });
});

test.each([
  ['velero.io/v1', 'Backup'],
  ['v1', 'Job'],
  ['apps/v1', 'Pod'],
  ['extensions/v1beta1', 'Deployment'],
])('%s %s has none', (apiVersion, kind) => {
  expect(workFromObject({ apiVersion, kind, spec: { template } }).template).toBeUndefined();
});

test('metadata as facts', () => {
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      namespace: 'shop',
      generateName: 'dump-',
      uid: 'u1',
      labels: { a: '1' },
      annotations: { b: '2' },
      deletionTimestamp: '2026-01-06T08:00:00Z',
      ownerReferences: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u2' },
        { apiVersion: 'batch/v1', kind: 'CronJob', name: 'dump', uid: 'u3', controller: true },
      ],
    },
  };
  const work = workFromObject(object);
  expect(work).toMatchObject({
    group: 'batch',
    version: 'v1',
    kind: 'Job',
    namespace: 'shop',
    name: 'dump-',
    uid: 'u1',
    deleting: true,
  });
  expect(work.raw).toBe(object);
  expect(work.groupKind).toBe('batch/Job');
  expect(controllerOf(work)).toEqual({
    group: 'batch',
    kind: 'CronJob',
    groupKind: 'batch/CronJob',
    name: 'dump',
    uid: 'u3',
    controller: true,
  });
  expect(work.owners[0]).toEqual({
    group: '',
    kind: 'ConfigMap',
    groupKind: '/ConfigMap',
    name: 'c',
    uid: 'u2',
    controller: false,
  });
});

test("a CronJob's Jobs have labels of their own", () => {
  const jobTemplate = { metadata: { labels: { k8upjob: 'true' } } };
  expect([...workFromObject({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate } }).jobLabels]).toEqual([
    ['k8upjob', 'true'],
  ]);
});

test.each([undefined, null, 5, 'x', [], {}, { metadata: 5, kind: {} }, { kind: 'Pod', spec: { containers: 'x' } }])(
  '%j reads as empty',
  (object) => {
    expect(workFromObject(object)).toMatchObject({
      group: '',
      namespace: '',
      name: '',
      uid: '',
      owners: [],
      deleting: false,
    });
  },
);

test('an owner that is no object is an owner of nothing', () => {
  const work = workFromObject({ metadata: { ownerReferences: [null, 'x'] } });
  expect(work.owners).toHaveLength(2);
  expect(controllerOf(work)).toBeUndefined();
});

test('the core group has no name', () => {
  expect(splitApiVersion('v1')).toEqual({ group: '', version: 'v1' });
  expect(splitApiVersion('velero.io/v2alpha1')).toEqual({ group: 'velero.io', version: 'v2alpha1' });
});
