import { timestamp } from '../../../session/clock.ts';
import type { NodeStatus } from '../../status/index.ts';

/**
 * Since when nodes are seen as they have to be on their way back. `off` begins to count when it begins to look, so a node
 * that begins to return is counted anew; a problem that shows in between begins the time anew as well.
 */
export class CleanTimes {
  readonly #seen = new Map<string, { readonly state: string; readonly since: string }>();

  /** RFC 3339; null: something is wrong, or not known. `now` is ms since the epoch. */
  since({ name, state, health, heldBack }: NodeStatus, now: number): string | null {
    if (health?.length !== 0 || heldBack?.length !== 0) {
      this.#seen.delete(name);
      return null;
    }
    const seen = this.#seen.get(name);
    const since = seen?.state === state ? seen.since : timestamp(now);
    this.#seen.set(name, { state, since });
    return since;
  }
}
