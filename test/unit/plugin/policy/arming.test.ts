import { expect, test } from 'vitest';
import { awaitArming } from '../../../../plugin/policy/arming.ts';
import { ARMED_ENTRIES, ClusterRefusal, entryName, webhookConfigurationPath } from '../../../../shared/index.ts';
import { settle, toldSession } from '../world.ts';

const PATH = webhookConfigurationPath('kubectl-maint');
const GUARD = { name: 'node-guard.kubectl-maint.io' };
const ON_DEMAND = ARMED_ENTRIES.map((entry) => ({ name: entryName(entry) }));
const ARMED = { webhooks: [...ON_DEMAND, GUARD] };
/** One of them fails closed, and is always there. */
const NOT_YET = { webhooks: [...ON_DEMAND.slice(1), GUARD] };

/** Waiting under way, in a world where only the test makes time pass. */
async function begin(registration: object | undefined) {
  const { cluster, clock, session } = toldSession();
  cluster.objects.set(PATH, registration);
  let result: boolean | 'undefined' | 'waits' = 'waits';
  void awaitArming(cluster, clock, session.signal).then((isArmed) => {
    result = isArmed ?? 'undefined';
  });
  await settle();
  return { cluster, clock, result: () => result };
}

test.each([
  ['armed', ARMED, true],
  [
    'armed but for some objects only',
    { webhooks: ARMED.webhooks.map((entry) => ({ ...entry, objectSelector: { matchLabels: { a: 'b' } } })) },
    'waits',
  ],
  ['not installed', undefined, 'undefined'],
])('%s: known at once', async (_what, registration, expected) => {
  expect((await begin(registration)).result()).toBe(expected);
});

test('armed a moment later', async () => {
  const waiting = await begin(NOT_YET);
  expect(waiting.result()).toBe('waits');
  waiting.cluster.objects.set(PATH, ARMED);
  await waiting.clock.pass(200);
  expect(waiting.result()).toBe(true);
});

test('never armed: given up after five seconds', async () => {
  const waiting = await begin(NOT_YET);
  for (let time = 0; time < 24; time += 1) await waiting.clock.pass(200);
  expect(waiting.result()).toBe('waits');
  await waiting.clock.pass(200);
  expect(waiting.result()).toBe(false);
});

test('whoever may not read it is told nothing', async () => {
  const { cluster, clock, session } = toldSession();
  cluster.get = () =>
    Promise.reject(new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'forbidden', body: {} }));
  expect(await awaitArming(cluster, clock, session.signal)).toBeUndefined();
});
