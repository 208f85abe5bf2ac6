import { messageOf, isForbidden } from '../../../shared/index.ts';
import { refusedCronJobs, wakeCronJobs, type CronJobAfter } from '../../kept-off/cron-jobs.ts';
import { keptOffIn, type KeptOff } from '../../kept-off/kept-off.ts';
import { unseenByEvents } from '../../kept-off/text.ts';
import type { Session } from '../../session/session.ts';
import { floorIfReadable } from '../../policy/floor.ts';
import type { OffRun, OffTarget } from './off-run.ts';

/** How long an API server keeps Events unless it is told otherwise, in ms (kube-apiserver --event-ttl). */
const EVENTS_KEPT_MS = 3_600_000;

/**
 * Tells what was kept off the nodes that are back, and what becomes of it. Events are all that is left of it: where they
 * cannot be read, or not all of them are there any more, that is said, and the command does not fail.
 */
export async function tellKeptOff(back: readonly OffTarget[], { session, report, sources }: OffRun): Promise<void> {
  const nodes = back.map(({ node, since }) => ({ node: node.facts.name, since }));
  const { events } = sources;
  const problems: string[] = [];
  const unlessRefused = async <T>(reading: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await reading;
    } catch (thrown) {
      problems.push(whyNot(thrown));
      return [];
    }
  };
  // A run over nodes comes here once for each node: of one alone only its own Events are read, not those of all.
  const [one, ...others] = nodes.map(({ node }) => node);
  const [own, makers] = await Promise.all([
    unlessRefused(events.own(others.length === 0 ? one : undefined)),
    unlessRefused(events.makers()),
  ]);
  const cronJobs = await wakeCronJobs(refusedCronJobs(nodes, makers), session);
  report.tell({
    type: 'kept-off',
    nodes: nodes.map(({ node }) => node),
    work: keptOffIn(nodes, own, makers).map((one) => withFate(one, cronJobs)),
    cronJobs,
    unreadable: problems[0],
    expired: nodes.some(({ since }) => session.clock.now() - Date.parse(since) > EVENTS_KEPT_MS),
  });
}

/** Says, once for all nodes, what no Event can tell of. */
export async function tellUnseen({ cluster }: Session, tell: (text: string) => void): Promise<void> {
  // Where policies cannot be read, undefined stands for `may be there`.
  const text = unseenByEvents(await floorIfReadable(cluster));
  if (text !== undefined) tell(text);
}

/** Work of a CronJob whose missed run cannot be made up for any more is told as lost. */
function withFate(kept: KeptOff, cronJobs: readonly CronJobAfter[]): KeptOff {
  const isLost = cronJobs.some(
    ({ name, state }) =>
      state === 'lost' && (kept.what === `CronJob ${name}` || kept.what.endsWith(`(CronJob ${name})`)),
  );
  return isLost ? { ...kept, afterDenial: 'lost' } : kept;
}

function whyNot(thrown: unknown): string {
  return isForbidden(thrown) ? 'no right to list Events' : messageOf(thrown);
}
