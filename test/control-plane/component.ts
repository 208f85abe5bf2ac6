import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BoundProcess } from './bound-process.ts';
import { spawnBound } from './bound-process.ts';
import { ComponentError } from './errors.ts';
import { lastLinesOf } from './log-file.ts';

/** A whole start takes 4 s on 2 cores; this is for a CI machine that does ten other things. */
const READY_DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 50;

/** A running program of the control plane and its log. */
export interface Component extends BoundProcess {
  readonly name: string;
  readonly logPath: string;
}

/** Starts a program whose output goes to the end of the log file; it dies with this process. */
export function startComponent(program: string, args: readonly string[], logPath: string): Component {
  const log = openSync(logPath, 'a');
  try {
    const child = spawnBound(program, args, { streams: ['ignore', log, log] });
    return { ...child, name: basename(program), logPath };
  } finally {
    closeSync(log);
  }
}

/**
 * Waits until the probe says true. Throws ComponentError when one of the components ends before, or when the first of
 * them has not got there within the deadline. A probe that throws counts as "not yet".
 */
export async function waitUntil(
  what: string,
  components: readonly [Component, ...Component[]],
  probe: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  for (;;) {
    if (await probe().catch(() => false)) return;
    for (const component of components) await failIfEnded(component);
    if (Date.now() > deadline)
      throw await failure(components[0], `was not ${what} after ${READY_DEADLINE_MS / 1000} s`);
    await wait(LOOK_EVERY_MS);
  }
}

async function failIfEnded(component: Component): Promise<void> {
  if (component.isRunning()) return;
  const { code, signal } = await component.ended;
  throw await failure(component, `ended by itself (${signal ?? `exit code ${code ?? '?'}`})`);
}

async function failure(component: Component, what: string): Promise<ComponentError> {
  const { name, logPath } = component;
  return new ComponentError({ component: name, what, logPath, lastLines: await lastLinesOf(logPath) });
}
