import { setTimeout as sleep } from 'node:timers/promises';
import { processes } from './outcome.ts';
import type { CommandTree } from './tree.ts';

/**
 * After SIGTERM, until SIGKILL, and after that until it is given up, in ms: as long as a container gets at least in most
 * clusters.
 */
export const KILL_AFTER_MS = 10_000;
/** How long what was told to end may take after the command itself has ended, in ms, until it counts as left behind. */
const LINGER_MS = 1000;
/** How often is looked whether all of it is gone, in ms. */
const LOOK_EVERY_MS = 100;

/** A command that is given up has neither. */
const NO_END = { code: null, signal: null };

/** What an ending goes by. */
export interface EndingTerms {
  /** Ctrl-C has reached the command before us. */
  readonly onTerminal: boolean;
  /** Milliseconds; 0 = no limit. */
  readonly timeoutMs: number;
  readonly killAfterMs: number;
  /** Hears of a signal that did not reach the command, as the rest of a sentence about it. */
  readonly tell: (text: string) => void;
}

/**
 * How a command is brought to its end: signals are passed on, the second one kills; so does its time, after SIGTERM. What
 * must end has ended when all that it has started is gone, or is given up.
 */
export class Ending {
  readonly #tree: CommandTree;
  readonly #terms: EndingTerms;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #giveUp = Promise.withResolvers<typeof NO_END>();
  #isAsked = false;
  #isForced = false;
  #isTimedOut = false;
  #isGivenUp = false;

  constructor(tree: CommandTree, terms: EndingTerms) {
    this.#tree = tree;
    this.#terms = terms;
    if (terms.timeoutMs > 0) this.#after(terms.timeoutMs, this.#stop);
  }

  /** Resolves when the command does not end, whatever we do. */
  get givenUp(): Promise<typeof NO_END> {
    return this.#giveUp.promise;
  }

  get isTimedOut(): boolean {
    return this.#isTimedOut;
  }

  /** Takes a signal that we got. */
  readonly hear = (signal: NodeJS.Signals): void => {
    if (this.#isAsked) this.#kill();
    // The terminal has sent it; what runs now is known then, if its parent ends first.
    else if (this.#terms.onTerminal && signal === 'SIGINT') void this.#tree.look();
    else void this.#send(signal);
    this.#isAsked = true;
  };

  /** After the command itself has ended or is given up: what should have ended with it and runs on. */
  async rest(): Promise<readonly number[]> {
    if (!this.#isForced) this.end();
    if (!this.#isAsked && !this.#isForced) return [];
    const until = Date.now() + LINGER_MS;
    for (;;) {
      const left = await this.#tree.look();
      const isOver = this.#isForced ? this.#isGivenUp : Date.now() >= until;
      if (left.length === 0 || isOver) return left;
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#timers.forEach(clearTimeout);
  }

  readonly #stop = (): void => {
    this.#isTimedOut = true;
    this.#isForced = true;
    void this.#send('SIGTERM');
    this.#after(this.#terms.killAfterMs, this.#kill);
  };

  readonly #kill = (): void => {
    this.#isForced = true;
    void this.#send('SIGKILL');
    this.#after(this.#terms.killAfterMs, () => {
      this.#isGivenUp = true;
      this.#giveUp.resolve(NO_END);
    });
  };

  async #send(signal: NodeJS.Signals): Promise<void> {
    await this.#tree.send(signal);
    const refused = this.#tree.refused();
    if (refused.length > 0) this.#terms.tell(`runs on: no permission to send ${signal} to ${processes(refused)}`);
  }

  #after(ms: number, act: () => void): void {
    this.#timers.push(setTimeout(act, ms));
  }
}
