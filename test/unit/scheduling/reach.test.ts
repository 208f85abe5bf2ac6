import { describe, expect, it } from 'vitest';
import { daemonSetPlacement, placementFromPodSpec } from '../../../shared/scheduling/placement.ts';
import type { NodeIndex } from '../../../shared/scheduling/node-index.ts';
import { reachOf, type Reach } from '../../../shared/scheduling/reach.ts';
import type { Taint } from '../../../shared/scheduling/taints.ts';
import { cluster, taint, type NodeSketch } from './cluster.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const TOLERATES_CORDON = { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] };
const TOLERATES_ALL = { tolerations: [{ operator: 'Exists' }] };

type Case = [what: string, spec: object, answer: string];
type IndexCase = [what: string, spec: object, nodeIndex: NodeIndex, answer: string];

/** `pinned a b`, `cannot`: one line of a table. */
function written({ kind, nodes }: Reach): string {
  return [kind, ...nodes].join(' ');
}

function reach(spec: unknown, nodeIndex: NodeIndex, companions?: readonly string[]): string {
  return written(reachOf(placementFromPodSpec(spec), nodeIndex, companions && { companions }));
}

function affinity(...nodeSelectorTerms: unknown[]): object {
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

function hosts(...values: string[]): unknown {
  return { matchExpressions: [{ key: HOSTNAME, operator: 'In', values }] };
}

function name(value: string, operator = 'In'): unknown {
  return { matchFields: [{ key: 'metadata.name', operator, values: [value] }] };
}

describe('a pod that names nodes', () => {
  const nodeIndex = cluster(
    [
      { name: 'a', hostname: 'host-a', labels: { zone: 'z1' } },
      { name: 'b', labels: { zone: 'z2' } },
    ],
    [{ name: 'c', labels: { zone: 'z1' } }],
  );

  it.each<Case>([
    ['nodeName of a held node', { nodeName: 'a' }, 'pinned a'],
    ['nodeName bypasses selectors', { nodeName: 'a', nodeSelector: { zone: 'nowhere' } }, 'pinned a'],
    ['nodeName is a name, not a hostname', { nodeName: 'host-a' }, 'cannot'],
    ['nodeName of another node', { nodeName: 'c' }, 'cannot'],
    ['nodeName of no node', { nodeName: 'x' }, 'cannot'],
    ['selector by hostname label', { nodeSelector: { [HOSTNAME]: 'host-a' } }, 'pinned a'],
    ['selector by node name (K8up, Trivy)', { nodeSelector: { [HOSTNAME]: 'a' } }, 'pinned a'],
    ['selector of another node', { nodeSelector: { [HOSTNAME]: 'c' } }, 'cannot'],
    ['selector of no node', { nodeSelector: { [HOSTNAME]: 'x' } }, 'cannot'],
    ['selector that the node does not meet otherwise', { nodeSelector: { [HOSTNAME]: 'a', zone: 'z2' } }, 'cannot'],
    ['selector and an affinity against it', { nodeSelector: { [HOSTNAME]: 'a' }, ...affinity(name('b')) }, 'cannot'],
    ['selector and a wider affinity', { nodeSelector: { [HOSTNAME]: 'a' }, ...affinity(hosts('a', 'c')) }, 'pinned a'],
    ['field metadata.name, as every DaemonSet pod', affinity(name('a')), 'pinned a'],
    ['field metadata.name does not mean the hostname', affinity(name('host-a')), 'cannot'],
    ['hostname expression', affinity(hosts('host-a')), 'pinned a'],
    ['several names, all held', affinity(hosts('b', 'host-a')), 'pinned a b'],
    ['several names, some do not exist', affinity(hosts('a', 'x')), 'pinned a'],
    ['several names, one not held', affinity(hosts('a', 'c')), 'cannot'],
    ['several names, one not held, cordon tolerated', { ...affinity(hosts('a', 'c')), ...TOLERATES_CORDON }, 'may a'],
    ['one name per term, all held', affinity(name('a'), name('b')), 'pinned a b'],
    ['one node named twice', affinity(name('a'), hosts('a', 'host-a')), 'pinned a'],
    [
      'one term names, another is open',
      affinity(name('a'), { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }),
      'cannot',
    ],
    ['an invalid term beside it counts for nothing', affinity(name('a'), {}), 'pinned a'],
    [
      'the term excludes the only other name',
      affinity({ ...Object(hosts('a', 'c')), ...Object(name('c', 'NotIn')) }),
      'pinned a',
    ],
    ['empty list of terms', affinity(), 'cannot'],
    ['the cordon does not matter', { nodeSelector: { [HOSTNAME]: 'a' }, ...TOLERATES_CORDON }, 'pinned a'],
  ])('%s', (_, spec, answer) => {
    expect(reach(spec, nodeIndex)).toBe(answer);
  });

  it('means both nodes where a hostname is the label of one and the name of another', () => {
    const crossed: NodeSketch = { name: 'p', hostname: 'q' };
    const spec = { nodeSelector: { [HOSTNAME]: 'q' } };
    expect(reach(spec, cluster([crossed, { name: 'q', hostname: 'other' }], []))).toBe('pinned p q');
    expect(reach(spec, cluster([crossed], [{ name: 'q', hostname: 'other' }]))).toBe('cannot');
    expect(reach({ ...spec, ...TOLERATES_CORDON }, cluster([crossed], [{ name: 'q', hostname: 'other' }]))).toBe(
      'may p',
    );
  });

  it('means every node with that hostname label', () => {
    const twins = [
      { name: 'p', hostname: 'same' },
      { name: 'q', hostname: 'same' },
    ];
    expect(reach({ nodeSelector: { [HOSTNAME]: 'same' } }, cluster(twins, []))).toBe('pinned p q');
  });
});

describe('a pod that names none', () => {
  const disk = { labels: { disk: 'ssd' } };
  const onDisk = { nodeSelector: { disk: 'ssd' } };

  it.each<IndexCase>([
    [
      'fits only held nodes',
      onDisk,
      cluster(
        [
          { name: 'b', ...disk },
          { name: 'a', ...disk },
        ],
        [{ name: 'c' }],
      ),
      'only a b',
    ],
    [
      'fits others too: the cordon keeps it away',
      onDisk,
      cluster([{ name: 'a', ...disk }], [{ name: 'c', ...disk }]),
      'cannot',
    ],
    [
      'fits others too, tolerates the cordon',
      { ...onDisk, ...TOLERATES_CORDON },
      cluster([{ name: 'a', ...disk }], [{ name: 'c', ...disk }]),
      'may a',
    ],
    ['fits no held node', onDisk, cluster([{ name: 'a' }], [{ name: 'c', ...disk }]), 'cannot'],
    ['fits no node', onDisk, cluster([{ name: 'a' }], [{ name: 'c' }]), 'cannot'],
    ['asks for nothing', {}, cluster([{ name: 'a' }], [{ name: 'c' }]), 'cannot'],
    ['asks for nothing, every node is held', {}, cluster([{ name: 'a' }], []), 'only a'],
    ['no node is held', TOLERATES_ALL, cluster([], [{ name: 'c' }]), 'cannot'],
    ['a held node that is not cordoned', {}, cluster([{ name: 'a', cordoned: false }], [{ name: 'c' }]), 'may a'],
    ['excluded by metadata.name', affinity(name('c', 'NotIn')), cluster([{ name: 'a' }], [{ name: 'c' }]), 'only a'],
  ])('%s', (_, spec, nodeIndex, answer) => {
    expect(reach(spec, nodeIndex)).toBe(answer);
  });

  const tainted = (...taints: string[]): { readonly taints: readonly Taint[] } => ({ taints: taints.map(taint) });

  it.each<IndexCase>([
    [
      'a lasting taint on the held node keeps it away',
      {},
      cluster([{ name: 'a', ...tainted('gpu:NoSchedule') }], []),
      'cannot',
    ],
    ['a preference keeps nobody away', {}, cluster([{ name: 'a', ...tainted('gpu:PreferNoSchedule') }], []), 'only a'],
    [
      'the others have a lasting taint',
      {},
      cluster([{ name: 'a' }], [{ name: 'c', ...tainted('gpu:NoExecute') }]),
      'only a',
    ],
    [
      'the others have a taint it tolerates',
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      cluster([{ name: 'a' }], [{ name: 'c', ...tainted('gpu:NoSchedule') }]),
      'cannot',
    ],
    [
      'the held node is rebooting: same answer',
      {},
      cluster([{ name: 'a', ...tainted('node.kubernetes.io/not-ready:NoSchedule') }], []),
      'only a',
    ],
    [
      'the held node carries the cordon as a taint',
      {},
      cluster([{ name: 'a', ...tainted('node.kubernetes.io/unschedulable:NoSchedule') }], []),
      'only a',
    ],
    [
      'may, but the held node is rebooting',
      TOLERATES_CORDON,
      cluster([{ name: 'a', ...tainted('node.kubernetes.io/not-ready:NoSchedule') }], [{ name: 'c' }]),
      'cannot',
    ],
    [
      'may, whatever happens to the node',
      TOLERATES_ALL,
      cluster([{ name: 'a', ...tainted('node.kubernetes.io/not-ready:NoSchedule') }], [{ name: 'c' }]),
      'may a',
    ],
  ])('taints: %s', (_, spec, nodeIndex, answer) => {
    expect(reach(spec, nodeIndex)).toBe(answer);
  });

  const notReady: NodeSketch = { name: 'c', ...tainted('node.kubernetes.io/not-ready:NoSchedule') };

  it.each<IndexCase>([
    [
      'cordoned by somebody else: the pod merely waits',
      {},
      cluster([{ name: 'a' }], [{ name: 'c', cordoned: true }]),
      'cannot',
    ],
    ['not ready: the pod merely waits', {}, cluster([{ name: 'a' }], [notReady]), 'cannot'],
    [
      'not ready, and the cordon is tolerated: it lands here for certain',
      TOLERATES_CORDON,
      cluster([{ name: 'a' }], [notReady]),
      'only a',
    ],
    [
      'named, not ready, cordon tolerated: not pinned, but only here',
      { ...affinity(hosts('a', 'c')), ...TOLERATES_CORDON },
      cluster([{ name: 'a' }], [notReady]),
      'only a',
    ],
    [
      'cordoned as well, cordon tolerated: either',
      TOLERATES_CORDON,
      cluster([{ name: 'a' }], [{ name: 'c', cordoned: true }]),
      'may a',
    ],
    ['one not ready, one ready', TOLERATES_CORDON, cluster([{ name: 'a' }], [notReady, { name: 'd' }]), 'may a'],
    [
      'only the open ones of the held nodes',
      TOLERATES_CORDON,
      cluster([{ name: 'a' }, { ...notReady, name: 'b' }], [notReady]),
      'only a',
    ],
  ])('elsewhere is closed for now, %s', (_, spec, nodeIndex, answer) => {
    expect(reach(spec, nodeIndex)).toBe(answer);
  });
});

describe('a DaemonSet', () => {
  const nodeIndex = cluster([{ name: 'a' }, { name: 'b', labels: { os: 'windows' } }], [{ name: 'c' }]);

  it('may land on every held node that its template admits', () => {
    const placement = daemonSetPlacement(placementFromPodSpec({}));
    expect(written(reachOf(placement, nodeIndex))).toBe('may a b');
  });

  it('and not on those that it does not admit', () => {
    const notWindows = affinity({ matchExpressions: [{ key: 'os', operator: 'DoesNotExist' }] });
    expect(written(reachOf(daemonSetPlacement(placementFromPodSpec(notWindows)), nodeIndex))).toBe('may a');
  });

  it.each<[what: string, spec: object, answer: string]>([
    ['held', { nodeName: 'a' }, 'pinned a'],
    ['held, and the rest allows it', { nodeName: 'a', ...affinity(hosts('a'), hosts('c')) }, 'pinned a'],
    ['held, and the rest does not', { nodeName: 'a', nodeSelector: { os: 'windows' } }, 'cannot'],
    ['not held', { nodeName: 'c' }, 'cannot'],
    ['gone', { nodeName: 'x' }, 'cannot'],
  ])('asks the rest of the node that its template names: %s', (_, spec, answer) => {
    expect(written(reachOf(daemonSetPlacement(placementFromPodSpec(spec)), nodeIndex))).toBe(answer);
  });
});

describe('a pod that must run beside others', () => {
  const nodeIndex = cluster([{ name: 'a' }, { name: 'b' }], [{ name: 'c' }]);

  it.each<[what: string, companions: readonly string[], spec: object, answer: string]>([
    ['they run on held nodes', ['b', 'a'], {}, 'only a b'],
    ['they run elsewhere', ['c'], {}, 'cannot'],
    ['they run here and elsewhere', ['a', 'c'], {}, 'cannot'],
    ['they run here and elsewhere, cordon tolerated', ['a', 'c'], TOLERATES_CORDON, 'may a'],
    ['they run on a node that is gone', ['x'], {}, 'cannot'],
    ['not known where: the rest decides', [], {}, 'cannot'],
    ['not known where, and the pod names a node', [], { nodeSelector: { [HOSTNAME]: 'a' } }, 'pinned a'],
    ['the pod names nodes as well', ['a'], affinity(hosts('a', 'c')), 'pinned a'],
    ['the pod names nodes without them', ['b'], affinity(hosts('a', 'c')), 'cannot'],
  ])('%s', (_, companions, spec, answer) => {
    expect(reach(spec, nodeIndex, companions)).toBe(answer);
  });
});

describe('a pod with more demands than are worth comparing', () => {
  // 100, of which the API server's own two tolerations are a part.
  const many = (count: number): object =>
    affinity({ matchExpressions: Array.from({ length: count }, () => ({ key: 'zone', operator: 'DoesNotExist' })) });
  const nodeIndex = cluster([{ name: 'a' }, { name: 'b', labels: { zone: 'z1' } }], [{ name: 'c' }]);

  it('is compared up to the limit', () => {
    expect(reach(many(98), nodeIndex)).toBe('cannot');
  });

  it('gets the strictest answer beyond it', () => {
    expect(reach(many(99), nodeIndex)).toBe('only a b');
    expect(reach(many(99), cluster([], [{ name: 'c' }]))).toBe('cannot');
  });

  it('has as many names as it likes', () => {
    const names = Array.from({ length: 2000 }, (_, index) => name(`n${index}`));
    expect(reach(affinity(...names, name('a')), nodeIndex)).toBe('pinned a');
  });

  it('names as many nodes as may be compared with all that is asked of them', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `n${index}`);
    const asked = (count: number) => Array.from({ length: count }, () => ({ key: 'zone', operator: 'DoesNotExist' }));
    const term = (count: number) => {
      const hostnames = { key: 'kubernetes.io/hostname', operator: 'In', values: [...names, 'a'] };
      return affinity({ matchExpressions: [hostnames, ...asked(count)] });
    };
    expect(reach(term(98), nodeIndex)).toBe('pinned a');
    expect(reach(term(99), nodeIndex)).toBe('only a b');
  });

  it('may name every node of the largest cluster with a term of its own, and no more is read', () => {
    const terms = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [`n${index}`] }],
      }));
    expect(reach(affinity(...terms(4999), name('a')), nodeIndex)).toBe('pinned a');
    expect(reach(affinity(...terms(5000), name('a')), nodeIndex)).toBe('only a b');
    expect(reach({ ...affinity(...terms(5000)), nodeName: 'c' }, nodeIndex)).toBe('cannot');
  });

  it('counts tolerations', () => {
    const tolerations = Array.from({ length: 101 }, (_, index) => ({ key: `k${index}`, operator: 'Exists' }));
    expect(reach({ ...affinity(name('a')), tolerations }, nodeIndex)).toBe('only a b');
  });
});
