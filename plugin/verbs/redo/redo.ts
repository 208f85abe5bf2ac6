import {
  at,
  ClusterRefusal,
  collectionPath,
  cronJobPath,
  isForbidden,
  MaintError,
  messageOf,
  nodeFromObject,
  NODES,
  objectPath,
  readAll,
  STATE_LABEL,
  stringMapAt,
  textAt,
  type Cluster,
  type NodeFacts,
  FIELD_MANAGER,
} from '../../../shared/index.ts';
import { refusalEventsRead } from '../../kept-off/refusal-events.ts';
import { makesRun, wake } from '../../kept-off/wake.ts';
import { timestamp } from '../../session/clock.ts';
import { forbiddenText } from '../../session/forbidden-text.ts';
import type { Session } from '../../session/session.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { Named, RedoOperation } from './flags.ts';
import { remakesFrom, type Remake } from './remake.ts';
import { refusedWork, wordFor, type RefusedWork } from './refused-work.ts';
import { hasFailed, nameOfRun, ownedBy, SCHEDULE_LABEL, standingOf, type About } from './standing.ts';
import { createdText, renderItems, renderList, type RedoItem } from './text.ts';

/** Refused work as it stands. */
interface Found {
  readonly work: RefusedWork;
  readonly item: RedoItem;
  /** The CronJob, or the Backup. */
  readonly object: unknown;
  /** What makes up for it, by each name that is tried in turn; empty where no call does. */
  readonly remakes: readonly Remake[];
}

/**
 * `kubectl maint redo`: lists what was refused because of maintenance, and makes up for what is named, by one call each, with
 * the caller's own rights. Nothing is made that was made up for already, that stands still, or that would be refused again.
 */
export async function runRedo(operation: RedoOperation, session: Session): Promise<ExitCode> {
  const { screen, cluster } = session;
  const refused = await readRefused(cluster, (what) => {
    screen.note(`refused Backups are not known, or not all of them: no right to list ${what}.velero.io`);
  });
  const held = await readAll(cluster, { path: NODES, query: { labelSelector: STATE_LABEL } }, nodeFromObject);
  const chosen = choose(operation, refused);
  const found = await Promise.all(chosen.map((work) => readStanding(work, { held, refused }, session)));
  if (operation.what === 'none') {
    await tell(
      found.map(({ item }) => item),
      operation,
      session,
    );
    const open = found.filter(({ item }) => item.state === 'open').map(({ work }) => wordFor(work));
    if (operation.format === 'text' && open.length > 0)
      screen.note(`to make up for it: kubectl maint redo ${open.join(' ')}`);
    return EXIT.done;
  }
  const items: RedoItem[] = [];
  for (const one of found) items.push(await makeUpFor(one, operation, session));
  if (operation.format !== 'text') await tell(items, operation, session);
  if (session.signal.aborted) return EXIT.interrupted;
  const isLeft = (item: RedoItem): boolean => item.made === null && item.state !== 'made-up';
  // `--all` means what can be made up for; who names something wants to know that it was not.
  const missed =
    operation.what === 'all' ? items.filter(({ state }) => state === 'open' || state === 'unknown') : items;
  return missed.some(isLeft) ? EXIT.gaveUp : EXIT.done;
}

/** Events of CronJobs and pieces of Backups tell of refusals: without the right to Events too little is known. */
async function readRefused(cluster: Cluster, unread: (what: string) => void): Promise<readonly RefusedWork[]> {
  try {
    return refusedWork(await refusalEventsRead(cluster, unread).makers());
  } catch (thrown) {
    if (!(thrown instanceof ClusterRefusal) || !isForbidden(thrown)) throw thrown;
    throw new MaintError('cluster', `what was refused is not known: ${forbiddenText(thrown.message)}`, {
      hint: 'the ClusterRole kubectl-maint-operator may list Events',
    });
  }
}

/** What is meant, of what was refused. Throws MaintError('usage') where something else is named. */
function choose({ what }: RedoOperation, refused: readonly RefusedWork[]): readonly RefusedWork[] {
  if (typeof what === 'string') return refused;
  return what.map((named: Named) => {
    const work = refused.find((one) => wordFor(one) === wordFor(named));
    if (work !== undefined) return work;
    throw new MaintError('usage', `no refusal of ${wordFor(named)} is known`, {
      hint: 'kubectl maint redo lists them; Events of more than an hour ago are gone, unless your API server keeps them longer',
    });
  });
}

async function readStanding(
  work: RefusedWork,
  among: { readonly held: readonly NodeFacts[]; readonly refused: readonly RefusedWork[] },
  { cluster, clock }: Session,
): Promise<Found> {
  const { kind, namespace, name, times, lastAt } = work;
  const about = { kind, namespace, name, times, lastAt, made: null, dryRun: undefined };
  try {
    const read = await readRuns(work, cluster);
    // A CronJob is refused itself, and its Jobs are other objects, though one of them may have its name.
    const alike = among.refused.filter((one) => kind === 'Backup' && one.kind === kind && one.namespace === namespace);
    const refused = new Set(alike.map((one) => one.name));
    const standing = standingOf(work, { ...read, held: among.held, refused, now: clock.now() });
    const maker = kind === 'CronJob' ? read.object : read.schedule;
    const remakes = standing.state === 'open' ? remakesFrom(maker, work, read.runs) : [];
    return { work, item: { ...about, ...standing }, object: read.object, remakes };
  } catch (thrown) {
    if (!(thrown instanceof MaintError)) throw thrown;
    const why = forbiddenText(thrown.message);
    return { work, item: { ...about, state: 'unknown', why }, object: undefined, remakes: [] };
  }
}

