import type { Cluster } from '../../shared/index.ts';
import { floorIfReadable } from './floor.ts';
import type { TriedWork } from './keeping.ts';
import { pollUntil, type WaitPorts } from '../session/wait.ts';
import { askCanary, byAffinity, byName, type CanaryAnswer } from './canary.ts';

/**
 * Whether work for a node in maintenance is really refused: asked, not assumed. `in-part`: some work is refused and
 * some is not; `why` says which, as the end of a sentence.
 */
export type Enforcement =
  | { readonly enforced: 'yes' }
  | { readonly enforced: 'in-part'; readonly why: string }
  | { readonly enforced: 'no' }
  | { readonly enforced: 'unknown'; readonly why: string };

/** For how long the API server's own policies may let a canary pass, in ms: they know as soon as the register is written. */
const FLOOR_KNOWS_MS = 1000;

/** How often a canary is sent again while it is let pass, in ms. */
const ASK_EVERY_MS = 200;

/** What is tried, and for how long a pass is not taken for the last word, in ms. */
export interface Trial {
  readonly work: TriedWork;
  readonly patienceMs: number;
}

/** What a trial needs. */
interface TrialPorts extends WaitPorts {
  readonly cluster: Cluster;
}

/**
 * Sends canaries for a marked node through the API server, in dry run, and looks who refuses them. For `patienceMs`
 * it does not take a pass for the webhook's last word: API servers may not have heard yet that they have to ask it.
 * Whether the API server decides by itself is read from the cluster, unless `floor` reads it already.
 */
export async function readEnforcement(
  node: string,
  ports: TrialPorts,
  { work, patienceMs }: Trial = { work: 'backup', patienceMs: 0 },
  floor: () => Promise<readonly string[] | undefined> = () => floorIfReadable(ports.cluster),
): Promise<Enforcement> {
  const byWebhook = await askFor({ work, patienceMs }, byAffinity(node), ports);
  if (byWebhook.enforced !== 'no' || !hasFloor(work, await floor())) return byWebhook;
  return inPart(await askFor({ work, patienceMs: FLOOR_KNOWS_MS }, byName(node), ports), work);
}

/** Whether the API server has a policy of ours that refuses such work; where that may not be read it may have one. */
function hasFloor(work: TriedWork, rules: readonly string[] | undefined): boolean {
  return rules === undefined || rules.includes(work);
}

/** Asks until the canary is not let pass any more, or the time is over. */
async function askFor(
  { work, patienceMs }: Trial,
  pin: object,
  { cluster, ...ports }: TrialPorts,
): Promise<Enforcement> {
  const isDone = ({ said }: CanaryAnswer): boolean => said !== 'accepted';
  const polling = { everyMs: ASK_EVERY_MS, withinMs: patienceMs, isDone };
  return enforcementFrom(await pollUntil(() => askCanary(work, pin, cluster), polling, ports));
}

/** The webhook lets it pass, and what the API server decides by itself (docs/floor.md) does not. */
function inPart(enforcement: Enforcement, work: TriedWork): Enforcement {
  if (enforcement.enforced !== 'yes') return enforcement;
  const why = `what the API server decides by itself; the webhook let a canary ${work} pass (is a replica of it ready?)`;
  return { enforced: 'in-part', why };
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
