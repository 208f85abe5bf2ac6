import { execFile, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../shared/index.ts';
import { withAllBelow, type SeenProcess } from './processes.ts';

const run = promisify(execFile);

/** How long taskkill may take, in ms. */
const TASKKILL_MS = 5000;

/** Sends a signal to a process, or to a group (its id below zero); throws as process.kill does. */
export type Kill = (pid: number, signal: NodeJS.Signals | 0) => void;

/** The command itself. */
export type Leader = Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode'>;

/** What a tree needs. */
export interface TreePorts {
  readonly kill: Kill;
  /** All processes that run now. */
  readonly read: () => Promise<readonly SeenProcess[]>;
  /** Hears, once, that what the command has started cannot be seen. */
  readonly blind: (why: string) => void;
}

/**
 * A command with all that it has started: what is below it, and what was when somebody looked last, though its parent has
 * ended meanwhile. In a group of its own also whatever is in that. What has left all of them is not the command any more.
 * Looks and signals take their turns, in the order in which they were asked for.
 */
export class CommandTree {
  readonly #child: Leader;
  /** The command leads a group of its own. */
  readonly #leads: boolean;
  readonly #ports: TreePorts;
  #seen: readonly SeenProcess[] = [];
  #isBlind = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(child: Leader, leads: boolean, ports: TreePorts) {
    this.#child = child;
    this.#leads = leads;
    this.#ports = ports;
  }

  /** Ids of what runs of it now. */
  look(): Promise<readonly number[]> {
    return this.#inTurn(() => this.#look());
  }

  /** Signals what runs of it now: parents first, so that none begins the next thing when its child ends. */
  send(signal: NodeJS.Signals): Promise<void> {
    return this.#inTurn(() => this.#send(signal));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn;
    return turn;
  }

  async #look(): Promise<readonly number[]> {
    this.#seen = await this.#running();
    return this.#seen.map(({ pid }) => pid);
  }

  async #send(signal: NodeJS.Signals): Promise<void> {
    await this.#look();
    const { pid } = this.#child;
    if (pid === undefined || this.#seen.length === 0) return;
    if (process.platform === 'win32') {
      // There is no end but this one.
      await this.#taskkill(pid);
      return;
    }
    const [inGroup, others] = [
      this.#seen.filter((one) => this.#isInGroup(one)),
      this.#seen.filter((one) => !this.#isInGroup(one)),
    ];
    if (inGroup.length > 0) this.#try(-pid, signal);
    for (const one of others) this.#try(one.pid, signal);
  }

  /** Those of the seen that run on because we may not signal them: a command under sudo. */
  refused(): readonly number[] {
    return this.#seen.map(({ pid }) => pid).filter((pid) => this.#try(pid, 0) === 'EPERM');
  }

  /** What ps saw below the command counts, though the command may have ended before ps was read: its id is nobody's then. */
  async #running(): Promise<readonly SeenProcess[]> {
    const leader = this.#leader();
    const isRoot = (one: SeenProcess): boolean => one.pid === leader?.pid || this.#isInGroup(one) || this.#isSeen(one);
    const found = process.platform === 'win32' ? [] : withAllBelow(await this.#processes(), isRoot);
    if (this.#leader() === undefined) return found.filter(({ pid }) => pid !== leader?.pid);
    // Where a system hides what runs as others (Linux's hidepid), it may be missing.
    return leader === undefined || found.some(({ pid }) => pid === leader.pid) ? found : [leader, ...found];
  }

  /** The command itself, while it runs. */
  #leader(): SeenProcess | undefined {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return undefined;
    return { pid, parent: process.pid, group: this.#leads ? pid : 0 };
  }

  async #processes(): Promise<readonly SeenProcess[]> {
    try {
      return await this.#ports.read();
    } catch (thrown) {
      if (!this.#isBlind) this.#ports.blind(messageOf(thrown));
      this.#isBlind = true;
      return [];
    }
  }

  /** It fails where the command has ended meanwhile, which is what we wanted. */
  async #taskkill(pid: number): Promise<void> {
    const options = { windowsHide: true, timeout: TASKKILL_MS };
    await run('taskkill', ['/PID', `${pid}`, '/T', '/F'], options).catch(() => undefined);
  }

  #isInGroup({ group }: SeenProcess): boolean {
    return this.#leads && group === this.#child.pid;
  }

  /** An id may be given anew, but hardly to somebody in the same group. */
  #isSeen({ pid, group }: SeenProcess): boolean {
    return this.#seen.some((one) => one.pid === pid && one.group === group);
  }

  /** Why it failed: mostly it has ended between our look and our signal, which is what we wanted. */
  #try(pid: number, signal: NodeJS.Signals | 0): unknown {
    try {
      this.#ports.kill(pid, signal);
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error && 'code' in thrown ? thrown.code : messageOf(thrown);
    }
  }
}
