/** No object keeps whoever judges it busy: what is done for one is counted, for the worst ones that we could think of. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../shared/policy/decide.ts';
import { needKey, type Answer, type Need } from '../../../shared/policy/needs.ts';
import { requestFromReview, type ReviewRequest } from '../../../shared/policy/request.ts';
import type { Verdict } from '../../../shared/policy/verdict.ts';
import { MAX_PROGRAMS, MAX_WORDS } from '../../../shared/shell/effort.ts';
import { Inspection } from '../../../shared/targets/inspection.ts';
import { extentOf, LIMITS, MAX_PARTS } from '../../../webhook/admission/extent.ts';
import {
  HOSTNAME,
  MAX_REQUEST_BYTES,
  nodeTerms,
  placed,
  REQUIRED,
  type WorstRequest,
} from '../../support/filled-requests.ts';
import { WORST } from '../../support/worst-objects.ts';
import { reviewWith } from '../../support/reviews.ts';
import { held, node, situation } from './world.ts';

/** What is counted while one request is decided. */
interface Work {
  /** Fields and entries of the object that were looked at. */
  looks: number;
  /** Labels of nodes that were compared. */
  comparisons: number;
  /** What was to be read from the API server, as its keys. */
  readonly asked: string[];
}

class CountedLabels extends Map<string, string> {
  readonly #work: Work;

  constructor(labels: ReadonlyMap<string, string>, work: Work) {
    super();
    this.#work = work;
    for (const [key, value] of labels) this.set(key, value);
  }

  override get(key: string): string | undefined {
    this.#work.comparisons += 1;
    return super.get(key);
  }
}

/** JSON that counts how often one of its parts is looked at. */
function counted(value: unknown, work: Work): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = new Map<PropertyKey, unknown>();
  return new Proxy(value, {
    get: (target, key) => {
      work.looks += 1;
      if (!parts.has(key)) parts.set(key, counted(Reflect.get(target, key), work));
      return parts.get(key);
    },
  });
}

const NODES = 500;
const HELD_EACH = 100;

/** A request as the webhook reads it. */
function read({ operation, object, oldObject }: WorstRequest, work: Work): ReviewRequest {
  const asked = { uid: 'u', operation, userInfo: { username: 'ana', groups: [] }, object, oldObject };
  const json = Buffer.from(JSON.stringify(reviewWith(asked)));
  const extent = extentOf(json, LIMITS);
  const text = extent.kind === 'cut' ? json.subarray(0, extent.end).toString() + extent.closing : json.toString();
  const request = requestFromReview(counted(JSON.parse(text), work), extent.kind === 'cut');
  if (!request.ok) throw new Error('a review was given');
  return request.value;
}

async function workOf(asked: WorstRequest): Promise<{ work: Work; verdict: Verdict; request: ReviewRequest }> {
  const work: Work = { looks: 0, comparisons: 0, asked: [] };
  const request = read(asked, work);
  const nodes = Array.from({ length: NODES }, (_, index) => {
    const one = index % HELD_EACH === 0 ? held(`n${index}`) : node(`n${index}`);
    return { ...one, labels: new CountedLabels(one.labels, work) };
  });
  const fetch = (need: Need): Promise<Answer> => {
    work.asked.push(needKey(need));
    return Promise.resolve({ answer: 'unknown', why: 'nobody knows' });
  };
  return { work, request, verdict: await decide(request, situation(nodes, { live: true }), fetch) };
}

/** Each part is looked at when facts are made, and where two objects are compared; some of them once more. */
const MAX_LOOKS = 5 * MAX_PARTS;
/** As many requirements as are compared, with each node, for both rules that may ask, before and after something was read. */
const MAX_COMPARED = 100 * NODES * 2 * 2;

async function expectBounded(asked: WorstRequest): Promise<void> {
  const { work, request, verdict } = await workOf(asked);
  expect(work.looks).toBeLessThan(MAX_LOOKS);
  expect(work.comparisons).toBeLessThan(MAX_COMPARED);
  expect(work.asked.length).toBeLessThan(70);
  expect(work.asked.join('').length).toBeLessThan(100_000);
  expect(JSON.stringify(verdict).length).toBeLessThan(20_000);
  const running = [request.object, request.oldObject].flatMap((object) =>
    object === undefined ? [] : new Inspection(object).running,
  );
  expect(running.flatMap(({ words }) => words).length).toBeLessThanOrEqual(2 * MAX_WORDS);
  expect(running.flatMap(({ invocations }) => invocations).length).toBeLessThanOrEqual(2 * MAX_PROGRAMS);
}

