import { expect, test } from 'vitest';
import type { OnOperation } from '../../../../plugin/verbs/on/flags.ts';
import { dryRunOn } from '../../../../plugin/verbs/on/dry-run.ts';
import { newRun } from '../../../../plugin/verbs/on/on-run.ts';
import { viewOnce } from '../../../../plugin/preflight/cluster-view.ts';
import { parse } from '../../../support/parsed.ts';
import { at, budgetFromObject, RECORD_ANNOTATION, STATE_LABEL, type Claim } from '../../../../shared/index.ts';
import { EMPTY_SURVEY } from '../preflight/empty-survey.ts';
import { answer, budgetObject, nodeSnapshot, podFacts, toldSession } from '../world.ts';

const SINCE = '2026-01-05T22:10:00Z';
const ana: Claim = { owner: 'ana', mode: 'drain', since: SINCE };
const ben: Claim = { owner: 'ben', mode: 'cordon', since: SINCE };

async function onWith(line: string): Promise<OnOperation> {
  const operation = await parse(['on', ...line.split(' ')]);
  if (operation.verb !== 'on') throw new Error(`not understood: ${line}`);
  return operation;
}

test('what the API server judges in a dry run is the mark that would be made: it ends nobody’s drain', async () => {
  const { session, cluster } = toldSession();
  const record = { version: 1, claims: [ana], before: { cordoned: false }, exceptions: [], initiatedAt: SINCE };
  const annotations = { [RECORD_ANNOTATION]: JSON.stringify(record) };
  const node = nodeSnapshot('n1', { annotations, labels: { [STATE_LABEL]: 'initiated' } });
  cluster.say = () => answer(200, node.raw);
  const run = newRun([node], {
    operation: await onWith('n1 --mode=cordon --dry-run=server'),
    claim: ben,
    refusesSameOwner: false,
    session,
    report: { tell: () => undefined },
    view: viewOnce(session),
  });
  const code = await dryRunOn([{ node }], EMPTY_SURVEY, run);
  expect(code).toBe(0);
  expect(cluster.requests.map(({ query }) => query?.['dryRun'])).toEqual(['All']);
  expect(at(cluster.requests[0]?.body, 'metadata', 'labels', STATE_LABEL)).toBe('initiated');
});

test.each([
  [
    'a disruption for each: all go',
    { allowed: 2, healthy: 3 },
    [true, true],
    { told: ['evicted a', 'evicted b', 'drained'], ended: 0 },
  ],
  [
    'one disruption: the second waits',
    { allowed: 1, healthy: 2 },
    [true, true],
    { told: ['evicted a', 'waiting b'], ended: 5 },
  ],
  [
    'not Ready, and short of healthy pods: it waits',
    { allowed: 0, healthy: 0 },
    [false],
    { told: ['waiting a'], ended: 5 },
  ],
  [
    'not Ready beside enough that are: it goes',
    { allowed: 0, healthy: 1 },
    [false],
    { told: ['evicted a', 'drained'], ended: 0 },
  ],
])('a client dry run says what would go at once: %s', async (_what, shape, ready, expected) => {
  const { session } = toldSession();
  const budget = budgetFromObject(budgetObject('web', shape));
  const evict = ready.map((isReady, index) => podFacts(index === 0 ? 'a' : 'b', { ready: isReady }));
  const plan = { node: 'n1', evict, waitFor: [], leave: [], refused: [], warnings: [], refusals: [] };
  const told: string[] = [];
  const pods = {
    first: Promise.resolve([]),
    has: () => false,
    all: () => [],
    get: () => undefined,
    changed: () => Promise.resolve(),
  };
  const node = nodeSnapshot('n1');
  const run = newRun([node], {
    operation: await onWith('n1 --dry-run=client'),
    claim: ana,
    refusesSameOwner: false,
    session,
    report: {
      tell: (event) => {
        if (event.type === 'drained') told.push('drained');
        if (event.type === 'evicted' || event.type === 'waiting') told.push(`${event.type} ${event.pod.name}`);
      },
    },
    view: viewOnce(session),
  });
  const target = { node, plan, pods: { follow: () => pods, end: () => undefined } };
  const ended = await dryRunOn([target], { ...EMPTY_SURVEY, budgetsOf: () => [budget] }, run);
  expect({ told, ended }).toEqual(expected);
});
