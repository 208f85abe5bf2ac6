import { spawnSync, type ChildProcess } from 'node:child_process';
import { messageOf } from '../../../../shared/index.ts';
import { readProcesses, withAllBelow, type SeenProcess } from './processes.ts';

/** How long taskkill may take, in ms. */
const TASKKILL_MS = 5000;

/** Sends a signal to a process, or to a group (its id below zero); throws as process.kill does. */
export type Kill = (pid: number, signal: NodeJS.Signals | 0) => void;

/** What a tree needs. */
export interface TreePorts {
  readonly kill: Kill;
  /** Hears, once, that what the command has started cannot be seen. */
  readonly blind: (why: string) => void;
}

/**
 * A command with all that it has started: what is below it, and what was when somebody looked last, though its parent has
 * ended meanwhile. In a group of its own also whatever is in that. What has left all of them is not the command any more.
 */
export class CommandTree {
  readonly #child: ChildProcess;
  /** The command leads a group of its own. */
  readonly #leads: boolean;
  readonly #ports: TreePorts;
  #seen: readonly SeenProcess[] = [];
  #isBlind = false;

  constructor(child: ChildProcess, leads: boolean, ports: TreePorts) {
    this.#child = child;
    this.#leads = leads;
    this.#ports = ports;
  }

  /** Ids of what runs of it now. */
  look(): readonly number[] {
    this.#seen = this.#running();
    return this.#seen.map(({ pid }) => pid);
  }

  /** Signals what runs of it now: parents first, so that none begins the next thing when its child ends. */
  send(signal: NodeJS.Signals): void {
    this.look();
    const { pid } = this.#child;
    if (pid === undefined || this.#seen.length === 0) return;
    if (process.platform === 'win32') {
      // There is no end but this one.
      spawnSync('taskkill', ['/PID', `${pid}`, '/T', '/F'], { windowsHide: true, timeout: TASKKILL_MS });
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

  #running(): readonly SeenProcess[] {
    const { pid, exitCode, signalCode } = this.#child;
    const isRunning = pid !== undefined && exitCode === null && signalCode === null;
    const itself = isRunning ? [{ pid, parent: process.pid, group: this.#leads ? pid : 0 }] : [];
    const isRoot = (one: SeenProcess): boolean =>
      (isRunning && one.pid === pid) || this.#isInGroup(one) || this.#isSeen(one);
    const found = process.platform === 'win32' ? [] : withAllBelow(this.#processes(), isRoot);
    // Where a system hides what runs as others (Linux's hidepid), it may be missing.
    return found.some((one) => one.pid === pid) ? found : [...itself, ...found];
  }

  #processes(): readonly SeenProcess[] {
    try {
      return readProcesses();
    } catch (thrown) {
      if (!this.#isBlind) this.#ports.blind(messageOf(thrown));
      this.#isBlind = true;
      return [];
    }
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
