import { MaintError } from '../../shared/index.ts';
import { hinted } from './hint.ts';
import type { Session } from './session.ts';

/** A task that may not take for ever. */
export interface Timed {
  /** Milliseconds; 0 = no limit. */
  readonly timeoutMs: number;
  /** What was waited for, said when time runs out: `the pods on node n1`. */
  readonly waitsFor: string;
  /** What the person can do then; undefined where the caller knows it better. */
  readonly hint: string | undefined;
}

/**
 * Runs a task under the session's signal and a time limit; whatever it started under its signal ends with it. A task
 * that fails because time ran out fails as `gave-up`, one that was interrupted as `interrupted`, whatever it threw.
 */
export async function withinTime<T>(
  { timeoutMs, waitsFor, hint }: Timed,
  session: Session,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const limit = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : over.signal;
  try {
    return await task(AbortSignal.any([session.signal, over.signal, limit]));
  } catch (thrown) {
    if (thrown instanceof MaintError) throw hinted(thrown, hint);
    const cause = { ...(hint === undefined ? {} : { hint }), cause: thrown };
    if (session.signal.aborted) throw new MaintError('interrupted', `interrupted while waiting for ${waitsFor}`, cause);
    if (limit.aborted) throw new MaintError('gave-up', `gave up waiting for ${waitsFor}`, cause);
    throw thrown;
  } finally {
    over.abort();
  }
}
