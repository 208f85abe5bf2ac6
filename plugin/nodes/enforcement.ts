import type { Cluster } from '../../shared/index.ts';
import type { Clock } from '../clock.ts';
import { askCanary, byAffinity, byName, type CanaryAnswer } from './canary.ts';

/**
 * Whether a backup for a node in maintenance is really refused: asked, not assumed. `in-part`: the webhook lets it pass,
 * and what the API server decides by itself does not (docs/floor.md).
 */
export type Enforcement =
  | { readonly enforced: 'yes' }
  | { readonly enforced: 'in-part' }
  | { readonly enforced: 'no' }
  | { readonly enforced: 'unknown'; readonly why: string };

/** Policies of the API server take 0.5 to 0.7 s to hear of a mark (measured on 1.37). */
const FLOOR_ARMS_MS = 1000;

/** Sends canary backups for a marked node through the API server, in dry run, and looks who refuses them. */
export async function readEnforcement(
  node: string,
  { cluster, clock, signal }: { readonly cluster: Cluster; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Enforcement> {
  const byWebhook = enforcementFrom(await askCanary('backup', byAffinity(node), cluster));
  if (byWebhook.enforced !== 'no') return byWebhook;
  const atOnce = enforcementFrom(await askCanary('backup', byName(node), cluster));
  if (atOnce.enforced !== 'no') return inPart(atOnce);
  await clock.sleep(FLOOR_ARMS_MS, signal);
  return signal.aborted ? atOnce : inPart(enforcementFrom(await askCanary('backup', byName(node), cluster)));
}

function inPart(enforcement: Enforcement): Enforcement {
  return enforcement.enforced === 'yes' ? { enforced: 'in-part' } : enforcement;
}

function enforcementFrom(answer: CanaryAnswer): Enforcement {
  switch (answer.said) {
    case 'accepted':
      return { enforced: 'no' };
    case 'refused':
      return { enforced: 'yes' };
    case 'unknown':
      return { enforced: 'unknown', why: answer.why };
  }
}
