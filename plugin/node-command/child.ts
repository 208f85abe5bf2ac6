import { spawn, type ChildProcess } from 'node:child_process';
import { MaintError, messageOf } from '../../shared/index.ts';
import type { NodeCommand } from '../operation.ts';
import type { Environment } from './environment.ts';
import type { OutputSink } from './output.ts';
import type { SignalRelay } from './signals.ts';

/** After SIGTERM, until SIGKILL, in ms: as long as a container gets at least in most clusters. */
const KILL_AFTER_MS = 10_000;
/** How long the streams of a command that has ended are read on, in ms: what it left in the background may keep them open for ever. */
const LINGER_MS = 1000;

/** How a command is started. */
export interface CommandStart {
  readonly command: NodeCommand;
  readonly env: Environment;
  readonly stdin: 'inherit' | 'ignore';
  /**
   * On a terminal the command is in our process group, which gets Ctrl-C as a whole, and may ask for a password there.
   * Elsewhere it has a group of its own, so that all of it gets the signals that we pass on.
   */
  readonly onTerminal: boolean;
  /** Milliseconds; 0 = no limit. */
  readonly timeoutMs: number;
}

/** How a command ended: an exit code, or the signal that ended it. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
}

/**
 * Runs a command to its end. Signals that we get are passed on to it; the second one kills it. Throws
 * MaintError('gave-up') where it cannot be started.
 */
export async function runCommand(start: CommandStart, sink: OutputSink, relay: SignalRelay): Promise<CommandEnd> {
  const child = spawned(start);
  child.stdout?.on('data', (bytes: Buffer) => {
    sink.write('stdout', bytes);
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    sink.write('stderr', bytes);
  });
  const stopRelay = relay.add(passOn(child, start));
  const limit = limitTime(child, start);
  try {
    const end = await ended(child, start.command.program);
    return { ...end, timedOut: limit.isOver() };
  } finally {
    limit.end();
    stopRelay();
    await streamsEnded(child);
    sink.end();
  }
}

function spawned({ command: { program, args }, env, stdin, onTerminal }: CommandStart): ChildProcess {
  try {
    return spawn(program, args, {
      env: { ...env },
      stdio: [stdin, 'pipe', 'pipe'],
      detached: !onTerminal && process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (thrown) {
    throw notStarted(program, thrown);
  }
}

function notStarted(program: string, thrown: unknown): MaintError {
  return new MaintError('gave-up', `the command "${program}" could not be started: ${messageOf(thrown)}`);
}

/** A terminal has told the command already, except of SIGTERM, which it never sends. */
function passOn(child: ChildProcess, start: CommandStart): (signal: NodeJS.Signals) => void {
  let isTold = false;
  return (signal) => {
    if (isTold) send(child, 'SIGKILL', start);
    else if (!start.onTerminal || signal === 'SIGTERM') send(child, signal, start);
    isTold = true;
  };
}

function limitTime(child: ChildProcess, start: CommandStart): { isOver(): boolean; end(): void } {
  let isOver = false;
  const timers: NodeJS.Timeout[] = [];
  if (start.timeoutMs > 0) {
    const stop = (): void => {
      isOver = true;
      send(child, 'SIGTERM', start);
      timers.push(setTimeout(send, KILL_AFTER_MS, child, 'SIGKILL', start));
    };
    timers.push(setTimeout(stop, start.timeoutMs));
  }
  return {
    isOver: () => isOver,
    end: () => {
      timers.forEach(clearTimeout);
    },
  };
}

function send(child: ChildProcess, signal: NodeJS.Signals, { onTerminal }: CommandStart): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (onTerminal || process.platform === 'win32') child.kill(signal);
    else process.kill(-pid, signal);
  } catch {
    // It ended between our look and our signal, which is what we wanted.
  }
}

function ended(child: ChildProcess, program: string): Promise<Omit<CommandEnd, 'timedOut'>> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
    // Later it tells of a signal that was not allowed (a command under sudo): it runs on.
    child.on('error', (error) => {
      if (child.pid === undefined) reject(notStarted(program, error));
    });
  });
}

async function streamsEnded(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream?.closed === false);
  const closed = streams.map((stream) => new Promise((resolve) => stream?.once('close', resolve)));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, LINGER_MS)));
  await Promise.race([Promise.all(closed), late]);
  clearTimeout(timer);
  for (const stream of streams) stream?.destroy();
}
