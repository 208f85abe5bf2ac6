import { isForbidden, messageOf, wakeRequest, type DaemonSetFacts } from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';
import type { Session } from '../session/session.ts';

/**
 * How often a controller is woken again, in ms: a webhook that had not heard of the return yet may have refused once
 * more. As many nodes as come back at once share it.
 */
const WAKE_EVERY_MS = 1000;

/** Without the right the controller still comes by itself, after its back-off. */
const FORBIDDEN =
  'no right to patch daemonsets/status: add-ons catch up when their controller tries again, which may take minutes';

/** The controllers of DaemonSets whose changes were held back. */
export interface AddonControllers {
  /** Makes them reconcile these at once, each at most every second. Never rejects: one that is not woken comes later by itself. */
  wake(daemonSets: Iterable<DaemonSetFacts>): Promise<void>;
}

/** As one command wakes them; `warn` hears once why they are not woken. */
export function addonControllers({ cluster, clock }: Session, warn: (text: string) => void): AddonControllers {
  const wokenAt = new Map<string, number>();
  let told = false;
  const tellOnce = (text: string): void => {
    if (!told) warn(text);
    told = true;
  };
  const message = 'a node comes back from maintenance, and its rollout was told to go on there';
  return {
    async wake(daemonSets) {
      for (const daemonSet of daemonSets) {
        const now = clock.now();
        if (now - (wokenAt.get(daemonSet.uid) ?? -Infinity) < WAKE_EVERY_MS) continue;
        wokenAt.set(daemonSet.uid, now);
        const request = wakeRequest(daemonSet, { reason: 'NodeReturns', message, now: timestamp(now) });
        try {
          if (isForbidden(await cluster.send(request))) tellOnce(FORBIDDEN);
        } catch (thrown) {
          tellOnce(`add-ons are not told to catch up: ${messageOf(thrown)}`);
        }
      }
    },
  };
}
