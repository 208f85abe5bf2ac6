import { describe, expect, test } from 'vitest';
import { findRoom } from '../../../../plugin/preflight/room.ts';
import type { VolumesOfPods } from '../../../../plugin/preflight/volumes.ts';
import type { ClusterNode, Room } from '../../../../plugin/preflight/survey.ts';
import { amountsAt, nodeFromObject, type PodFacts } from '../../../../shared/index.ts';
import { nodeObject, podFacts, type NodeShape, type PodShape } from '../world.ts';

interface PlaceShape extends NodeShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: number;
  readonly more?: Readonly<Record<string, string>>;
  readonly virtual?: boolean;
  /** What is on it already. */
  readonly has?: readonly PodFacts[];
}

interface Place {
  readonly node: ClusterNode;
  readonly has: readonly PodFacts[];
}

/** A node with 4 cores and 8 GiB, and nothing on it. */
function place(name: string, shape: PlaceShape = {}): Place {
  const { cpu = '4', memory = '8Gi', pods = 110, more, taints = [], virtual = false, has = [] } = shape;
  const object = { ...nodeObject(name, shape), spec: { unschedulable: shape.unschedulable, taints } };
  const facts = nodeFromObject(object);
  if (facts === undefined) throw new Error('a node has a name');
  return { node: { facts, allocatable: amountsAt({ cpu, memory, pods, ...more }), virtual }, has };
}

/** Looks for room, and tells on which nodes in which order. */
async function look(
  moving: readonly PodFacts[],
  places: readonly Place[],
  from?: ClusterNode,
  volumes: VolumesOfPods = new Map(),
) {
  const read: string[] = [];
  const byName = new Map(places.map(({ node, has }) => [node.facts.name, has]));
  const readPods = (node: string): Promise<readonly PodFacts[]> => {
    read.push(node);
    return Promise.resolve(byName.get(node) ?? []);
  };
  const room = await findRoom(
    moving.map((pod) => ({ pod, from, volumes: volumes.get(pod.name) ?? [] })),
    places.map(({ node }) => node),
    readPods,
  );
  return { read, room: { ...room, without: room.without.map(({ name }) => name) } };
}

const cpu = (cores: string, more: PodShape = {}): PodShape => ({ ...more, requests: { cpu: cores } });
const memory = (bytes: string): PodShape => ({ requests: { memory: bytes } });
const several = (count: number, shape: PodShape = {}) =>
  Array.from({ length: count }, (_, index) => podFacts(`p${index}`, shape));

describe('whether a pod of one core has a place', () => {
  const FULL = { has: [podFacts('there', cpu('4'))] };

  test.each<[what: string, shape: PlaceShape, fits: boolean]>([
    ['an empty node', {}, true],
    ['a node with just enough left', { has: [podFacts('there', cpu('3'))] }, true],
    ['a node with less left', { has: [podFacts('there', cpu('3001m'))] }, false],
    ['pods that have succeeded take nothing', { has: [podFacts('there', cpu('4', { phase: 'Succeeded' }))] }, true],
    ['pods that have failed take nothing', { has: [podFacts('there', cpu('4', { phase: 'Failed' }))] }, true],
    [
      'pods that are being deleted still do',
      { has: [podFacts('there', cpu('4', { deletionTimestamp: '2026-01-05T22:09:00Z' }))] },
      false,
    ],
    ['a node that is full', FULL, false],
    ['a node with as many pods as it takes', { pods: 1, has: [podFacts('there')] }, false],
    ['a node with one pod less', { pods: 2, has: [podFacts('there')] }, true],
    ['a node that offers no cores', { cpu: 'none' }, false],
  ])('%s', async (_what, shape, fits) => {
    const { room } = await look([podFacts('web', cpu('1'))], [place('n2', shape)]);
    expect(room).toMatchObject({ moving: 1, without: fits ? [] : ['web'], looked: 1, candidates: 1 });
  });
});

