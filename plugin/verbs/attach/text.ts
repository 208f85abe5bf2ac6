import { clean, MAX_TEXT, renderDuration } from '../../../shared/index.ts';
import type { JobFacts } from '../../detached/jobs.ts';
import { renderTable } from '../../terminal/table.ts';

/** kubectl's words for how far a Job has come. */
const STATES: Readonly<Record<JobFacts['state'], string>> = {
  runs: 'Running',
  paused: 'Suspended',
  done: 'Complete',
  failed: 'Failed',
};

/** Jobs as a table. */
export function renderJobs(jobs: readonly JobFacts[], withNamespace: boolean, now: number): string {
  const head = [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'STATE', 'AGE', 'REQUESTED BY', 'COMMAND'];
  const rows = jobs.map((job) => [
    ...(withNamespace ? [job.namespace] : []),
    job.name,
    STATES[job.state],
    renderDuration(now - Date.parse(job.createdAt)),
    clean(job.requestedBy, MAX_TEXT),
    clean(job.commandLine, MAX_TEXT),
  ]);
  return renderTable([head, ...rows]);
}