type Read = Pick<About, 'object' | 'runs' | 'schedule'>;

function readRuns(work: RefusedWork, cluster: Cluster): Promise<Read> {
  return work.kind === 'CronJob' ? readCronJob(work, cluster) : readBackup(work, cluster);
}

async function readCronJob({ namespace, name }: RefusedWork, cluster: Cluster): Promise<Read> {
  const object = await cluster.get(cronJobPath(namespace, name));
  const jobs = await readAll(cluster, { path: collectionPath('batch/v1/jobs', namespace) }, asRun);
  return { object, runs: ownedBy(object, jobs), schedule: undefined };
}

async function readBackup({ namespace, name }: RefusedWork, cluster: Cluster): Promise<Read> {
  const object = await cluster.get(objectPath('velero.io/v1/backups', namespace, name));
  const maker = stringMapAt(object, 'metadata', 'labels').get(SCHEDULE_LABEL);
  if (maker === undefined) return { object, runs: [], schedule: undefined };
  const query = { labelSelector: `${SCHEDULE_LABEL}=${maker}` };
  const [schedule, runs] = await Promise.all([
    cluster.get(objectPath('velero.io/v1/schedules', namespace, maker)),
    readAll(cluster, { path: collectionPath('velero.io/v1/backups', namespace), query }, asRun),
  ]);
  return { object, runs, schedule };
}

/** Of runs only their names and times are asked about, and how they ended. */
function asRun(object: unknown): unknown {
  const status = { phase: at(object, 'status', 'phase'), conditions: at(object, 'status', 'conditions') };
  return { metadata: at(object, 'metadata'), status };
}

/** Makes up for one, and says what came of it. A refusal ends nothing: the next may pass. */
async function makeUpFor(found: Found, { dryRun, format }: RedoOperation, session: Session): Promise<RedoItem> {
  const { screen, signal } = session;
  const { item, work, remakes } = found;
  const told = (outcome: RedoItem): RedoItem => {
    if (format === 'text') {
      if (outcome.made !== null) screen.result(createdText(outcome.made, dryRun));
      else screen.note(`${wordFor(work)} is left as it is: ${outcome.why}`);
    }
    return outcome;
  };
  const [first] = remakes;
  if (first === undefined || signal.aborted) return told(signal.aborted ? { ...item, why: 'interrupted' } : item);
  if (dryRun === 'client') return told({ ...item, made: first.what, dryRun });
  try {
    return told({ ...item, ...(await outcomeOf(found, dryRun, session)) });
  } catch (thrown) {
    return told({ ...item, why: messageOf(thrown) });
  }
}

/** What of an item is other than it was, once its call was made. */
type Outcome = Partial<Pick<RedoItem, 'made' | 'dryRun' | 'state' | 'why'>>;

type TriedDryRun = Exclude<DryRun, 'client'>;

async function outcomeOf({ work, object, remakes }: Found, dryRun: TriedDryRun, session: Session): Promise<Outcome> {
  const byItself =
    work.kind === 'CronJob' && dryRun === 'none' ? await askController(work, object, session) : undefined;
  return byItself ?? makeFirst(remakes, work, dryRun, session);
}

/** Makes the first whose name is not taken. A run of its own that has taken one makes up for it, unless it has failed. */
async function makeFirst(
  remakes: readonly Remake[],
  work: RefusedWork,
  dryRun: TriedDryRun,
  { cluster, signal }: Session,
): Promise<Outcome> {
  const isTried = dryRun === 'server';
  const query = { fieldManager: FIELD_MANAGER, ...(isTried && { dryRun: 'All' }) };
  for (const { name, what, request } of remakes) {
    const answer = await cluster.send({ ...request, query, signal });
    if (answer.status < 300) return { made: what, dryRun: isTried ? dryRun : undefined };
    if (textAt(answer.body, 'reason') !== 'AlreadyExists')
      return { why: forbiddenText(textAt(answer.body, 'message') ?? `the API server answered ${answer.status}`) };
    const { runs } = await readRuns(work, cluster);
    if (runs.some((run) => nameOfRun(run) === name && !hasFailed(run)))
      return { state: 'made-up', why: `${what} is there already` };
  }
  const kinds = work.kind === 'CronJob' ? 'jobs' : 'backups.velero.io';
  return {
    why: `${remakes.length} names for it are taken, by runs that failed or that are not its own: kubectl get ${kinds} -n ${work.namespace}`,
  };
}

/**
 * A controller of CronJobs that pauses after its refusals makes up for the run by itself, and would do so beside ours, which
 * wakes it. So it is asked first; undefined where it makes none.
 */
async function askController(work: RefusedWork, object: unknown, session: Session): Promise<Outcome | undefined> {
  const { cluster, clock } = session;
  const why = await wake(work, timestamp(clock.now()), cluster);
  if (why !== undefined)
    return { state: 'open', why: `${why}, and its own controller may make up for it beside another run` };
  return (await makesRun(work, object, session))
    ? { state: 'made-up', why: 'its own controller makes up for it now' }
    : undefined;
}

async function tell(items: readonly RedoItem[], { format }: RedoOperation, { screen }: Session): Promise<void> {
  if (format !== 'text') screen.data(await renderList(items, format));
  else if (items.length === 0) screen.note('nothing is known to have been refused that one call makes up for');
  else screen.data(renderItems(items));
}
