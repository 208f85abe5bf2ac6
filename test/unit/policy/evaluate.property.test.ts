/** What holds for every request and every cluster. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeFromObject, type NodeFacts } from '../../../shared/facts/node.ts';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import { DEFAULT_POLICY } from '../../../shared/policy/config.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { explainDenial, explainWarnings, MAX_MESSAGE, MAX_WARNING } from '../../../shared/policy/explain.ts';
import { creationOf, requestFromReview, type ReviewRequest } from '../../../shared/policy/request.ts';
import type { Decision } from '../../../shared/policy/verdict.ts';
import { reviewWith } from '../../support/reviews.ts';
import { held, node, NOW, situation } from './world.ts';

const NAMES = ['n1', 'n2', 'n3', 'ip-1', '__proto__', 'constructor'] as const;
const KEYS = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'namespace',
  'labels',
  'annotations',
  'ownerReferences',
  'controller',
  'uid',
  'spec',
  'template',
  'jobTemplate',
  'containers',
  'image',
  'command',
  'args',
  'nodeName',
  'nodeSelector',
  'tolerations',
  'operator',
  'affinity',
  'node',
  'suspend',
  'deletionTimestamp',
  'kubernetes.io/hostname',
  'kubectl-maint.io/work',
  'velero.io/pod-volume-backup',
  'k8upjob',
  'kubernetes.io/config.mirror',
  '__proto__',
  'constructor',
  'toString',
] as const;
const TEXTS = [
  'v1',
  'apps/v1',
  'batch/v1',
  'zfs.openebs.io/v1',
  'Pod',
  'Job',
  'DaemonSet',
  'ZFSBackup',
  'backup',
  'scan',
  'true',
  'Exists',
  'kube-bench',
  ...NAMES,
] as const;

/** JSON that looks like a Kubernetes object often enough to get past the first step. */
const { anything } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.boolean(),
    fc.integer(),
    fc.constant(null),
    fc.string({ unit: 'binary' }),
  ),
  object: fc
    .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...KEYS) }, fc.string()), tie('anything')), {
      maxLength: 8,
    })
    // Object.fromEntries defines own properties, `__proto__` as well, as JSON.parse does.
    .map((entries) => Object.fromEntries(entries)),
  list: fc.array(tie('anything'), { maxLength: 3 }),
  anything: fc.oneof({ depthSize: 'medium' }, tie('leaf'), tie('object'), tie('list')),
}));

const nodeSketches = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES),
    hostname: fc.constantFrom(...NAMES),
    record: fc.constantFrom(undefined, {}, 'unreadable'),
    state: fc.constantFrom('initiated', 'complete', 'returning'),
    disk: fc.constantFrom('ssd', 'hdd'),
    tainted: fc.boolean(),
  }),
  { selector: ({ name }) => name, maxLength: 5 },
);

type Sketch = typeof nodeSketches extends fc.Arbitrary<(infer T)[]> ? T : never;

function nodeOf({ name, hostname, record, state, disk, tainted }: Sketch): NodeFacts {
  const taints = tainted ? [{ key: 'dedicated', effect: 'NoSchedule' }] : [];
  return node(name, { hostname, state, labels: { disk }, taints, ...(record !== undefined && { record }) });
}

const placement = fc.record(
  {
    nodeName: fc.constantFrom(...NAMES),
    nodeSelector: fc.oneof(
      fc.constantFrom(...NAMES).map((name) => ({ 'kubernetes.io/hostname': name })),
      fc.constantFrom('ssd', 'hdd').map((disk) => ({ disk })),
    ),
    tolerations: fc.constantFrom([{ operator: 'Exists' }], [{ key: 'dedicated', operator: 'Exists' }], []),
  },
  { requiredKeys: [] },
);

/** Work that the rules look at, everywhere that it may be placed. */
const work = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => ({
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSBackup',
    metadata: { name: 'p' },
    spec: { ownerNodeID: name },
  })),
  fc.tuple(fc.constantFrom('backup', 'scan', 'none'), placement).map(([label, spec]) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', labels: { 'kubectl-maint.io/work': label } },
    spec: { template: { spec } },
  })),
  fc.tuple(fc.constantFrom('DaemonSet', 'Deployment'), placement).map(([kind, spec]) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'w' },
    spec: { template: { spec } },
  })),
);

