import { expect, test } from 'vitest';
import type { ClusterNode } from '../../../../plugin/preflight/survey.ts';
import { readTie } from '../../../../plugin/preflight/ties.ts';
import { fieldsAt, objectPath, podFromObject } from '../../../../shared/index.ts';
import { nodeFacts, podObject, toldSession, type NodeShape } from '../world.ts';

function node(name: string, shape: NodeShape = {}): ClusterNode {
  const labels = { 'kubernetes.io/hostname': name, zone: 'z1', ...shape.labels };
  return { facts: nodeFacts(name, { ...shape, labels }), allocatable: new Map(), virtual: false };
}

/** A volume that is to be had from nodes with one label. */
function volume(key: string, value: string): object {
  const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }];
  return { metadata: { name: 'pv' }, spec: { nodeAffinity: { required: { nodeSelectorTerms } } } };
}

const LOCAL = volume('kubernetes.io/hostname', 'n1');
const [CORDONED, OPEN] = [{ unschedulable: true }, {}];

test.each<readonly [string, object, readonly ClusterNode[] | undefined, object | undefined]>([
  ['on a node that takes no pods', LOCAL, [node('n1', CORDONED), node('n2', OPEN)], { volume: 'pv', nodes: ['n1'] }],
  ['on a node that takes pods', LOCAL, [node('n1', OPEN), node('n2', CORDONED)], undefined],
  ['on a node that is no more', LOCAL, [node('n2', CORDONED)], undefined],
  [
    'of a zone',
    volume('zone', 'z1'),
    [node('n2', CORDONED), node('n1', CORDONED)],
    { volume: 'pv', nodes: ['n1', 'n2'] },
  ],
  ['of a zone of which one node takes pods', volume('zone', 'z1'), [node('n2', OPEN), node('n1', CORDONED)], undefined],
  ['to be had from everywhere', { metadata: { name: 'pv' }, spec: {} }, [node('n1', CORDONED)], undefined],
  ['and nodes may not be listed', LOCAL, undefined, undefined],
])('what ties a pod: its volume is %s', async (_what, pv, nodes, expected) => {
  const { cluster } = toldSession();
  const claims = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
  const object = podObject('db-0', { nodeName: '' });
  const spec = fieldsAt(object, 'spec');
  const pod = podFromObject({ ...object, spec: { ...spec, volumes: claims } });
  if (pod === undefined) throw new Error('no pod');
  cluster.objects.set(objectPath('v1/persistentvolumeclaims', 'default', 'data-db-0'), {
    metadata: { name: 'data-db-0' },
    spec: { volumeName: 'pv' },
  });
  cluster.objects.set(objectPath('v1/persistentvolumes', '', 'pv'), pv);
  expect(await readTie(pod, { cluster, nodes: () => Promise.resolve(nodes) })).toEqual(expected);
});