describe('which nodes suit a pod', () => {
  const SSD = { disk: 'ssd' };

  test.each<[what: string, pod: PodShape, shape: PlaceShape, suits: boolean]>([
    ['one that is Ready', {}, {}, true],
    ['not one that is not', {}, { conditions: [{ type: 'Ready', status: 'False' }] }, false],
    ['not one that is unreachable', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] }, false],
    ['not one that is cordoned', {}, { unschedulable: true }, false],
    ['not one with a taint', {}, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }, false],
    ['one with a taint that only prefers others', {}, { taints: [{ key: 'gpu', effect: 'PreferNoSchedule' }] }, true],
    ['not one that is no machine', {}, { virtual: true }, false],
    ['one with the labels that it selects', { nodeSelector: SSD }, { labels: SSD }, true],
    ['not one without them', { nodeSelector: SSD }, {}, false],
  ])('%s', async (_what, pod, shape, suits) => {
    const { read, room } = await look([podFacts('web', pod)], [place('n2', shape)]);
    expect(room).toMatchObject({
      moving: 1,
      without: suits ? [] : ['web'],
      looked: suits ? 1 : 0,
      candidates: suits ? 1 : 0,
    });
    expect(read).toEqual(suits ? ['n2'] : []);
  });

  test.each<[what: string, labels: Readonly<Record<string, string>>, suits: boolean]>([
    ['the same', { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }, true],
    ['another architecture', { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64' }, false],
    ['another operating system', { 'kubernetes.io/os': 'windows', 'kubernetes.io/arch': 'amd64' }, false],
    ['not told', {}, false],
  ])('by the machine that the pod runs on now: %s', async (_what, labels, suits) => {
    const from = place('n1', { labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } }).node;
    const { room } = await look([podFacts('web')], [place('n2', { labels })], from);
    expect(room.candidates).toBe(suits ? 1 : 0);
  });

  test('a node that says nothing of its machine keeps no pod to itself', async () => {
    const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
    const { room } = await look([podFacts('web')], [place('n2', { labels })], place('n1').node);
    expect(room.candidates).toBe(1);
  });

  test.each<[what: string, node: string, why: string | undefined]>([
    ['a node from which its volume can be reached', 'n2', undefined],
    ['no node else', 'n9', 'its volume local-1 cannot be reached from there'],
  ])('by the volumes that it takes along: %s', async (_what, node, why) => {
    const term = { expressions: [], fields: [{ operator: 'In' as const, name: node }] };
    const volumes = new Map([['web', [{ name: 'local-1', terms: [term] }]]]);
    const { room } = await look([podFacts('web')], [place('n2'), place('n3')], undefined, volumes);
    expect(room.candidates).toBe(why === undefined ? 1 : 0);
    expect([...room.nowhere.keys()]).toEqual(why === undefined ? [] : [why]);
  });

  test('nodes of another kind are counted, for they would suit but for that', async () => {
    const amd = { 'kubernetes.io/arch': 'amd64' };
    const from = place('n1', { labels: amd }).node;
    const [full, arm] = [
      place('n2', { labels: amd, cpu: '0' }),
      place('n3', { labels: { 'kubernetes.io/arch': 'arm64' } }),
    ];
    expect((await look([podFacts('web', cpu('1'))], [full, arm], from)).room).toMatchObject({
      foreign: 1,
      candidates: 1,
    });
    const { room } = await look([podFacts('web')], [arm], from);
    expect([...room.nowhere.keys()]).toEqual(['they have another operating system or architecture']);
  });

  test('any machine where it is not known on which the pod runs', async () => {
    const { room } = await look([podFacts('web')], [place('n2', { labels: { 'kubernetes.io/os': 'windows' } })]);
    expect(room.candidates).toBe(1);
  });

  test('none suits what is no pod', async () => {
    const pod = podFacts('web');
    const { room } = await look([{ ...pod, work: { ...pod.work, template: undefined } }], [place('n2')]);
    expect(room).toMatchObject({ moving: 1, without: ['web'], looked: 0, candidates: 0 });
  });

  test('a node counts where it suits one of them, and takes only those that it suits', async () => {
    const pods = [podFacts('fast', { nodeSelector: SSD }), podFacts('slow')];
    const { room } = await look(pods, [place('n2')]);
    expect(room).toMatchObject({ moving: 2, without: ['fast'], looked: 1, candidates: 1 });
  });
});

