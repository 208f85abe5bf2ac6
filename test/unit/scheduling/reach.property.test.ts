import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOSTNAME_LABEL } from '../../../shared/labels.ts';
import { admitsNode, daemonSetPlacement, placementFromPodSpec } from '../../../shared/scheduling/placement.ts';
import type { SchedulableNode } from '../../../shared/scheduling/node-index.ts';
import { reachOf, type ReachKind } from '../../../shared/scheduling/reach.ts';
import { isTolerated } from '../../../shared/scheduling/taints.ts';
import { cluster, indexFrom, nodeFromSketch, POD_SPEC_KEYS, taint } from './cluster.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const NOT_READY = taint('node.kubernetes.io/not-ready:NoSchedule');
const GPU = taint('gpu:NoSchedule');

/** Few names and labels, so that pods and nodes meet often; hostnames may be other nodes' names. */
const someNodes: fc.Arbitrary<SchedulableNode[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      hostname: fc.constantFrom(...NAMES, 'host'),
      labels: fc.dictionary(fc.constantFrom('zone', '__proto__', 'constructor'), fc.constantFrom('1', '2')),
      taints: fc.subarray([NOT_READY, GPU]),
      cordoned: fc.boolean(),
    }),
    { selector: ({ name }) => name, minLength: 1 },
  )
  .map((sketches) => sketches.map(nodeFromSketch));

const someHeld = fc.subarray(NAMES).map((names) => new Set(names));

const someExpression = fc.oneof(
  fc.record({
    key: fc.constantFrom(HOSTNAME_LABEL, 'zone'),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.array(fc.constantFrom(...NAMES, '1'), { maxLength: 3 }),
  }),
  fc.record({
    key: fc.constantFrom('zone', '__proto__', 'constructor'),
    operator: fc.constantFrom('Exists', 'DoesNotExist'),
  }),
  fc.record({ key: fc.constant('zone'), operator: fc.constantFrom('Gt', 'Lt'), values: fc.constantFrom(['1'], ['x']) }),
);

const someField = fc.record({
  key: fc.constant('metadata.name'),
  operator: fc.constantFrom('In', 'In', 'NotIn'),
  values: fc.constantFrom(...NAMES).map((name) => [name]),
});

const someTerm = fc.record(
  { matchExpressions: fc.array(someExpression, { maxLength: 2 }), matchFields: fc.array(someField, { maxLength: 1 }) },
  { requiredKeys: [] },
);

const someSpec = fc.record(
  {
    nodeName: fc.constantFrom(...NAMES),
    nodeSelector: fc.dictionary(
      fc.constantFrom(HOSTNAME_LABEL, 'zone', '__proto__'),
      fc.constantFrom(...NAMES, '1', '2'),
      { maxKeys: 2 },
    ),
    affinity: fc.array(someTerm, { maxLength: 3 }).map((nodeSelectorTerms) => ({
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    })),
    tolerations: fc.subarray([
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
      { key: 'gpu', operator: 'Exists' },
    ]),
  },
  { requiredKeys: [] },
);

const someCompanions = fc.option(fc.subarray([...NAMES, 'gone']), { nil: undefined });

const situation = { spec: someSpec, nodes: someNodes, held: someHeld, companions: someCompanions };

function reach(spec: unknown, nodes: readonly SchedulableNode[], held: ReadonlySet<string>, companions?: string[]) {
  return reachOf(placementFromPodSpec(spec), indexFrom(nodes, held), companions && { companions });
}

/** How bad an answer is for the node; a pinned pod is as stuck as one that can run nowhere else. */
const WEIGHT: Readonly<Record<ReachKind, number>> = { cannot: 0, may: 1, only: 2, pinned: 2 };

