import {
  ARMED_ENTRY,
  listAt,
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type ClusterReader,
} from '../../shared/index.ts';
import type { Clock } from '../clock.ts';

/** How often the registration is looked at, and for how long, in ms: replicas arm it within milliseconds of the mark. */
const LOOK_EVERY_MS = 200;
const GIVE_UP_AFTER_MS = 5000;

/**
 * Waits until rollouts of add-ons are asked about: that entry is in the registration only while some node is in
 * maintenance. False where that does not happen; undefined where the caller may not see it, or there is no webhook.
 */
export async function awaitArming(
  reader: ClusterReader,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const until = clock.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const isArmed = await readArming(reader, signal);
    if (isArmed !== false || signal.aborted || clock.now() >= until) return isArmed;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function readArming(reader: ClusterReader, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const registration = await reader.get(webhookConfigurationPath(REGISTRATION_NAME), { signal });
    if (registration === undefined) return undefined;
    return listAt(registration, 'webhooks').some((entry) => textAt(entry, 'name') === ARMED_ENTRY);
  } catch {
    // Most people may not read it; the drain's own calls tell when the API server is away.
    return undefined;
  }
}
