import {
  cronJobPath,
  isTrueAt,
  messageOf,
  NODES,
  numberAt,
  STATE_LABEL,
  textAt,
  wakeCronJobRequest,
  WOKEN_ANNOTATION,
  type ClusterReader,
} from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { shellLine } from '../node-command/quote.ts';
import type { Session } from '../session.ts';
import { isOurDenial } from './dry-run.ts';
import { namesNode, type Ended, type MakerEvent } from './kept-off.ts';

/** What becomes of a CronJob that was refused because of a node that is back; part of the contract of `off -o json`. */
export interface CronJobAfter {
  /** `NAMESPACE/NAME` */
  readonly name: string;
  /**
   * `woken`: it makes up for its latest run now. `sleeps`: it does so when its controller tries again. `lost`: it does not,
   * since that run is too late (startingDeadlineSeconds). `suspended`: not before it is resumed. `kept-off`: because of
   * another node that is in maintenance.
   */
  readonly state: 'woken' | 'sleeps' | 'lost' | 'suspended' | 'kept-off';
  /** Why it is as it is; empty where nothing more is to be said. */
  readonly why: string;
  /** What wakes one that sleeps; empty for the others. */
  readonly command: string;
}

/** The CronJobs that were refused because of nodes that are back, each with what its controller wrote last. */
export function refusedCronJobs(ended: readonly Ended[], makers: readonly MakerEvent[]): readonly MakerEvent[] {
  const refused = makers.filter(
    (event) =>
      event.kind === 'CronJob' &&
      isOurDenial(event.message) &&
      ended.some(({ node, since }) => namesNode(event.message, node) && Date.parse(event.lastAt) >= Date.parse(since)),
  );
  const latest = new Map<string, MakerEvent>();
  for (const event of refused) {
    const known = latest.get(nameOf(event));
    if (known === undefined || Date.parse(event.lastAt) > Date.parse(known.lastAt)) latest.set(nameOf(event), event);
  }
  return [...latest.values()].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

/**
 * Wakes the controllers of refused CronJobs: after each refusal they pause for longer. Never rejects: one that is not
 * woken comes later by itself. CronJobs that are gone are left out.
 */
export async function wakeCronJobs(refused: readonly MakerEvent[], session: Session): Promise<readonly CronJobAfter[]> {
  if (refused.length === 0) return [];
  const held = await heldNodes(session.cluster);
  const found = await Promise.all(refused.map((event) => wakeOne(event, held, session)));
  return found.filter((one) => one !== undefined);
}

async function wakeOne(
  event: MakerEvent,
  held: readonly string[],
  { cluster, clock }: Session,
): Promise<CronJobAfter | undefined> {
  const name = nameOf(event);
  const other = held.find((node) => namesNode(event.message, node));
  // Woken it would be refused once more, and pause for longer.
  if (other !== undefined) return { name, state: 'kept-off', why: `node ${other} is in maintenance`, command: '' };
  const object = await cluster.get(cronJobPath(event.namespace, event.name)).catch(() => null);
  if (object === undefined) return undefined;
  const now = clock.now();
  const still = standstillOf(object, now - Date.parse(event.lastAt));
  if (still !== undefined) return { name, ...still, command: '' };
  const woken = timestamp(now);
  const why = await wake(event, woken, cluster);
  if (why === undefined) return { name, state: 'woken', why: '', command: '' };
  const annotation = `${WOKEN_ANNOTATION}=${woken}`;
  const words = ['kubectl', 'annotate', 'cronjob', event.name, '-n', event.namespace, annotation, '--overwrite'];
  return { name, state: 'sleeps', why, command: shellLine(words) };
}

/** Why a CronJob makes up for nothing, although it may run: k8s pkg/controller/cronjob syncCronJob. */
export function standstillOf(
  cronJob: unknown,
  sinceRefusalMs: number,
): Pick<CronJobAfter, 'state' | 'why'> | undefined {
  if (isTrueAt(cronJob, 'spec', 'suspend')) return { state: 'suspended', why: 'it is suspended' };
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  if (deadline === undefined || sinceRefusalMs <= deadline * 1000) return undefined;
  return { state: 'lost', why: `its startingDeadlineSeconds (${deadline}) have passed` };
}

/** Undefined where it is done, else why not. */
async function wake(event: MakerEvent, woken: string, cluster: Session['cluster']): Promise<string | undefined> {
  try {
    const { status } = await cluster.send(wakeCronJobRequest(event, woken));
    if (status < 300) return undefined;
    return status === 403 ? 'no right to patch cronjobs/status' : `the API server answered ${status}`;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Where they cannot be read, none is known: a CronJob is then woken once in vain at worst. */
async function heldNodes(cluster: ClusterReader): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { items } of cluster.pages(NODES, { query: { labelSelector: STATE_LABEL } })) {
      names.push(...items.map((node) => textAt(node, 'metadata', 'name')).filter((name) => name !== undefined));
    }
    return names;
  } catch {
    return [];
  }
}

function nameOf({ namespace, name }: Pick<MakerEvent, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
