import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 300;

/** Looks again and again until the signal says that it is over; what fails is tried again at the next look. */
export async function follow(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await look().catch(() => undefined);
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
