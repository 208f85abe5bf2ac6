import { ARMED_ENTRIES, entryName, fieldsAt, listAt, textAt, type ClusterReader } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { pollUntil } from '../session/wait.ts';
import { readRegistration } from './registration.ts';

/** How often the registration is looked at, and for how long, in ms: replicas arm it within milliseconds of the mark. */
const LOOK_EVERY_MS = 200;
export const ARMED_WITHIN_MS = 5000;

/**
 * Waits until the webhook is asked: but for its guard of nodes, the entries are in the registration only while some node
 * is in maintenance. False where that does not happen; undefined where the caller may not see it, or there is no webhook.
 */
export function awaitArming(reader: ClusterReader, clock: Clock, signal: AbortSignal): Promise<boolean | undefined> {
  const isDone = (armed: boolean | undefined): boolean => armed !== false;
  const polling = { everyMs: LOOK_EVERY_MS, withinMs: ARMED_WITHIN_MS, isDone };
  return pollUntil(() => readArming(reader, signal), polling, { clock, signal });
}

async function readArming(reader: ClusterReader, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const registration = await readRegistration(reader, signal);
    if (registration === undefined) return undefined;
    return isArmed(registration);
  } catch {
    // Most people may not read it; the drain's own calls tell when the API server is away.
    return undefined;
  }
}

/** Whether a ValidatingWebhookConfiguration of ours asks by every entry that is there while a node is in maintenance. */
export function isArmed(registration: unknown): boolean {
  const names = listAt(registration, 'webhooks')
    .filter(asksAboutAll)
    .map((entry) => textAt(entry, 'name'));
  return ARMED_ENTRIES.every((entry) => names.includes(entryName(entry)));
}

/** One for some objects only is as good as none; ours has no such selector. */
function asksAboutAll(entry: unknown): boolean {
  return Object.keys(fieldsAt(entry, 'objectSelector')).length === 0;
}
