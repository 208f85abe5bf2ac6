import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCommand, type CommandStart, type Signalling } from '../../../../plugin/command/child.ts';
import type { OutputSink } from '../../../../plugin/command/output.ts';
import { SignalRelay } from '../../../../plugin/command/signals.ts';
import { isAlive } from '../../../control-plane/bound-process.ts';

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

const signalling: Signalling = { kill: process.kill.bind(process), killAfterMs: 300 };

function start(script: string, more: Partial<CommandStart> = {}, by = signalling) {
  const [sink, signals] = [new HeardSink(), new EventEmitter()];
  const told: string[] = [];
  const tell = (text: string) => void told.push(text);
  const command = { program: 'sh', args: ['-c', script] };
  const given = { command, env: process.env, stdin: 'ignore', onTerminal: false, timeoutMs: 0, ...more } as const;
  return { sink, signals, told, ended: runCommand(given, { sink, relay: new SignalRelay(signals), tell }, by) };
}

/** The process that said so of itself. */
function pidIn({ text }: HeardSink): number {
  return Number(/below (\d+)/.exec(text)?.[1]);
}

const ALL_ENDED = { left: [], refused: [] };

describe('a command', () => {
  test('ends with its code, and nobody listens to signals any more', async () => {
    const { sink, signals, ended } = start('echo out; echo err >&2; exit 7');
    expect(await ended).toEqual({ code: 7, signal: null, timedOut: false, ...ALL_ENDED });
    expect([sink.text.includes('out'), sink.text.includes('err'), sink.isEnded]).toEqual([true, true, true]);
    expect(signals.eventNames()).toEqual([]);
  });

  test('that leaves something in the background does not keep us', async () => {
    const { sink, ended } = start('sleep 30 & echo "below $!"');
    expect(await ended).toMatchObject({ code: 0, ...ALL_ENDED });
    process.kill(pidIn(sink));
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
});

/** What a command runs: it says who it is, heeds no signal of these, and goes on for long. */
const below = (heedless = '') => `sh -c 'trap "" ${heedless}; echo "below $$"; exec sleep 300'`;

describe.each([true, false])('on a terminal: %s: all that a command has started ends', (onTerminal) => {
  test('when its time is over, by force where it must be', async () => {
    const { sink, ended } = start(`${below('TERM')}; true`, { onTerminal, timeoutMs: 1000 });
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', timedOut: true, ...ALL_ENDED });
    expect(isAlive(pidIn(sink))).toBe(false);
  });

  test('with SIGTERM', async () => {
    const { sink, signals, ended } = start(`${below('INT')}; true`, { onTerminal });
    await sink.hears('below');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', timedOut: false, ...ALL_ENDED });
    expect(isAlive(pidIn(sink))).toBe(false);
  });

  test('with the second signal', async () => {
    const { sink, signals, ended } = start(`trap : INT; ${below('INT TERM')}; true`, { onTerminal });
    await sink.hears('below');
    signals.emit('SIGINT', 'SIGINT');
    signals.emit('SIGINT', 'SIGINT');
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL', timedOut: false, ...ALL_ENDED });
    expect(isAlive(pidIn(sink))).toBe(false);
  });

  test('but what does not heed a signal that was passed on is left to itself, and named', async () => {
    const { sink, signals, ended } = start(`${below('TERM')}; true`, { onTerminal });
    await sink.hears('below');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM', left: [pidIn(sink)], refused: [] });
    process.kill(pidIn(sink), 'SIGKILL');
  });
});

describe('where ps does not help, the command itself ends all the same', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-ps-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  test.each<[string, string | undefined, readonly string[]]>([
    ['is missing', undefined, [expect.stringMatching(/^cannot be seen with what it has started, .*ps/) as string]],
    ['hides it', '#!/bin/sh\n', []],
  ])('it %s', async (_, ps, expected) => {
    if (ps !== undefined) await writeFile(join(folder, 'ps'), ps, { mode: 0o755 });
    const { sink, signals, told, ended } = start(`echo begun; exec sleep 300`, {
      onTerminal: true,
      env: { ...process.env },
    });
    vi.stubEnv('PATH', folder);
    await sink.hears('begun');
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM', ...ALL_ENDED });
    expect(told).toEqual(expected);
  });
});

describe('who may not be signalled', () => {
  /** As for a program that runs as another user. */
  const refusing = (isOfOthers: (pid: number) => boolean): Signalling => ({
    ...signalling,
    kill: (pid, signal) => {
      if (isOfOthers(Math.abs(pid))) throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
      process.kill(pid, signal);
    },
  });

  test('runs on: that is told at once, and it is not waited for without end', async () => {
    const { sink, told, ended } = start(
      `echo "below $$"; exec sleep 300`,
      { timeoutMs: 500 },
      refusing(() => true),
    );
    const end = await ended;
    const pid = pidIn(sink);
    expect(end).toEqual({ code: null, signal: null, timedOut: true, left: [pid], refused: [pid] });
    expect(told).toEqual([
      `runs on: no permission to send SIGTERM to process ${pid}`,
      `runs on: no permission to send SIGKILL to process ${pid}`,
    ]);
    process.kill(pid, 'SIGKILL');
  });

  test('is named, where the command itself has ended', async () => {
    const sinks: HeardSink[] = [];
    const by = refusing((pid) => sinks.some((sink) => pid === pidIn(sink)));
    const { sink, ended } = start(`${below()}; true`, { onTerminal: true, timeoutMs: 1000 }, by);
    sinks.push(sink);
    const end = await ended;
    const pid = pidIn(sink);
    expect(end).toEqual({ code: null, signal: 'SIGTERM', timedOut: true, left: [pid], refused: [pid] });
    process.kill(pid, 'SIGKILL');
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
