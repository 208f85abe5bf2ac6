/**
 * Pods and Jobs with all kinds of evidence at once, placed in all ways: what the floor refuses on the real API server, the
 * policy refuses as well. The other way round it holds for what the floor covers, and where one tool alone is meant.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CATALOGUE,
  DEFAULT_POLICY,
  evaluate,
  nodeFromObject,
  NodeTable,
  type Decision,
} from '../../../shared/index.ts';
import { readFixtures } from '../../support/fixtures.ts';
import { coverageIn, requestOf, type Case } from '../../support/floor-coverage.ts';
import { reviewWith } from '../../support/reviews.ts';
import { situationWith } from '../../support/situations.ts';
import { FloorStage } from './floor-stage.ts';

const NOW = Date.parse('2026-01-06T08:00:00Z');
/** Enough that every pattern of the catalogue is met by a few; each takes the API server some milliseconds. */
const SAMPLES = 1500;
/** Requests under way at once: what one connection pool of the caller takes. */
const AT_ONCE = 16;
/** The samples are the same in every run: what fails, fails again. */
const SEED = 6;

const labels = CATALOGUE.patterns.flatMap(({ pattern: { match } }) =>
  match.labels === undefined
    ? []
    : [Object.fromEntries(Object.entries(match.labels).map(([key, [value = 'any']]) => [key, value]))],
);
const owners = ['apps/v1 ReplicaSet', 'apps/v1 DaemonSet', 'batch/v1 Job'].concat(
  CATALOGUE.patterns.flatMap(({ pattern }) =>
    (pattern.match.owners ?? []).map((owner) => owner.groupKind.replace('/', '/v1 ')),
  ),
);
const images = ['app', ...CATALOGUE.patterns.flatMap(({ pattern }) => pattern.match.images ?? [])];
const programs = ['app', ...CATALOGUE.patterns.flatMap(({ pattern }) => pattern.match.commands ?? [])];
const names = ['db', 'db-backup', ...CATALOGUE.patterns.flatMap(({ pattern }) => pattern.match.names ?? [])];

/** Mostly the plain value: where everything is evidence, nothing is alone. */
function rarely<T>(plain: T, others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(plain) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

const container = fc.record({
  name: fc.constant('c'),
  image: rarely('app', images).chain((image) =>
    fc.constantFrom(image, `docker.io/x/${image}:1`, `${image}:1@sha256:${'0'.repeat(64)}`),
  ),
  command: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...programs).map((program) => [`/usr/bin/${program}`, 'image', 'scan', 'k8s']),
    },
    { weight: 1, arbitrary: fc.constantFrom(...programs).map((program) => ['sh', '-c', `set -e; ${program} run`]) },
    { weight: 1, arbitrary: fc.constantFrom(...programs).map((program) => ['echo', program]) },
  ),
});

const hostname = fc.constantFrom('ip-10-0-0-12', 'worker-3', 'ip-10-0-0-11', 'worker-1', 'nowhere');
const inAffinity = (value: string, kind: string) => ({
  nodeAffinity: {
    [kind]:
      kind === 'preferredDuringSchedulingIgnoredDuringExecution'
        ? [
            {
              weight: 1,
              preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [value] }] },
            },
          ]
        : {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [value] }] },
            ],
          },
  },
});
const placement = fc.oneof(
  fc.constant({}),
  fc.constantFrom('worker-2', 'worker-1').map((nodeName) => ({ nodeName })),
  hostname.map((value) => ({ nodeSelector: { 'kubernetes.io/hostname': value } })),
  fc
    .tuple(hostname, fc.constantFrom('ssd', 'hdd'))
    .map(([value, disk]) => ({ nodeSelector: { 'kubernetes.io/hostname': value, disk } })),
  fc
    .tuple(
      hostname,
      fc.constantFrom(
        'requiredDuringSchedulingIgnoredDuringExecution',
        'preferredDuringSchedulingIgnoredDuringExecution',
      ),
    )
    .map(([value, kind]) => ({
      nodeSelector: { 'kubernetes.io/hostname': value },
      affinity: inAffinity('worker-1', kind),
    })),
  fc.constant({ nodeSelector: { disk: 'ssd' } }),
);
const tolerations = fc.constantFrom<readonly object[]>(
  [],
  [{ operator: 'Exists' }],
  [{ key: 'dedicated', operator: 'Equal', value: 'db' }],
);

