import {
  cronJobPath,
  isExcepted,
  isTrueAt,
  FLOOR_RULES,
  nodeFromObject,
  NODES,
  numberAt,
  STATE_LABEL,
  type ClusterReader,
  type NodeFacts,
  readAll,
} from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';
import { shellLine } from '../terminal/shell-line.ts';
import type { Session } from '../session/session.ts';
import { makesRun, RUNS_WITHIN_MS, wake, WOKEN_ANNOTATION } from './wake.ts';
import { isOurDenial, wordsOf } from '../policy/dry-run.ts';
import { namesNode, type Ended, type MakerEvent } from './kept-off.ts';

/** What becomes of a CronJob that was refused; part of the contract of `-o json` of `off` and `allow`. */
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

/** The rules by which our denial refuses, of those that an exception can lift. */
export function denyingRules(message: string): readonly (typeof FLOOR_RULES)[number][] {
  const { text } = wordsOf(message);
  return FLOOR_RULES.filter((rule) => text.startsWith(`${rule}: `) || text.includes(`; ${rule}: `));
}

/** The CronJobs that were refused because of some nodes, each with what its controller wrote last. */
export function refusedCronJobs(ended: readonly Ended[], makers: readonly MakerEvent[]): readonly MakerEvent[] {
  const refused = makers.filter(
    (event) =>
      event.kind === 'CronJob' &&
      isOurDenial(event.message) &&
      ended.some(({ node, since }) => namesNode(event.message, node) && Date.parse(event.lastAt) >= Date.parse(since)),
  );
  const latest = new Map<string, MakerEvent>();
  for (const event of refused) {
    const known = latest.get(nameOfMaker(event));
    if (known === undefined || Date.parse(event.lastAt) > Date.parse(known.lastAt))
      latest.set(nameOfMaker(event), event);
  }
  return [...latest.values()].sort((one, other) => (nameOfMaker(one) < nameOfMaker(other) ? -1 : 1));
}

/**
 * Wakes the controllers of refused CronJobs: after each refusal they pause for longer. Never rejects: one that is not
 * woken comes later by itself. CronJobs that are gone are left out.
 */
export async function wakeCronJobs(refused: readonly MakerEvent[], session: Session): Promise<readonly CronJobAfter[]> {
  if (refused.length === 0) return [];
  const isByPolicies = refused.some(({ message }) => wordsOf(message).by === 'floor');
  if (isByPolicies) await session.clock.sleep(POLICIES_HEAR_MS, session.signal);
  const held = await heldNodes(session.cluster);
  const found = await Promise.all(refused.map((event) => wakeOne(event, held, session)));
  return found.filter((one) => one !== undefined);
}

/** How long policies of the API server may go by the node as it was, in ms: 0.7 s were seen. Woken then, it is refused again. */
const POLICIES_HEAR_MS = 1000;

async function wakeOne(
  event: MakerEvent,
  held: readonly NodeFacts[],
  session: Session,
): Promise<CronJobAfter | undefined> {
  const { cluster, clock } = session;
  const name = nameOfMaker(event);
  const other = held.find((node) => namesNode(event.message, node.name) && !isLifted(event.message, node, clock.now()));
  // Woken it would be refused once more, and pause for longer.
  if (other !== undefined) return { name, state: 'kept-off', why: `node ${other.name} is in maintenance`, command: '' };
  const object = await cluster.get(cronJobPath(event.namespace, event.name)).catch(() => null);
  if (object === undefined) return undefined;
  const now = clock.now();
  const still = standstillOf(object, now - Date.parse(event.lastAt));
  if (still !== undefined) return { name, ...still, command: '' };
  const woken = timestamp(now);
  const why = await wake(event, woken, cluster);
  if (why === undefined) {
    // By the refusal alone it is not too late: when the run was due is not known, and that is what counts.
    const deadline = numberAt(object, 'spec', 'startingDeadlineSeconds');
    if (deadline === undefined || (await makesRun(event, object, session)))
      return { name, state: 'woken', why: '', command: '' };
    return {
      name,
      state: 'lost',
      why: `${passed(deadline)}: woken, it made no run within ${RUNS_WITHIN_MS / 1000}s`,
      command: '',
    };
  }
  const annotation = `${WOKEN_ANNOTATION}=${woken}`;
  const words = ['kubectl', 'annotate', 'cronjob', event.name, '-n', event.namespace, annotation, '--overwrite'];
  return { name, state: 'sleeps', why, command: shellLine(words) };
}

/** Whether exceptions of a node let pass what was refused. */
export function isLifted(message: string, { record }: NodeFacts, now: number): boolean {
  const rules = denyingRules(message);
  return rules.length > 0 && record.kind === 'record' && rules.every((rule) => isExcepted(record.record, rule, now));
}

/** Why a CronJob makes up for nothing, although it may run: k8s pkg/controller/cronjob syncCronJob. */
export function standstillOf(
  cronJob: unknown,
  sinceRefusalMs: number,
): Pick<CronJobAfter, 'state' | 'why'> | undefined {
  if (isTrueAt(cronJob, 'spec', 'suspend')) return { state: 'suspended', why: 'it is suspended' };
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  if (deadline === undefined || sinceRefusalMs <= deadline * 1000) return undefined;
  return { state: 'lost', why: passed(deadline) };
}

function passed(deadline: number): string {
  return `its startingDeadlineSeconds (${deadline}) have passed`;
}

/** Where they cannot be read, none is known: a CronJob is then woken once in vain at worst. */
async function heldNodes(cluster: ClusterReader): Promise<readonly NodeFacts[]> {
  try {
    return await readAll(cluster, { path: NODES, query: { labelSelector: STATE_LABEL } }, nodeFromObject);
  } catch {
    return [];
  }
}

/** `NAMESPACE/NAME` */
export function nameOfMaker({ namespace, name }: Pick<MakerEvent, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
