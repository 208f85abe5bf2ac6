import { beforeEach, describe, expect, test } from 'vitest';
import { MaintError, nodePath } from '../../../../../shared/index.ts';
import { snapshotFromObject } from '../../../../../plugin/nodes/snapshot.ts';
import type { CarriedOut } from '../../../../../plugin/verbs/run/carrier.ts';
import { proveReboot, refuseBootless, watchForDown } from '../../../../../plugin/verbs/run/reboot.ts';
import { settle, toldSession } from '../../world.ts';

const BOOTING = { name: 'n1', before: 'one', timeoutMs: 60_000 };
const WELL: CarriedOut = { code: 0, isWell: true, mayBeDown: false, words: 'ended well' };
const SIGNALLED: CarriedOut = { code: 143, isWell: false, mayBeDown: true, words: 'exited with code 143 (SIGTERM)' };
const FAILED: CarriedOut = { code: 100, isWell: false, mayBeDown: false, words: 'exited with code 100' };

let told: ReturnType<typeof toldSession>;
let interrupt: AbortController;
beforeEach(() => {
  interrupt = new AbortController();
  told = toldSession(interrupt.signal);
  reports('one');
});

/** What the node's kubelet reports, or the node controller in its place. */
function reports(bootID: string, ready: 'True' | 'Unknown' = 'True'): void {
  const status = { nodeInfo: { bootID }, conditions: [{ type: 'Ready', status: ready }] };
  told.cluster.objects.set(nodePath('n1'), { metadata: { name: 'n1' }, status });
}

describe('after a command', () => {
  test('a new boot id proves the reboot, and what is left of the time is for health', async () => {
    const proved = proveReboot(SIGNALLED, BOOTING, told.session);
    await settle();
    reports('one', 'Unknown');
    for (let second = 0; second < 20; second += 1) await told.clock.pass(1000);
    reports('two');
    await told.clock.pass(1000);
    expect(await proved).toBe(39_000);
    expect(told.screen.notes).toEqual([
      'node/n1 waits for its reboot: it is Ready, with the same boot id',
      'node/n1 has rebooted: its boot id is another one after 21s',
    ]);
  });

  test.each<[string, CarriedOut, 'True' | 'Unknown', string]>([
    ['lies', WELL, 'True', 'the command ended well, but it has not rebooted within 60s: its boot id is one still'],
    [
      'does not come back',
      SIGNALLED,
      'Unknown',
      'the command exited with code 143 (SIGTERM), but it has not come back within 60s',
    ],
  ])('a node that %s is given up', async (_, end, ready, message) => {
    reports('one', ready);
    const proved = proveReboot(end, BOOTING, told.session);
    const failed = expect(proved).rejects.toMatchObject({ code: 'gave-up', message });
    for (let second = 0; second < 61; second += 1) await told.clock.pass(1000);
    await failed;
  });

  test('a command that has failed by itself is not waited for, unless its node has rebooted all the same', async () => {
    await expect(proveReboot(FAILED, BOOTING, told.session)).rejects.toMatchObject({
      message: 'the command exited with code 100',
    });
    reports('two');
    expect(await proveReboot(FAILED, BOOTING, told.session)).toBe(60_000);
  });

  test('an API server that is on the node is waited for, and an interruption ends the wait', async () => {
    const { cluster, clock, session, screen } = told;
    const down = new MaintError('cluster', 'connection refused');
    const get = cluster.get.bind(cluster);
    cluster.get = () => Promise.reject(down);
    const proved = proveReboot(WELL, { ...BOOTING, timeoutMs: 0 }, session);
    await clock.pass(1000);
    expect(screen.notes).toEqual(['node/n1 waits for its reboot: the API server does not answer (connection refused)']);
    cluster.get = get;
    reports('two');
    await clock.pass(1000);
    expect(await proved).toBe(0);
    reports('one');
    const waits = proveReboot(WELL, BOOTING, session);
    await settle();
    interrupt.abort();
    await expect(waits).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('while a command runs', () => {
  const watch = () => {
    const [over, seen] = [new AbortController(), { down: false }];
    const ended = watchForDown(BOOTING, told.session, {
      signal: over.signal,
      down: () => {
        seen.down = true;
      },
    });
    return { over, seen, ended };
  };

  test('a new boot id ends it: nothing runs there any more', async () => {
    const { seen, ended } = watch();
    await told.clock.pass(1000);
    expect(seen.down).toBe(false);
    reports('two');
    await told.clock.pass(1000);
    await ended;
    expect(seen.down).toBe(true);
  });

  test('a node that is not heard is waited for, for as long as it may take to come back', async () => {
    const { seen, ended } = watch();
    reports('one', 'Unknown');
    for (let second = 0; second < 59; second += 1) await told.clock.pass(1000);
    reports('one');
    await told.clock.pass(1000);
    reports('one', 'Unknown');
    for (let second = 0; second < 59; second += 1) await told.clock.pass(1000);
    expect(seen.down).toBe(false);
    await told.clock.pass(1000);
    await ended;
    expect(seen.down).toBe(true);
  });

  test('it ends with the command', async () => {
    const { over, seen, ended } = watch();
    await settle();
    over.abort();
    await ended;
    expect(seen.down).toBe(false);
  });
});

test('a node that reports no boot id is refused', () => {
  const node = (bootID: string) => snapshotFromObject({ metadata: { name: 'n1' }, status: { nodeInfo: { bootID } } });
  const nodes = [node('one'), node('')].filter((one) => one !== undefined);
  expect(() => {
    refuseBootless(nodes);
  }).toThrow('--reboot: no boot id is reported for n1, so that no reboot can be proved');
});