test('any JSON is a pod spec: nothing throws', () => {
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom(null, 'In', 'NotIn', 'Gt', 'Exists', 'a', '1', HOSTNAME_LABEL, 'metadata.name'),
      fc.string(),
      fc.integer(),
      fc.boolean(),
    ),
    list: fc.array(tie('tree'), { maxLength: 3 }),
    object: fc
      .array(fc.tuple(fc.constantFrom(...POD_SPEC_KEYS), tie('tree')), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
    tree: fc.oneof({ maxDepth: 9, withCrossShrink: true }, tie('leaf'), tie('list'), tie('object'), tie('object')),
  }));
  const nodeIndex = cluster([{ name: 'a' }], [{ name: 'b' }]);
  fc.assert(
    fc.property(fc.oneof(tree, fc.jsonValue()), (spec) => {
      const placement = placementFromPodSpec(spec);
      expect(Object.keys(WEIGHT)).toContain(reachOf(placement, nodeIndex).kind);
      expect(Object.keys(WEIGHT)).toContain(reachOf(daemonSetPlacement(placement), nodeIndex).kind);
    }),
    { numRuns: 500 },
  );
});

test('the order of nodes does not matter', () => {
  fc.assert(
    fc.property(fc.record(situation), fc.integer(), ({ spec, nodes, held, companions }, turn) => {
      const cut = Math.abs(turn) % nodes.length;
      const turned = [...nodes.slice(cut), ...nodes.slice(0, cut)].reverse();
      expect(reach(spec, turned, held, companions?.toReversed())).toEqual(reach(spec, nodes, held, companions));
    }),
  );
});

test('the answer is about held nodes only, each once, in order; cannot is about none', () => {
  fc.assert(
    fc.property(fc.record(situation), ({ spec, nodes, held, companions }) => {
      const answer = reach(spec, nodes, held, companions);
      expect(answer.nodes).toEqual([...new Set(answer.nodes)].sort());
      expect(answer.nodes.every((name) => held.has(name))).toBe(true);
      expect(answer.nodes.length === 0).toBe(answer.kind === 'cannot');
    }),
  );
});

test('one more node in maintenance, cordoned or not, never weakens the answer and never drops a node', () => {
  fc.assert(
    fc.property(
      fc.record({ ...situation, more: fc.constantFrom(...NAMES), cordon: fc.boolean() }),
      ({ spec, nodes, held, companions, more, cordon }) => {
        const before = reach(spec, nodes, held, companions);
        const after = reach(
          spec,
          nodes.map((node) =>
            cordon && node.name === more && !held.has(more) ? { ...node, unschedulable: true } : node,
          ),
          new Set([...held, more]),
          companions,
        );
        expect(WEIGHT[after.kind]).toBeGreaterThanOrEqual(WEIGHT[before.kind]);
        expect(after.nodes).toEqual(expect.arrayContaining([...before.nodes]));
        if (before.kind === 'pinned') expect(after.kind).toBe('pinned');
      },
    ),
    { numRuns: 1000 },
  );
});

test('looking nodes up by name answers as asking every node would', () => {
  fc.assert(
    fc.property(fc.record(situation), ({ spec, nodes, held, companions = [] }) => {
      const placement = { ...placementFromPodSpec(spec), nodeName: undefined };
      const lasting = (node: SchedulableNode) => node.taints.filter((each) => each !== NOT_READY);
      const suitable = nodes.filter(
        (node) =>
          admitsNode(placement, node) &&
          lasting(node).every((taint) => isTolerated(taint, placement.tolerations)) &&
          (companions.length === 0 || companions.includes(node.name)),
      );
      const isStuck = suitable.length > 0 && suitable.every((node) => held.has(node.name));
      const answer = reachOf(placement, indexFrom(nodes, held), { companions });
      if (isStuck) expect(WEIGHT[answer.kind]).toBe(2);
      else expect(answer.kind).not.toBe('pinned');
      if (!suitable.some((node) => held.has(node.name))) expect(answer.kind).toBe('cannot');
    }),
    { numRuns: 1000 },
  );
});
