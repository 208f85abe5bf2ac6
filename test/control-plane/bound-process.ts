import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';

/**
 * Runs as the first instruction of every child. A watcher waits on file descriptor 3, a pipe whose other end only we
 * hold: the kernel closes it however we die (exit, crash, Ctrl-C, kill -9), and then the watcher kills the child's whole
 * process group, itself included. A line on the pipe instead of its end says that the child is gone already, so that a
 * reused process id is never hit. `exec` makes the child's id the one we were given. Plain POSIX sh: Linux and macOS.
 */
const WATCHED = `
( if read -r _ <&3; then exit 0; fi; kill -s KILL -- -$$ ) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** How a child ended: an exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Where a child works and what it is given. Streams as in `node:child_process`; the default is none. */
export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly streams?: readonly [
    stdin: 'ignore' | 'pipe',
    stdout: number | 'ignore' | 'pipe',
    stderr: number | 'ignore' | 'pipe',
  ];
}

/** A child process that cannot outlive this one. */
export interface BoundProcess {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves when the child has ended; never rejects. */
  readonly ended: Promise<Exit>;
  /** True until the child has ended. */
  isRunning(): boolean;
  /** Asks the child to end with this signal (default: SIGKILL to its whole process group) and waits until it has. */
  end(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Starts a program that dies with this process, in a process group of its own so that Ctrl-C reaches only us. */
export function spawnBound(program: string, args: readonly string[], options: SpawnOptions = {}): BoundProcess {
  const stdio: StdioOptions = [...(options.streams ?? ['ignore', 'ignore', 'ignore']), 'pipe'];
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', program, ...args], {
    stdio,
    detached: true,
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${program}: no /bin/sh`);
  const watcher = child.stdio[3];
  let running = true;
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      if (watcher instanceof Writable) watcher.end('ended\n');
      resolve({ code, signal });
    });
  });
  // The watcher may be gone before our line arrives (it dies with the process group): nothing is lost then.
  watcher?.on('error', () => undefined);
  return {
    pid,
    process: child,
    ended,
    isRunning: () => running,
    end: (signal) => {
      if (running) signalQuietly(signal === undefined ? -pid : pid, signal ?? 'SIGKILL');
      return ended;
    },
  };
}

/**
 * True while a process with this id runs, whoever owns it. One that has ended but that its parent has not asked about yet
 * (in a container whose first process never does, for ever) does not count, where /proc can tell.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** /proc/PID/stat is `PID (name) STATE …`; the name may contain anything, parentheses too. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 1)
      .trimStart()
      .startsWith('Z');
  } catch {
    return false;
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between our look and our signal, which is what we wanted.
  }
}
