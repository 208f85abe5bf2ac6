import { describe, expect, it, test } from 'vitest';
import { admitsNode, daemonSetPlacement, placementFromPodSpec } from '../../../shared/scheduling/placement.ts';
import { isTolerated } from '../../../shared/scheduling/taints.ts';
import { nodeFromSketch, taint } from './cluster.ts';

test('an empty spec asks for nothing, and tolerates what the API server lets every pod tolerate', () => {
  expect(placementFromPodSpec({})).toEqual({
    nodeName: undefined,
    nodeSelector: new Map(),
    terms: undefined,
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', value: '', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', value: '', effect: 'NoExecute' },
    ],
    podAffinity: [],
    hostNetwork: false,
    isExcessive: false,
  });
  expect(placementFromPodSpec({ nodeName: '' }).nodeName).toBeUndefined();
});

describe('what a DaemonSet pod tolerates', () => {
  const untoleratedBy = (spec: unknown, ...taints: string[]): readonly string[] => {
    const { tolerations } = daemonSetPlacement(placementFromPodSpec(spec));
    return taints.filter((text) => !isTolerated(taint(text), tolerations));
  };

  it('the cordon, pressure, and eviction by a node that is gone', () => {
    const taints = [
      'node.kubernetes.io/unschedulable:NoSchedule',
      'node.kubernetes.io/disk-pressure:NoSchedule',
      'node.kubernetes.io/memory-pressure:NoSchedule',
      'node.kubernetes.io/pid-pressure:NoSchedule',
      'node.kubernetes.io/not-ready:NoExecute',
      'node.kubernetes.io/unreachable:NoExecute',
    ];
    expect(untoleratedBy({}, ...taints)).toEqual([]);
  });

  it('a missing network only with hostNetwork', () => {
    const network = 'node.kubernetes.io/network-unavailable:NoSchedule';
    expect(untoleratedBy({}, network)).toEqual([network]);
    expect(untoleratedBy({ hostNetwork: true }, network)).toEqual([]);
  });

  it('nothing else, but keeps what the template tolerates', () => {
    expect(untoleratedBy({}, 'gpu:NoSchedule', 'node.kubernetes.io/not-ready:NoSchedule')).toHaveLength(2);
    expect(untoleratedBy({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }, 'gpu:NoSchedule')).toEqual([]);
  });
});

describe('nodeSelector', () => {
  const node = nodeFromSketch({ name: 'n1', hostname: 'host-1', labels: { zone: 'a' } });

  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['all pairs hold', { zone: 'a', 'kubernetes.io/hostname': 'host-1' }, true],
    ['one pair does not hold', { zone: 'b', 'kubernetes.io/hostname': 'host-1' }, false],
    ['the node name for the hostname', { 'kubernetes.io/hostname': 'n1' }, true],
    ['the node name for another label', { zone: 'n1' }, false],
    ['a key that every object has', { constructor: 'a' }, false],
  ])('%s', (_, nodeSelector, answer) => {
    expect(admitsNode(placementFromPodSpec({ nodeSelector }), node)).toBe(answer);
  });
});
