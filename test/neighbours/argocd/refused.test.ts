/** What becomes of a sync of Argo CD that our webhook refuses: `rules.addon.change: deny` while a node is held. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daemonSet, DENYING, HeldNode } from '../held-node.ts';
import { isLacking } from '../process.ts';
import { ArgoCd, AUTOMATED, isIn } from './stage.ts';

/** How often each is tried: without end, or so often. What Argo CD does where nothing is told takes it five minutes. */
const LIMITS = { endless: -1, twice: 2 };
const NAMES = Object.keys(LIMITS);
const BACKOFF = { duration: '1s', maxDuration: '2s' };

describe.skipIf(isLacking('argocd'))('a change that is refused', () => {
  let node: HeldNode;
  let argo: ArgoCd;

  beforeAll(async () => {
    node = await HeldNode.start(DENYING);
    argo = await ArgoCd.start(node.plane);
    for (const [name, limit] of Object.entries(LIMITS)) {
      await argo.commit(name, daemonSet(name, 1));
      await argo.apply(name, { syncPolicy: { ...AUTOMATED, retry: { limit, backoff: BACKOFF } } });
    }
    for (const name of NAMES) await argo.comesTo(name, 'healthy', isIn('Synced', 'Healthy'));
    await node.on();
    for (const name of NAMES) await argo.commit(name, daemonSet(name, 2));
  });

  afterAll(async () => {
    await argo.end();
    await node.end();
  });

  test('is tried without end where told so', async () => {
    const told = await argo.comesTo('endless', 'tried', ({ message = '' }) => message.includes('Retrying attempt #3'));
    expect(told).toMatchObject({ phase: 'Running', sync: 'OutOfSync' });
  });

  test('is tried as often as told, and then no more', async () => {
    const told = await argo.comesTo('twice', 'given up', ({ phase }) => phase === 'Failed');
    expect(told.message).toMatch(/Node held: in maintenance .* \(retried 2 times\)/s);
  });

  test('after off is made where it is tried still, and where it was given up when somebody asks for it', async () => {
    await node.off();
    await argo.comesTo('endless', 'healthy', isIn('Synced', 'Healthy'));
    await node.comesToRun('endless', '2', '2');
    await argo.refresh('twice');
    const told = await argo.comesTo('twice', 'let be', ({ conditions }) => 'SyncError' in conditions);
    expect(told).toMatchObject({ sync: 'OutOfSync', phase: 'Failed' });
    expect(told.conditions['SyncError']).toMatch(/^Failed last sync attempt/);
    await argo.sync('twice');
    await argo.comesTo('twice', 'healthy', isIn('Synced', 'Healthy'));
    await node.comesToRun('twice', '2', '2');
  });
});