describe('how pods are put', () => {
  test('what one takes is gone for the next', async () => {
    const { room } = await look(several(3, cpu('2')), [place('n2')]);
    expect(room).toMatchObject({ moving: 3, without: ['p2'], looked: 1, candidates: 1 });
  });

  test.each<[what: string, pods: readonly PodFacts[], shape: PlaceShape, without: readonly string[]]>([
    ['the largest first', [podFacts('small', cpu('1')), podFacts('large', cpu('4'))], {}, ['small']],
    [
      'a core counts as much as 4 GiB',
      [podFacts('core', cpu('1')), podFacts('more', memory('5Gi')), podFacts('less', memory('3Gi'))],
      { pods: 0 },
      ['more', 'core', 'less'],
    ],
    [
      'a smaller one fits beside where a larger one does not',
      [podFacts('a', cpu('5')), podFacts('b', cpu('4'))],
      {},
      ['a'],
    ],
    [
      'of any resource there has to be enough',
      [
        podFacts('gpu', { requests: { 'nvidia.com/gpu': '2' } }),
        podFacts('gpus', { requests: { 'nvidia.com/gpu': '3' } }),
      ],
      { more: { 'nvidia.com/gpu': '2' } },
      ['gpus'],
    ],
    ['a node has room for so many', several(3), { pods: 2 }, ['p2']],
  ])('%s', async (_what, pods, shape, without) => {
    const { room } = await look(pods, [place('n2', shape)]);
    expect(room.without).toEqual(without);
  });

  test('what does not fit on one node is tried on the next', async () => {
    const { read, room } = await look(
      several(3, cpu('3')),
      ['a', 'b', 'c', 'd'].map((name) => place(name)),
    );
    expect(room).toMatchObject({ moving: 3, without: [], looked: 4, candidates: 4 });
    expect(read).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('on how many nodes room is looked for', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  const full = (count: number) => names(count).map((name) => place(name, { cpu: '0' }));

  test.each<
    [
      what: string,
      pods: readonly PodFacts[],
      places: readonly Place[],
      room: Pick<Room, 'moving' | 'looked' | 'candidates'>,
    ]
  >([
    ['nothing moves', [], [place('a')], { moving: 0, looked: 0, candidates: 0 }],
    ['there is no other node', [podFacts('web')], [], { moving: 1, looked: 0, candidates: 0 }],
    ['the first has room', [podFacts('web')], [place('a'), place('b')], { moving: 1, looked: 1, candidates: 2 }],
    [
      'then four at once',
      several(2, cpu('4')),
      names(9).map((name) => place(name)),
      { moving: 2, looked: 5, candidates: 9 },
    ],
    ['to the last', several(1, cpu('1')), full(3), { moving: 1, looked: 3, candidates: 3 }],
    ['to the last of as many as are read', several(1, cpu('1')), full(24), { moving: 1, looked: 24, candidates: 24 }],
    ['not beyond', several(1, cpu('1')), full(30), { moving: 1, looked: 24, candidates: 30 }],
  ])('%s', async (_what, pods, places, expected) => {
    const { read, room } = await look(pods, places);
    expect(room).toMatchObject(expected);
    expect(read).toHaveLength(expected.looked);
  });

  test('those with the most memory come first, those that say nothing of it last', async () => {
    const places = [
      place('none', { memory: '?' }),
      place('little', { memory: '2Gi' }),
      place('much', { memory: '16Gi' }),
    ];
    expect((await look([podFacts('web', cpu('9'))], places)).read).toEqual(['much', 'little', 'none']);
  });

  test('where the pods of a node cannot be read, nobody knows', async () => {
    const moving = [{ pod: podFacts('web'), from: undefined, volumes: [] }];
    await expect(findRoom(moving, [place('n2').node], () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});

test('fractions of a core add up as people add them, and who asks for nothing fits even where too much is given away', async () => {
  const tenths = await look(
    [podFacts('web', cpu('100m'))],
    [place('n2', { cpu: '1', has: [podFacts('there', cpu('900m'))] })],
  );
  expect(tenths.room.without).toEqual([]);
  const nothing = await look(
    [podFacts('web', cpu('0'))],
    [place('n2', { cpu: '1', has: [podFacts('there', cpu('2'))] })],
  );
  expect(nothing.room.without).toEqual([]);
});