describe('what is done for one object is bounded', () => {
  test.each(Object.entries(WORST))('%s', async (_what, make) => {
    await expectBounded(make());
  });

  test('and for any mixture of words', async () => {
    const word = fc.constantFrom(
      'sh',
      '-c',
      'env',
      'su',
      'xargs',
      'restic',
      'backup',
      '$(A)',
      'A=b',
      '`a`',
      '|',
      '<<a\n',
      '"',
    );
    const words = fc.tuple(fc.array(word, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 20_000 }));
    const container = fc.record({
      words,
      isScript: fc.boolean(),
      image: fc.constantFrom('x', 'restic', 'db-backup'),
      settings: fc.nat(5000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(container, { minLength: 1, maxLength: 3 }), async (containers) => {
        const spec = {
          containers: containers.map(({ words: [some, times], isScript, image, settings }) => {
            const all = Array.from({ length: times }, () => some).flat();
            const env = Array.from({ length: settings }, (_, index) => ({
              name: `BACKUP_${index}`,
              value: '$(A)$(A)',
            }));
            return { name: 'c', image, env, command: isScript ? ['sh', '-c', all.join(' ')] : all };
          }),
        };
        await expectBounded({
          operation: 'CREATE',
          object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec },
        });
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test('and for any mixture of where it may run', async () => {
    const many = fc.oneof(fc.nat(3), fc.integer({ min: 90, max: 110 }), fc.integer({ min: 1000, max: 3000 }));
    const times = <T>(count: number, make: (index: number) => T): T[] =>
      Array.from({ length: count }, (_, index) => make(index));
    const requirement = fc
      .record({
        key: fc.constantFrom(HOSTNAME, 'a'),
        operator: fc.constantFrom('In', 'Exists', 'Gt'),
        values: fc.nat(20),
      })
      .map(({ key, operator, values }) => ({ key, operator, values: times(values, (index) => `n${index}`) }));
    const term = fc
      .tuple(fc.array(requirement, { maxLength: 3 }), many)
      .map(([some, count]) => times(some.length === 0 ? 0 : count, (index) => some[index % some.length]))
      .map((matchExpressions) => ({ matchExpressions }));
    const company = fc.record({ namespaces: many, labelSelector: term, topologyKey: fc.constant(HOSTNAME) });
    const placement = fc.record({
      terms: fc.array(term, { maxLength: 4 }),
      company: fc.array(company, { maxLength: 3 }),
      tolerations: many,
      nodeSelector: many,
      isWork: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(placement, async ({ terms, company: beside, tolerations, nodeSelector, isWork }) => {
        const podAffinity = {
          [REQUIRED]: beside.map(({ namespaces, ...one }) => ({
            ...one,
            namespaces: times(namespaces, (index) => `ns${index}`),
          })),
        };
        const spec = {
          tolerations: times(tolerations, (index) => ({ key: `a${index}` })),
          nodeSelector: Object.fromEntries(times(nodeSelector, (index) => [`a${index}`, 'b'])),
        };
        const asked = placed({ ...nodeTerms(terms), podAffinity }, spec, isWork ? { k8upjob: 'true' } : {});
        // What is larger no API server takes.
        fc.pre(JSON.stringify(asked.object).length < MAX_REQUEST_BYTES);
        await expectBounded(asked);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

test('an object that is not read to its end is never passed for that', async () => {
  const env = Array.from({ length: MAX_PARTS }, () => ({ name: 'A', value: 'b' }));
  const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec });
  const hidden = pod({
    containers: [
      { name: 'c', image: 'x', env },
      { name: 'd', image: 'aquasec/kube-bench' },
    ],
    nodeName: 'n0',
  });
  for (const asked of [
    { operation: 'CREATE', object: hidden } as const,
    { operation: 'UPDATE', object: hidden, oldObject: pod({ containers: [] }) } as const,
  ]) {
    const { verdict } = await workOf(asked);
    expect(verdict).toMatchObject({
      decision: 'deny',
      findings: expect.arrayContaining([expect.objectContaining({ reason: 'Unread' })]) as unknown,
    });
  }
});
