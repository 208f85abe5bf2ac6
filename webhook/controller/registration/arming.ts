import { ARMED_ENTRIES, entryName } from '../../../shared/index.ts';
import { criticalName } from './critical.ts';
import type { RenderedEntry } from './entries.ts';

/**
 * How long no node has to be in maintenance before its entries go again, in ms: replicas hear of nodes at different
 * moments, and must not write in turns.
 */
export const DISARM_AFTER_MS = 30_000;

const ON_DEMAND: readonly string[] = ARMED_ENTRIES.map(entryName).flatMap((name) => [name, criticalName(name)]);

/**
 * Whether an entry is there only while some node is in maintenance. One that fails closed is always there: to fail closed
 * is to refuse what no replica has answered for, and of an entry that is gone nobody is asked.
 */
export function isOnDemand({ name, failurePolicy }: Pick<RenderedEntry, 'name' | 'failurePolicy'>): boolean {
  return failurePolicy === 'Ignore' && ON_DEMAND.includes(name);
}

/** Whether the entries that are there on demand should be there. */
export class Arming {
  /** When this replica first saw that no node is in maintenance any more; undefined while one is. */
  #freeSince: number | undefined = -Infinity;

  /**
   * Whether the entries on demand are to be there: true adds them, false takes them out, undefined leaves them as they
   * are. `isInMaintenance`: some node is in maintenance; undefined while this replica has not read the nodes.
   */
  want(isInMaintenance: boolean | undefined, now: number): boolean | undefined {
    if (isInMaintenance === undefined) return undefined;
    if (isInMaintenance) {
      this.#freeSince = undefined;
      return true;
    }
    this.#freeSince ??= now;
    return now - this.#freeSince < DISARM_AFTER_MS ? undefined : false;
  }
}
