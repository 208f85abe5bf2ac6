import { describe, expect, test } from 'vitest';
import { systemClock, timestamp } from '../../../../plugin/session/clock.ts';
import { EXIT_OF } from '../../../../plugin/terminal/exit-codes.ts';
import { run } from '../../../../plugin/command-line/run.ts';
import { COMMANDS } from '../../../../plugin/verbs.ts';
import { scriptedServer } from '../../cluster/scripted-server.ts';
import { HeardScreen, START } from '../world.ts';

async function ran(...argv: string[]) {
  const screen = new HeardScreen();
  const code = await run({
    argv,
    screen,
    signal: new AbortController().signal,
    version: '1.2.3',
    commands: COMMANDS,
  });
  return { code, screen };
}

describe('a run', () => {
  test('prints what was asked for', async () => {
    const { code, screen } = await ran('version', '--client');
    expect([code, screen.results]).toEqual([0, ['Client Version: 1.2.3']]);
  });

  test('a usage error is exit 2: one line of error, one of hint', async () => {
    const { code, screen } = await ran('on');
    expect([code, screen.results]).toEqual([2, []]);
    expect(screen.notes).toEqual(['error: no node is named', 'hint: kubectl maint on NODE..., or -l SELECTOR']);
  });

  test('an interruption before anything was done is exit 130', async () => {
    const screen = new HeardScreen();
    const argv = ['status', '--server', 'http://127.0.0.1:1', '--kubeconfig', '/dev/null'];
    expect(await run({ argv, screen, signal: AbortSignal.abort(), version: '1', commands: COMMANDS })).toBe(130);
  });

  test.each([
    [['status'], 'interrupted'],
    [
      ['allow', 'n1', '--revoke', '--rules=scan'],
      'interrupted; what was changed until then, if anything: kubectl maint status',
    ],
  ])('an interruption that nobody foresaw claims nothing about what was changed: %j', async (verb, said) => {
    const interrupt = new AbortController();
    const server = await scriptedServer(() => {
      interrupt.abort(new Error('interrupted by SIGINT'));
    });
    const screen = new HeardScreen();
    const argv = [...verb, '--server', server.url, '--kubeconfig', '/dev/null'];
    expect(await run({ argv, screen, signal: interrupt.signal, version: '1', commands: COMMANDS })).toBe(130);
    await server.close();
    expect(screen.notes).toEqual([said]);
  });

  test('every kind of failure has its exit code', () => {
    expect(EXIT_OF).toEqual({ usage: 2, denied: 3, cluster: 4, 'gave-up': 5, interrupted: 130 });
  });
});

describe('the clock', () => {
  test('sleeps until the time is over, or the signal aborts, before or meanwhile', async () => {
    await systemClock.sleep(1, new AbortController().signal);
    await systemClock.sleep(60_000, AbortSignal.abort());
    const stop = new AbortController();
    const asleep = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await asleep;
  });

  test('writes moments as Kubernetes does', () => {
    expect(timestamp(START + 999)).toBe('2026-01-05T22:10:00Z');
  });
});
