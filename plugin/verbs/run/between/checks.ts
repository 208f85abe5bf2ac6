import { renderDuration } from '../../../../shared/index.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import type { WaitPorts } from '../../../session/wait.ts';

/** Asks once, for so many ms at most (0 = no limit), whether a node may be begun. Resolves with what speaks against it. */
export type Check = (next: { readonly node: NodeSnapshot }, timeoutMs: number) => Promise<readonly string[]>;

/** How often checks are asked while one of them does not pass, in ms. */
const EVERY_MS = 30_000;

/** Checks, and for how long they are asked. */
export interface CheckTurn {
  readonly checks: readonly Check[];
  /** Milliseconds; 0 = no limit. */
  readonly timeoutMs: number;
  /** Hears what speaks against the node, and that it is asked again. */
  readonly tell: (text: string) => void;
}

/**
 * Asks all checks of a node until each has passed in one and the same round. Resolves with what still speaks against it when
 * their time is over; with nothing where they passed, or the signal aborted.
 */
export async function askChecks(
  next: { readonly node: NodeSnapshot },
  { checks, timeoutMs, tell }: CheckTurn,
  { clock, signal }: WaitPorts,
): Promise<readonly string[]> {
  const end = timeoutMs === 0 ? Infinity : clock.now() + timeoutMs;
  const ask = async (): Promise<readonly string[]> => {
    const leftMs = timeoutMs === 0 ? 0 : Math.max(1, end - clock.now());
    for (const check of checks) {
      const against = await check(next, leftMs);
      if (signal.aborted || against.length > 0) return against;
    }
    return [];
  };
  let against = await ask();
  while (against.length > 0 && !signal.aborted && clock.now() + EVERY_MS <= end) {
    const more = timeoutMs === 0 ? '' : `, for ${renderDuration(end - clock.now())} more`;
    tell(`${against.join('; ')}; asked again every ${renderDuration(EVERY_MS)}${more}`);
    await clock.sleep(EVERY_MS, signal);
    against = await ask();
  }
  return signal.aborted ? [] : against;
}
