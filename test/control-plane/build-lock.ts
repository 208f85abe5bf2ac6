import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { isAlive } from './bound-process.ts';
import { renderElapsed } from './elapsed.ts';

/** How often a waiting run looks whether the lock is free. */
const LOOK_EVERY_MS = 250;
/** How often the owner says that it is still there, by touching the file. */
const TOUCH_EVERY_MS = 5_000;
/** Twelve touches missed: the owner is gone even if its process id lives on as another process (container, reboot). */
const STALE_AFTER_MS = 60_000;
/** Longer than the gap between reading a dead owner's lock and removing it, also on a busy machine. */
const SETTLE_MS = 200;
/** A waiting run says so this often. */
const WAITING_LINE_EVERY_MS = 60_000;

const Owner = z.object({ pid: z.number().int().positive(), host: z.string(), id: z.string() });
type Owner = z.infer<typeof Owner>;

/** A lock that is held. `release` is safe to call once, also when another run has taken the lock over. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock file, waiting while another living run holds it; a lock whose owner is dead or silent is taken over.
 * `onWait` hears about the owner each time we look and have to wait.
 */
export async function takeLock(path: string, onWait: (owner: string) => void): Promise<Lock> {
  const mine: Owner = { pid: process.pid, host: hostname(), id: randomUUID() };
  for (;;) {
    if (await create(path, mine)) return heldLock(path, mine);
    const owner = await readOwner(path);
    if (owner === undefined) continue;
    if (await isStale(path, owner)) {
      if (await takeOver(path, mine)) return heldLock(path, mine);
    } else {
      onWait(`process ${owner.pid} on ${owner.host}`);
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** For `onWait`: says now and then who downloads or builds what (`the programs for tests`), and how long it has been waited for. */
export function sayingWhoBuilds(what: string, log: (line: string) => void): (owner: string) => void {
  const start = Date.now();
  let saidAt = -Infinity;
  return (owner) => {
    if (Date.now() - saidAt < WAITING_LINE_EVERY_MS) return;
    saidAt = Date.now();
    log(`${owner} downloads or builds ${what} already, waiting for it (${renderElapsed(saidAt - start)} so far) ...`);
  };
}

async function create(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces the lock by ours in one step. Two waiters may do so at the same time; the last one wins, so each looks again
 * after a moment whether the lock is still its own. What a lock of files cannot exclude is a waiter that sleeps longer than
 * that in between; then two runs build the same thing, which wastes time and spoils nothing (files are moved into place).
 */
async function takeOver(path: string, mine: Owner): Promise<boolean> {
  const draft = `${path}.${mine.id}`;
  await writeFile(draft, JSON.stringify(mine));
  await rename(draft, path);
  await wait(SETTLE_MS);
  return (await readOwner(path))?.id === mine.id;
}

/** The owner; `unreadable` for a file with anything else in it (just created, or spoilt); undefined without a file. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const parsed = Owner.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined);
    return parsed.success ? parsed.data : { pid: process.pid, host: '(unreadable)', id: '' };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: process.pid, host: '(unreadable)', id: '' };
    throw error;
  }
}

async function isStale(path: string, owner: Owner): Promise<boolean> {
  if (owner.host === hostname() && !isAlive(owner.pid)) return true;
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  return age > STALE_AFTER_MS;
}

function heldLock(path: string, mine: Owner): Lock {
  const timer = setInterval(() => {
    const now = new Date();
    // Gone or taken over: then there is nothing of ours to keep fresh.
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      if ((await readOwner(path))?.id === mine.id) await rm(path, { force: true });
    },
  };
}