const evidence = fc.record({
  /** The labels of up to two tools. */
  labels: fc.array(fc.constantFrom(...labels), { maxLength: 2 }),
  work: rarely<string | undefined>(undefined, ['backup', 'scan', 'addon']),
  owner: rarely<string | undefined>(undefined, owners),
  name: fc.constantFrom(...names).map((name) => `${name.replace(/-$/, '')}-x`),
  user: rarely('ana', ['system:serviceaccount:kube-system:daemon-set-controller', 'system:node:worker-2']),
});
const sample = fc.record({
  isPod: fc.boolean(),
  inTemplate: fc.boolean(),
  container,
  placement,
  tolerations,
  evidence,
});
type Sample = typeof sample extends fc.Arbitrary<infer T> ? T : never;

function objectOf({
  isPod,
  inTemplate,
  container: { command, ...one },
  placement: where,
  tolerations: taints,
  evidence: { labels: written, work, owner, name },
}: Sample): object {
  const spec = { containers: [{ ...one, ...(command && { command }) }], tolerations: taints, ...where };
  const stamped = Object.fromEntries(written.flatMap((some) => Object.entries(some)));
  const all = { ...stamped, ...(work && { 'kubectl-maint.io/work': work }) };
  const [apiVersion, kind] = owner?.split(' ') ?? [];
  const ownerReferences = kind === undefined ? [] : [{ apiVersion, kind, name: 'o', uid: 'u', controller: true }];
  const metadata = { name, namespace: 'mixed', ownerReferences, labels: isPod || !inTemplate ? all : {} };
  if (isPod) return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template: { metadata: { labels: inTemplate ? all : {} }, spec } },
  };
}

function caseOf(one: Sample): Case {
  const request = { uid: 'u', operation: 'CREATE', userInfo: { username: one.evidence.user }, object: objectOf(one) };
  return { name: 'mixed', object: reviewWith(request), isReview: true };
}

/** How many different things say what the object is; where it is one, nothing can contradict it. */
function evidences({ container: { image, command }, evidence: { labels: written, work, owner } }: Sample): number {
  const isTools = owner !== undefined && owner.includes('.');
  const others = [work !== undefined, isTools, !/(^|\/)app(:|$)/.test(image), command !== undefined];
  return written.length + others.filter(Boolean).length;
}

const nodes = readFixtures().find(({ cluster }) => cluster === 'two-in-maintenance')?.nodes ?? [];
const nodeIndex = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));

function policySays(about: Case): Decision {
  return evaluate(requestOf(about), situationWith(NOW, nodeIndex)).decision;
}

const samples = fc.sample(sample, { seed: SEED, numRuns: SAMPLES });

let stage: FloorStage;
beforeAll(async () => {
  stage = await FloorStage.start(samples.slice(0, 1).map(caseOf));
  await stage.arm(nodes, DEFAULT_POLICY);
});
afterAll(() => stage.stop());

test('the floor refuses nothing that the policy lets pass, and what it covers as the policy does', async () => {
  const seen = { both: 0, policy: 0, none: 0, covered: 0 };
  const judge = async (one: Sample): Promise<void> => {
    const about = caseOf(one);
    const [floor, policy] = [await stage.send(about), policySays(about)];
    const isRefused = policy === 'deny';
    const isCovered = evidences(one) === 1 && typeof coverageIn(about, DEFAULT_POLICY) !== 'string';
    const said = JSON.stringify({ ...floor, policy, isCovered, one });
    if (floor.decision === 'deny') expect(isRefused, said).toBe(true);
    if (isCovered) seen.covered += 1;
    if (isCovered) expect(floor.decision === 'deny', said).toBe(isRefused);
    seen[floor.decision === 'deny' ? 'both' : isRefused ? 'policy' : 'none'] += 1;
  };
  const queue = samples.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of queue) await judge(one);
    }),
  );
  // Samples that only ever pass would show nothing.
  expect(Math.min(seen.both, seen.none, seen.covered), JSON.stringify(seen)).toBeGreaterThan(SAMPLES / 20);
});
