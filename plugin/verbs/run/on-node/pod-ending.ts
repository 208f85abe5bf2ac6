import { Notifier } from '../../../session/wait.ts';
import { KILL_AFTER_MS } from '../../../command/ending.ts';
import { GRACE_S } from './pod.ts';

/** The least that a kubelet takes as a grace: with 0 the API server forgets the pod, and nobody knows whether it runs. */
const AT_ONCE_S = 1;

/**
 * How long a kubelet may take to confirm a pod's end after its grace, in ms: where it was told in the middle of a longer one, it
 * begins anew after its own pause of 10 s (k8s pkg/kubelet backOffPeriod), kills, and reports some seconds later.
 */
const CONFIRM_MS = 30_000;

/** What an ending goes by. */
export interface PodEndingTerms {
  /** Milliseconds that the command may take; 0 = no limit. */
  readonly timeoutMs: number;
  /** Asks for the pod's end: SIGTERM, and SIGKILL after so many seconds. It never rejects. */
  readonly remove: (graceS: number) => Promise<void>;
}

/** How a command on a node is brought to its end: the first signal ends its pod with grace, the second at once; so does its time. */
export class PodEnding {
  readonly #terms: PodEndingTerms;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #news = new Notifier();
  #isAsked = false;
  #isTimedOut = false;
  #isGivenUp = false;

  constructor(terms: PodEndingTerms) {
    this.#terms = terms;
  }

  get isTimedOut(): boolean {
    return this.#isTimedOut;
  }

  /** Its end was asked for, and its kubelet has not confirmed it in time. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  get isAsked(): boolean {
    return this.#isAsked || this.#isTimedOut;
  }

  /** Resolves when anything of it changes. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#news.next(signal);
  }

  /** The command runs from now on. */
  begun(): void {
    const { timeoutMs } = this.#terms;
    if (timeoutMs > 0) this.#after(timeoutMs, this.#timeOut);
  }

  /** Takes a signal that we got. */
  readonly hear = (): void => {
    this.#end(this.#isAsked ? AT_ONCE_S : GRACE_S);
    this.#isAsked = true;
  };

  /** Nothing is asked for any more. */
  over(): void {
    this.#timers.forEach(clearTimeout);
  }

  readonly #timeOut = (): void => {
    this.#isTimedOut = true;
    this.#end(KILL_AFTER_MS / 1000);
  };

  #end(graceS: number): void {
    void this.#terms.remove(graceS);
    this.#after(graceS * 1000 + CONFIRM_MS, () => {
      this.#isGivenUp = true;
    });
    this.#news.notify();
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      act();
      this.#news.notify();
    }, ms);
    this.#timers.push(timer);
  }
}
