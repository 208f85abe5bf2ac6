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
  { giveUpAfterMs = GIVE_UP_AFTER_MS, seen = () => '' }: Patience = {},
): Promise<void> {
  await untilSuch(
    what,
    async () => holds(),
    (isSo) => isSo,
    { giveUpAfterMs, seen },
  );
}

/** Waits until what is looked at is such, and gives it. Fails as `until` does, with what was there last. */
export async function untilSuch<T>(
  what: string,
  look: () => Promise<T>,
  isSuch: (found: T) => boolean,
  {
    giveUpAfterMs = GIVE_UP_AFTER_MS,
    seen = (last) => JSON.stringify(last),
  }: { readonly giveUpAfterMs?: number; readonly seen?: (last: T) => string } = {},
): Promise<T> {
  const deadline = Date.now() + giveUpAfterMs;
  for (;;) {
    const found = await look();
    if (isSuch(found)) return found;
    if (Date.now() > deadline) {
      const last = seen(found);
      throw new Error(`waited ${giveUpAfterMs / 1000}s in vain: ${what}${last === '' ? '' : `; last seen: ${last}`}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
