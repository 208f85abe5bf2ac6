import { setTimeout as sleep } from 'node:timers/promises';

/** How often a state is looked at, and for how long before the test fails, in milliseconds. */
const LOOK_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 60_000;

/** How one waits unlike others. */
export interface Patience {
  readonly giveUpAfterMs?: number;
  /** What there is in the place of what is waited for. */
  readonly seen?: () => string;
}

/** Waits until something is the case. Fails with its name when it never is, and with what was seen last where that is told. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  { giveUpAfterMs = GIVE_UP_AFTER_MS, seen }: Patience = {},
): Promise<void> {
  const deadline = Date.now() + giveUpAfterMs;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > deadline) {
      const last = seen === undefined ? '' : `; last seen: ${seen()}`;
      throw new Error(`waited ${giveUpAfterMs / 1000}s in vain: ${what}${last}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
