import type { Cluster } from '../../shared/index.ts';
import { systemClock, type Clock } from './clock.ts';
import type { LiveArea } from '../terminal/screen.ts';
import { repeat } from './wait.ts';

/** A healthy API server answers in milliseconds; what takes longer than this is told, in ms. */
const TOLD_AFTER_MS = 5000;

/** How often a line says so again where nothing can be drawn anew, in ms. */
const AGAIN_MS = 15_000;

const LOOK_EVERY_MS = 1000;

/** Where silence is told. */
export interface Listener {
  /** Where a line moves; undefined: `say` tells of it. */
  readonly live: LiveArea | undefined;
  say(text: string): void;
}

/** Tells that the API server owes an answer, for as long as it does and until it is ended. */
export function tellSilence(
  cluster: Pick<Cluster, 'unansweredMs'>,
  listener: Listener,
  clock: Pick<Clock, 'sleep'> = systemClock,
): { end(): void } {
  const over = new AbortController();
  const teller = listener.live === undefined ? new Lines(listener) : new Remark(listener.live);
  const look = (): void => {
    const ms = cluster.unansweredMs();
    if (ms >= TOLD_AFTER_MS) teller.silent(ms);
    else teller.answered();
  };
  look();
  void repeat(LOOK_EVERY_MS, look, { clock, signal: over.signal });
  return {
    end: () => {
      over.abort();
      teller.end();
    },
  };
}

function textFor(ms: number): string {
  return `the API server has not answered for ${Math.floor(ms / 1000)} s`;
}

interface Teller {
  silent(ms: number): void;
  answered(): void;
  end(): void;
}

/** A line that counts on. */
class Remark implements Teller {
  readonly #live: LiveArea;

  constructor(live: LiveArea) {
    this.#live = live;
  }

  silent(ms: number): void {
    this.#live.remark(textFor(ms));
  }

  answered(): void {
    this.#live.remark(undefined);
  }

  end(): void {
    this.answered();
  }
}

/** A line now and then. */
class Lines implements Teller {
  readonly #listener: Listener;
  /** The silence at which the next line is due. */
  #nextMs = TOLD_AFTER_MS;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  silent(ms: number): void {
    if (ms < this.#nextMs) return;
    this.#nextMs = ms + AGAIN_MS;
    this.#listener.say(textFor(ms));
  }

  answered(): void {
    if (this.#nextMs > TOLD_AFTER_MS) this.#listener.say('the API server answers again');
    this.#nextMs = TOLD_AFTER_MS;
  }

  end(): void {
    this.#nextMs = TOLD_AFTER_MS;
  }
}
