/**
 * How long no node has to be in maintenance before the hot path is left alone again, in ms: replicas hear of nodes at
 * different moments, and must not write in turns.
 */
export const DISARM_AFTER_MS = 30_000;

/** Whether the entry on the hot path should be there. */
export class Arming {
  #heldAt = -Infinity;

  /** `isHeld`: some node is in maintenance; undefined while nobody knows. Undefined: as it is. */
  want(isHeld: boolean | undefined, now: number): boolean | undefined {
    if (isHeld === undefined) return undefined;
    if (!isHeld) return now - this.#heldAt < DISARM_AFTER_MS ? undefined : false;
    this.#heldAt = now;
    return true;
  }
}
