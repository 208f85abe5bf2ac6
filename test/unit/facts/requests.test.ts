import { describe, expect, test } from 'vitest';
import { amountsAt, plus, requestsOfPodSpec } from '../../../shared/facts/requests.ts';

type Requests = Readonly<Record<string, unknown>>;

const asks = (requests: Requests) => ({ resources: { requests } });
const sidecar = (requests: Requests) => ({ ...asks(requests), restartPolicy: 'Always' });

describe('what a pod asks of a node', () => {
  test.each<[what: string, spec: unknown, amounts: Readonly<Record<string, number>>]>([
    [
      'its containers together, whatever the resource',
      {
        containers: [
          asks({ cpu: '500m', memory: '1Ki' }),
          asks({ cpu: '1', 'nvidia.com/gpu': 2 }),
          asks({ memory: '1k' }),
        ],
      },
      { cpu: 1.5, memory: 2024, 'nvidia.com/gpu': 2 },
    ],
    [
      'an init container that asks for less than they do costs nothing',
      { initContainers: [asks({ cpu: '1' })], containers: [asks({ cpu: '2' })] },
      { cpu: 2 },
    ],
    [
      'one that asks for more does, resource by resource',
      { initContainers: [asks({ cpu: '3', memory: '1' })], containers: [asks({ cpu: '2', memory: '2' })] },
      { cpu: 3, memory: 2 },
    ],
    [
      'of several the largest counts, for they run one after the other',
      { initContainers: [asks({ cpu: '3' }), asks({ cpu: '4' }), asks({ cpu: '1' })], containers: [] },
      { cpu: 4 },
    ],
    [
      'a sidecar runs beside the containers',
      { initContainers: [sidecar({ cpu: '1' })], containers: [asks({ cpu: '2' })] },
      { cpu: 3 },
    ],
    [
      'and beside the init containers that follow it',
      { initContainers: [sidecar({ cpu: '1' }), asks({ cpu: '4' })], containers: [asks({ cpu: '2' })] },
      { cpu: 5 },
    ],
    [
      'not beside those before it',
      { initContainers: [asks({ cpu: '4' }), sidecar({ cpu: '1' })], containers: [asks({ cpu: '2' })] },
      { cpu: 4 },
    ],
    [
      'sidecars add up',
      { initContainers: [sidecar({ cpu: '1' }), sidecar({ cpu: '2' }), asks({ cpu: '4' })], containers: [] },
      { cpu: 7 },
    ],
    [
      'an init container with another restart policy is no sidecar',
      { initContainers: [{ ...asks({ cpu: '1' }), restartPolicy: 'Never' }], containers: [asks({ cpu: '2' })] },
      { cpu: 2 },
    ],
    [
      'the overhead of its runtime comes on top',
      { containers: [asks({ cpu: '1' })], overhead: { cpu: '250m', memory: '5' } },
      { cpu: 1.25, memory: 5 },
    ],
    [
      'requests of the pod itself replace those of its containers, the larger and the smaller',
      { ...asks({ cpu: '1', memory: '9' }), containers: [asks({ cpu: '4', memory: '2', disk: '3' })] },
      { cpu: 1, memory: 9, disk: 3 },
    ],
    [
      'the overhead comes on top of them, too',
      { ...asks({ cpu: '1' }), containers: [asks({ cpu: '4' })], overhead: { cpu: '1' } },
      { cpu: 2 },
    ],
    ['limits are no requests', { containers: [{ resources: { limits: { cpu: '1' } } }] }, {}],
    ['containers that ask for nothing', { containers: [{}, { resources: {} }, null] }, {}],
    ['no spec', undefined, {}],
    ['lists that are none', { containers: 'x', initContainers: {}, overhead: [1] }, {}],
  ])('%s', (_what, spec, amounts) => {
    expect(Object.fromEntries(requestsOfPodSpec(spec))).toEqual(amounts);
  });
});

describe('amounts at a path', () => {
  test('leave out what is no quantity', () => {
    const node = { status: { allocatable: { cpu: '3920m', memory: 'much', pods: 110, disk: null } } };
    expect(amountsAt(node, 'status', 'allocatable')).toEqual(
      new Map([
        ['cpu', 3.92],
        ['pods', 110],
      ]),
    );
  });

  test('take every name as data', () => {
    expect([...amountsAt(JSON.parse('{"__proto__": "1", "constructor": "2"}'))]).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  test.each([undefined, null, 'x', ['1'], {}, { status: {} }, { status: { allocatable: ['1'] } }])(
    'are none in %j',
    (object) => {
      expect(amountsAt(object, 'status', 'allocatable')).toEqual(new Map());
    },
  );
});

test('both amounts together are new: neither is changed', () => {
  const a = new Map([['cpu', 1]]);
  const b = new Map([
    ['cpu', 2],
    ['pods', 1],
  ]);
  expect(Object.fromEntries(plus(a, b))).toEqual({ cpu: 3, pods: 1 });
  expect([[...a], [...b]]).toEqual([
    [['cpu', 1]],
    [
      ['cpu', 2],
      ['pods', 1],
    ],
  ]);
});
