import type { ChildProcess } from 'node:child_process';
import spawn from 'cross-spawn';
import { MaintError, messageOf } from '../../shared/index.ts';
import type { Environment } from './environment.ts';
import { Ending, KILL_AFTER_MS } from './ending.ts';
import type { CommandEnd } from './outcome.ts';
import type { OutputSink } from './output.ts';
import { readProcesses } from './processes.ts';
import type { SignalRelay } from './signals.ts';
import { CommandTree, type Kill } from './tree.ts';

/** A program and its arguments, without a shell. */
export interface NodeCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** `program` is a whole command line for this system's shell. */
  readonly isShellLine?: true;
}

/** How long the streams of a command that has ended are read on, in ms: what it left in the background may keep them open for ever. */
const LINGER_MS = 1000;

/** Whom a command has to do with while it runs. */
export interface CommandPorts {
  readonly sink: OutputSink;
  readonly relay: Pick<SignalRelay, 'add'>;
  /** Hears what somebody should know of the command meanwhile, as the rest of a sentence about it. */
  readonly tell: (text: string) => void;
}

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

/** How a command is signalled. */
export interface Signalling {
  readonly kill: Kill;
  readonly killAfterMs: number;
}

const SIGNALLING: Signalling = {
  kill: (pid, signal) => {
    process.kill(pid, signal);
  },
  killAfterMs: KILL_AFTER_MS,
};

/**
 * Runs a command to its end. Signals that we get are passed on to all of it; the second one kills it. Throws
 * MaintError('gave-up') where it cannot be started.
 */
export async function runCommand(
  start: CommandStart,
  { sink, relay, tell }: CommandPorts,
  { kill, killAfterMs }: Signalling = SIGNALLING,
): Promise<CommandEnd> {
  const child = spawned(start);
  child.stdout?.on('data', (bytes: Buffer) => {
    sink.write('stdout', bytes);
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    sink.write('stderr', bytes);
  });
  const blind = (why: string): void => {
    tell(`cannot be seen with what it has started, which may run on when it is stopped: ${why}`);
  };
  const tree = new CommandTree(child, leadsGroup(start), { kill, blind, read: readProcesses });
  const ending = new Ending(tree, { ...start, killAfterMs, tell });
  const stopRelay = relay.add(ending.hear);
  try {
    const end = await Promise.race([ended(child, start.command.program), ending.givenUp]);
    const left = await ending.rest();
    return { ...end, timedOut: ending.isTimedOut, left, refused: left.length === 0 ? [] : tree.refused() };
  } finally {
    ending.end();
    stopRelay();
    await streamsEnded(child);
    sink.end();
    // What is given up does not keep us.
    child.unref();
  }
}

function leadsGroup({ onTerminal }: CommandStart): boolean {
  return !onTerminal && process.platform !== 'win32';
}

function spawned(start: CommandStart): ChildProcess {
  const { program, args, isShellLine = false } = start.command;
  try {
    return spawn(program, args, {
      shell: isShellLine,
      env: { ...start.env },
      stdio: [start.stdin, 'pipe', 'pipe'],
      detached: leadsGroup(start),
      windowsHide: true,
    });
  } catch (thrown) {
    throw notStarted(program, thrown);
  }
}

function notStarted(program: string, thrown: unknown): MaintError {
  return new MaintError('gave-up', `the command "${program}" could not be started: ${messageOf(thrown)}`);
}

function ended(child: ChildProcess, program: string): Promise<Pick<CommandEnd, 'code' | 'signal'>> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
    child.on('error', (error) => {
      reject(notStarted(program, error));
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
