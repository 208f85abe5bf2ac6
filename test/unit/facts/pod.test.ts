import { expect, test } from 'vitest';
import { isAlive, isFinished, podFromObject } from '../../../shared/facts/pod.ts';

function pod(more: object = {}) {
  return podFromObject({ metadata: { name: 'p' }, ...more });
}

test('a running pod as facts; lists of the API server leave the kind out', () => {
  const facts = podFromObject({
    metadata: {
      name: 'node-exporter-2bxqk',
      namespace: 'monitoring',
      uid: 'u1',
      labels: { app: 'x' },
      annotations: { 'kubernetes.io/config.mirror': 'abc' },
      finalizers: ['a/b', 5],
      deletionTimestamp: '2026-01-06T08:00:00Z',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u2', controller: true }],
    },
    spec: { nodeName: 'n1', priority: 7, volumes: [{ name: 'a', emptyDir: {} }] },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Initialized', status: 'False' },
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-06T07:00:00Z' },
      ],
    },
  });
  expect(facts).toMatchObject({
    namespace: 'monitoring',
    name: 'node-exporter-2bxqk',
    uid: 'u1',
    nodeName: 'n1',
    labels: new Map([['app', 'x']]),
    controller: { group: 'apps', kind: 'DaemonSet', name: 'd', uid: 'u2', controller: true },
    phase: 'Running',
    deletedAt: Date.parse('2026-01-06T08:00:00Z'),
    finalizers: ['a/b'],
    mirror: true,
    emptyDir: true,
    priority: 7,
    ready: true,
    readyChangedAt: Date.parse('2026-01-06T07:00:00Z'),
    work: { group: '', kind: 'Pod', raw: undefined },
  });
});

test('what is missing reads as empty', () => {
  expect(pod()).toMatchObject({
    namespace: '',
    uid: '',
    nodeName: '',
    controller: undefined,
    phase: '',
    deletedAt: undefined,
    finalizers: [],
    mirror: false,
    emptyDir: false,
    priority: 0,
    ready: false,
    readyChangedAt: undefined,
  });
});

test.each([undefined, null, 'x', 5, {}, { metadata: { name: '' } }])('%j is no pod: it has no name', (object) => {
  expect(podFromObject(object)).toBeUndefined();
});

test('a volume without emptyDir dies with nothing; a time that is none was never', () => {
  const facts = pod({
    spec: { volumes: [{ emptyDir: null }, { hostPath: {} }] },
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: 'soon' }] },
  });
  expect(facts).toMatchObject({ emptyDir: false, ready: false, readyChangedAt: undefined });
});

test.each([
  ['Running', undefined, true],
  ['Pending', undefined, true],
  ['', undefined, true],
  ['Succeeded', undefined, false],
  ['Failed', undefined, false],
  ['Running', '2026-01-06T08:00:00Z', false],
])('phase %j, deletion asked for at %j: alive is %s', (phase, deletionTimestamp, alive) => {
  const facts = podFromObject({ metadata: { name: 'p', deletionTimestamp }, status: { phase } });
  expect(facts && isAlive(facts)).toBe(alive);
  expect(facts && isFinished(facts)).toBe(phase === 'Succeeded' || phase === 'Failed');
});

test.each([
  ['whoever made it set the node', [{ fieldsV1: { 'f:spec': { 'f:containers': {}, 'f:nodeName': {} } } }], true],
  ['one of several did', [{ fieldsV1: {} }, { fieldsV1: { 'f:spec': { 'f:nodeName': {} } } }], true],
  ['the scheduler did', [{ fieldsV1: { 'f:spec': { 'f:containers': {} } } }], false],
  ['nobody can tell', undefined, false],
])('names its node: %s', (_what, managedFields, expected) => {
  expect(pod({ metadata: { name: 'p', managedFields }, spec: { nodeName: 'n1' } })?.namesItsNode).toBe(expected);
});
