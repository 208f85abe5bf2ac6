import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { runCommand, type CommandStart } from '../../../../plugin/node-command/child.ts';
import type { OutputSink } from '../../../../plugin/node-command/output.ts';
import { SignalRelay } from '../../../../plugin/node-command/signals.ts';

/** Keeps what a command writes, and lets somebody wait for a word. */
class HeardSink implements OutputSink {
  text = '';
  isEnded = false;
  readonly #source = new EventEmitter();

  write(_: string, bytes: Buffer): void {
    this.text += bytes.toString();
    this.#source.emit('text');
  }

  isQuiet(): boolean {
    return false;
  }

  end(): void {
    this.isEnded = true;
  }

  async hears(word: string): Promise<void> {
    while (!this.text.includes(word)) await new Promise((resolve) => this.#source.once('text', resolve));
  }
}

function start(script: string, more: Partial<CommandStart> = {}) {
  const [sink, signals] = [new HeardSink(), new EventEmitter()];
  const command = { program: 'sh', args: ['-c', script] };
  const given = { command, env: process.env, stdin: 'ignore', onTerminal: false, timeoutMs: 0, ...more } as const;
  return { sink, signals, ended: runCommand(given, sink, new SignalRelay(signals)) };
}

describe('a command', () => {
  test('ends with its code, and nobody listens to signals any more', async () => {
    const { sink, signals, ended } = start('echo out; echo err >&2; exit 7');
    expect(await ended).toEqual({ code: 7, signal: null, timedOut: false });
    expect([sink.text.includes('out'), sink.text.includes('err'), sink.isEnded]).toEqual([true, true, true]);
    expect(signals.eventNames()).toEqual([]);
  });

  test('that leaves something in the background does not keep us', async () => {
    const { sink, ended } = start('sleep 30 & echo "left $!"');
    expect(await ended).toMatchObject({ code: 0 });
    process.kill(Number(/left (\d+)/.exec(sink.text)?.[1]));
  });

  test('that cannot be started is a failure of the node', async () => {
    const { ended } = start('', { command: { program: '/nowhere', args: [] } });
    await expect(ended).rejects.toMatchObject({
      code: 'gave-up',
      message: expect.stringContaining('"/nowhere"') as string,
    });
    const { ended: refused } = start('', { command: { program: 'a\0b', args: [] } });
    await expect(refused).rejects.toMatchObject({ code: 'gave-up' });
  });

  test('is stopped when its time is over, with all that it has started', async () => {
    const { ended } = start('sleep 30; true', { timeoutMs: 50 });
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', timedOut: true });
  });
});

describe('a signal', () => {
  const HEEDLESS = 'trap "echo heard" INT; echo begun; while :; do sleep 0.1; done';

  test('is passed on, and the second one kills', async () => {
    const { sink, signals, ended } = start(HEEDLESS);
    await sink.hears('begun');
    signals.emit('SIGINT', 'SIGINT');
    await sink.hears('heard');
    signals.emit('SIGINT', 'SIGINT');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  });

  test('of a terminal has reached the command already, but SIGTERM has not', async () => {
    const { sink, signals, ended } = start('trap "echo heard" INT; echo begun; exec sleep 30', { onTerminal: true });
    await sink.hears('begun');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
    const other = start(HEEDLESS, { onTerminal: true });
    await other.sink.hears('begun');
    other.signals.emit('SIGINT', 'SIGINT');
    other.signals.emit('SIGINT', 'SIGINT');
    expect(await other.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(other.sink.text).not.toContain('heard');
  });
});
