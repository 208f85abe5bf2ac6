import { setTimeout as sleep } from 'node:timers/promises';

/** How often a state is looked at, and for how long before the test fails, in milliseconds. */
const LOOK_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 60_000;

/** Waits until something is the case. Fails with its name, and what was seen last, when it never is. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  giveUpAfterMs = GIVE_UP_AFTER_MS,
): Promise<void> {
  const deadline = Date.now() + giveUpAfterMs;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > deadline) throw new Error(`waited ${giveUpAfterMs / 1000}s in vain: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
