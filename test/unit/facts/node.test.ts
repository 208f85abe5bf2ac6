import { expect, test } from 'vitest';
import { hostnameOf, isInMaintenance, nodeFromObject } from '../../../shared/facts/node.ts';

const KEY = 'kubectl-maint.io/maintenance';

test('a node as facts', () => {
  const node = nodeFromObject({
    metadata: {
      name: 'n1',
      uid: 'u1',
      labels: { 'kubernetes.io/hostname': 'ip-1', [KEY]: 'returning' },
      annotations: { [KEY]: 'x' },
    },
    spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoExecute' }] },
    status: {
      conditions: [
        { type: 'MemoryPressure', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
    },
  });
  expect(node).toMatchObject({
    name: 'n1',
    uid: 'u1',
    taints: [{ key: 'k', value: '', effect: 'NoExecute' }],
    unschedulable: true,
    record: { kind: 'unreadable' },
    state: 'returning',
    ready: true,
  });
  expect(node && [isInMaintenance(node), hostnameOf(node)]).toEqual([true, 'ip-1']);
});

test('what is missing reads as empty; a label without a record is no maintenance', () => {
  const node = nodeFromObject({ metadata: { name: 'n1', labels: { [KEY]: 'complete' } } });
  expect(node).toMatchObject({ uid: '', taints: [], unschedulable: false, record: { kind: 'none' }, ready: false });
  expect(node && [isInMaintenance(node), hostnameOf(node)]).toEqual([false, 'n1']);
});

test.each([
  ['True', true, false],
  ['False', false, false],
  ['Unknown', false, true],
])('Ready %s: ready %s, unreachable %s', (status, ready, unreachable) => {
  const facts = nodeFromObject({ metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status }] } });
  expect(facts).toMatchObject({ ready, unreachable });
});

test.each([undefined, null, {}, { metadata: { name: '' } }, { metadata: { name: 5 } }])('%j is no node', (object) => {
  expect(nodeFromObject(object)).toBeUndefined();
});