const requests = fc
  .tuple(work, fc.constantFrom('CREATE', 'UPDATE'), fc.constantFrom('hold', 'deny'))
  .map(([object, operation, addonChange]) => {
    const changed = { ...object, spec: { ...object.spec, template: { metadata: { labels: { old: 'yes' } } } } };
    const request: ReviewRequest = {
      ...creationOf(object),
      operation: operation === 'CREATE' ? 'CREATE' : 'UPDATE',
      oldObject: operation === 'CREATE' ? undefined : creationOf(changed).object,
    };
    return {
      request,
      config: { ...DEFAULT_POLICY, addonChange: addonChange === 'hold' ? ('hold' as const) : ('deny' as const) },
    };
  });

const RANK: Readonly<Record<Decision, number>> = { allow: 0, warn: 1, deny: 2 };

test('evaluate never throws, and its words are short and printable, whatever the request says', () => {
  const operation = fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT');
  const review = fc.record({
    object: anything,
    oldObject: anything,
    operation,
    userInfo: anything,
    subResource: fc.constantFrom('', 'status'),
  });
  fc.assert(
    fc.property(review, nodeSketches, fc.boolean(), (request, sketches, live) => {
      const read = requestFromReview(reviewWith({ uid: 'u', ...request }));
      if (!read.ok) throw new Error('a request was given');
      const nodeIndex = new NodeTable(sketches.map(nodeOf));
      const verdict = evaluate(read.value, situation([], { nodeIndex, live }));
      for (const text of [explainDenial(verdict, { now: NOW, nodeIndex }), ...explainWarnings(verdict)]) {
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(text.length).toBeLessThanOrEqual(MAX_MESSAGE);
      }
      for (const text of explainWarnings(verdict)) expect(text.length).toBeLessThanOrEqual(MAX_WARNING);
    }),
    { numRuns: 500 },
  );
});

test('any object at all can be a node, or none', () => {
  fc.assert(
    fc.property(anything, (object) => {
      const facts = nodeFromObject(object);
      if (facts !== undefined) expect(new NodeTable([facts]).node(facts.name)).toBe(facts);
    }),
  );
});

test('the order of the nodes does not matter', () => {
  fc.assert(
    fc.property(
      requests,
      nodeSketches.chain((sketches) =>
        fc.tuple(fc.constant(sketches), fc.shuffledSubarray(sketches, { minLength: sketches.length })),
      ),
      ({ request, config }, [sketches, shuffled]) => {
        const [one, other] = [sketches, shuffled].map((list) =>
          evaluate(request, situation(list.map(nodeOf), { config })),
        );
        expect(other).toEqual(one);
      },
    ),
    { numRuns: 300 },
  );
});

test('the same request and situation give the same verdict, and change nothing', () => {
  fc.assert(
    fc.property(requests, nodeSketches, ({ request, config }, sketches) => {
      const given = situation(sketches.map(nodeOf), { config });
      const before = structuredClone(request.object?.raw);
      expect(evaluate(request, given)).toEqual(evaluate(request, given));
      expect(request.object?.raw).toEqual(before);
    }),
  );
});

test('more maintenance never makes a verdict milder, and never drops a node from it', () => {
  fc.assert(
    fc.property(requests, nodeSketches, fc.nat(), ({ request, config }, sketches, pick) => {
      const chosen = sketches[pick % Math.max(1, sketches.length)];
      // `on` marks and cordons in one write.
      const nodes = sketches.map(nodeOf);
      const more = nodes.map((facts) => (facts.name === chosen?.name ? { ...facts, ...marked(facts) } : facts));
      const [before, after] = [nodes, more].map((nodeIndex) => evaluate(request, situation(nodeIndex, { config })));
      if (before === undefined || after === undefined) throw new Error('both were decided');
      expect(RANK[after.decision]).toBeGreaterThanOrEqual(RANK[before.decision]);
      expect(after.nodes).toEqual(expect.arrayContaining([...before.nodes]));
    }),
    { numRuns: 1000 },
  );
});

function marked(facts: NodeFacts): Pick<NodeFacts, 'record' | 'unschedulable'> {
  return facts.record.kind === 'none' ? { record: held('x').record, unschedulable: true } : facts;
}
