import { MaintError, renderDuration, renderLeft } from '../../../../shared/index.ts';
import { Limiter } from '../../../drain/limiter.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import type { Clock } from '../../../session/clock.ts';
import type { Closing } from '../nodes-run.ts';
import { askChecks, type Check } from './checks.ts';
import type { BetweenFlags } from './flags.ts';
import type { Windows } from './windows.ts';

/** When windows are open, and how their moments are shown. */
export interface OpenTimes extends Pick<Windows, 'fits' | 'nextFit'> {
  show(at: number): string;
}

/** What the turns of a run's nodes go by. */
export interface TurnTerms {
  readonly flags: Pick<BetweenFlags, 'soakMs' | 'checkTimeoutMs' | 'waitsForWindow'>;
  readonly checks: readonly Check[];
  /** Undefined: nodes are begun at any time. */
  readonly windows: OpenTimes | undefined;
  readonly clock: Clock;
  /** Aborts when no node is begun any more: by a failure, an interruption, or because the run is closed. */
  readonly signal: AbortSignal;
  readonly closing: Pick<Closing, 'close'>;
  /** Nodes under way at once. */
  readonly atOnce: number;
  readonly note: (text: string) => void;
}

/** What lies between the nodes of a run: the soak, the window, the checks, in this order and for one node after the other. */
export class Turns {
  readonly #terms: TurnTerms;
  readonly #gate = new Limiter(1);
  /** When nodes came to their end in whose place none has been begun yet, the earliest first. */
  readonly #ends: number[] = [];
  #begun = 0;
  /** How long the last node took that came back, in ms; 0: none has yet. */
  #tookMs = 0;

  constructor(terms: TurnTerms) {
    this.#terms = terms;
  }

  /** Waits until a node may be begun. False where it may not any more: the run was stopped, or is closed now. */
  async comes(next: { readonly node: NodeSnapshot }): Promise<boolean> {
    this.#begun += 1;
    if (this.#begun > this.#terms.atOnce) await this.#soak(next);
    return this.#gate.run(() => this.#opens(next));
  }

  /** A node has come to its end; `tookMs` where it came back. */
  ended(tookMs: number | undefined): void {
    this.#ends.push(this.#terms.clock.now());
    this.#tookMs = tookMs ?? this.#tookMs;
  }

  async #soak({ node }: { readonly node: NodeSnapshot }): Promise<void> {
    const { flags, clock, signal, note } = this.#terms;
    const ended = this.#ends.shift() ?? clock.now();
    const left = ended + flags.soakMs - clock.now();
    if (left <= 0 || signal.aborted) return;
    note(`node/${node.facts.name} is begun in ${renderLeft(left)} (--between)`);
    await clock.sleep(left, signal);
  }

  async #opens(next: { readonly node: NodeSnapshot }): Promise<boolean> {
    const { windows, clock, signal } = this.#terms;
    for (;;) {
      if (signal.aborted || !(await this.#windowOpens(next)) || !(await this.#checksPass(next))) return false;
      // Checks that took their time may have taken the window's.
      if (windows === undefined || windows.fits(clock.now(), this.#tookMs)) return true;
    }
  }

  async #windowOpens({ node }: { readonly node: NodeSnapshot }): Promise<boolean> {
    const { windows, flags, clock, signal, closing, note } = this.#terms;
    const now = clock.now();
    if (windows === undefined || windows.fits(now, this.#tookMs)) return true;
    const { name } = node.facts;
    const why = this.#tookMs === 0 ? 'no --window is open' : `it would not fit into a --window (${this.#lastTook()})`;
    const next = windows.nextFit(now, this.#tookMs);
    if (next === undefined) {
      closing.close({ why: `node ${name} is not begun: ${why}, and none to come is long enough`, goOn: '' });
      return false;
    }
    const when = windows.show(next);
    if (!flags.waitsForWindow) {
      closing.close({ why: `node ${name} is not begun: ${why}; the next begins on ${when}`, goOn: `, from ${when}` });
      return false;
    }
    note(`node/${name} waits until ${when}: ${why}`);
    await clock.sleep(next - now, signal);
    return !signal.aborted;
  }

  #lastTook(): string {
    return `the last node took ${renderDuration(this.#tookMs)}`;
  }

  async #checksPass(next: { readonly node: NodeSnapshot }): Promise<boolean> {
    const { checks, flags, clock, signal, closing, note } = this.#terms;
    if (checks.length === 0) return true;
    const { name } = next.node.facts;
    const tell = (text: string): void => {
      note(`node/${name} waits: ${text}`);
    };
    const turn = { checks, timeoutMs: flags.checkTimeoutMs, tell };
    const against = await askChecks(next, turn, { clock, signal }).catch((thrown: unknown) => {
      if (thrown instanceof MaintError) return [thrown.message];
      throw thrown;
    });
    if (signal.aborted) return false;
    if (against.length === 0) return true;
    closing.close({ why: `node ${name} is not begun: ${against.join('; ')}`, goOn: ', once the check passes' });
    return false;
  }
}
