import { MaintError } from '../../../shared/index.ts';
import { listJobs, type JobFacts } from '../../detached/jobs.ts';
import { rightsIn } from '../../detached/rights.ts';
import { missingRights, renderRight } from '../../preflight/rights.ts';
import type { Session } from '../../session/session.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { followJob } from './follow.ts';
import type { AttachOperation } from './flags.ts';
import { renderJobs } from './text.ts';

/** Where kubectl looks without a word of anybody. */
const DEFAULT_NAMESPACE = 'default';

/** `kubectl maint attach`: follows Jobs to their end, or lists them. Ends with the exit code of what it follows. */
export async function runAttach({ namespace, follows }: AttachOperation, session: Session): Promise<ExitCode> {
  const { cluster, screen, clock } = session;
  const place = namespace ?? cluster.namespace ?? DEFAULT_NAMESPACE;
  const jobs = await listJobs(place, cluster);
  if (follows === 'none' && jobs.length > 0) {
    screen.result(renderJobs(jobs, place === '', clock.now()));
    return EXIT.done;
  }
  const chosen = chooseJobs(jobs, follows, place);
  if (chosen.length === 0) {
    screen.note(`nothing is carried out ${where(place)}`);
    return EXIT.done;
  }
  await refuseWithoutRights(chosen, session);
  const isNamed = follows === 'all';
  const codes = await Promise.all(chosen.map((job) => followJob(job, session, { isNamed })));
  if (!session.signal.aborted) return codes.find((code) => code !== EXIT.done) ?? EXIT.done;
  for (const job of chosen) screen.note(`left: job ${job.name} goes on in namespace ${job.namespace}`);
  return EXIT.interrupted;
}

function chooseJobs(
  jobs: readonly JobFacts[],
  follows: AttachOperation['follows'],
  place: string,
): readonly JobFacts[] {
  if (follows === 'none') return [];
  return follows === 'all' ? jobs.filter(({ state }) => isOpen(state)) : [oneOf(jobs, follows.job, place)];
}

function isOpen(state: JobFacts['state']): boolean {
  return state === 'runs' || state === 'paused';
}

function oneOf(jobs: readonly JobFacts[], name: string, place: string): JobFacts {
  const [first, second] = jobs.filter((job) => job.name === name);
  if (first === undefined)
    throw new MaintError('usage', `there is no Job ${name} of kubectl maint ${where(place)}`, {
      hint: 'kubectl maint attach -A lists them; they are kept for a day and a half after their end',
    });
  if (second === undefined) return first;
  throw new MaintError('usage', `several namespaces have a Job ${name}`, { hint: 'name one: -n NAMESPACE' });
}

function where(place: string): string {
  return place === '' ? 'in any namespace' : `in namespace ${place}`;
}

async function refuseWithoutRights(jobs: readonly JobFacts[], { cluster }: Session): Promise<void> {
  const namespaces = [...new Set(jobs.map(({ namespace }) => namespace))];
  const wanted = namespaces.flatMap(rightsIn).filter(({ verb }) => verb !== 'create');
  const missing = await missingRights(wanted, cluster);
  if (missing.length > 0) throw new MaintError('cluster', `you may not: ${missing.map(renderRight).join(', ')}`);
}
