import {
  at,
  creationOf,
  fieldsAt,
  joinNames,
  textAt,
  type ReviewRequest,
  type Verdict,
} from '../../../shared/index.ts';
import type { CheckFinding } from './report.ts';

/** A number as the CronJob controller puts it behind the name: minutes since 1970 (k8s pkg/controller/cronjob, getJobName). */
const SOME_MINUTE = 29_000_000;

/**
 * What a run of a CronJob asks for: its Job, then a pod of that; nothing where the object is no CronJob, or one without
 * runs. The API server accepts the CronJob whatever becomes of its runs: whoever checks it wants to know of them.
 */
export function requestsOfRun(object: unknown): readonly ReviewRequest[] {
  const [group] = (textAt(object, 'apiVersion') ?? '').split('/');
  if (group !== 'batch' || textAt(object, 'kind') !== 'CronJob') return [];
  if (at(object, 'spec', 'suspend') === true) return [];
  const name = `${textAt(object, 'metadata', 'name') ?? ''}-${SOME_MINUTE}`;
  const namespace = textAt(object, 'metadata', 'namespace');
  const template = at(object, 'spec', 'jobTemplate');
  const pod = at(template, 'spec', 'template');
  const made = (apiVersion: string, kind: string, from: unknown): ReviewRequest =>
    creationOf({
      apiVersion,
      kind,
      metadata: { ...fieldsAt(from, 'metadata'), name, namespace },
      spec: at(from, 'spec'),
    });
  return [made('batch/v1', 'Job', template), made('v1', 'Pod', pod)];
}

/** What becomes of the runs of a CronJob: by the first of their requests to which a rule objects. */
export function findingsOfRuns(verdicts: readonly Verdict[]): readonly CheckFinding[] {
  const judged = verdicts.find(({ findings }) => findings.some(({ decision }) => decision !== 'allow'));
  if (judged === undefined) return verdicts.slice(-1).flatMap(unopposed);
  return judged.findings.flatMap(({ rule, decision, detail }) => {
    if (decision === 'deny')
      return [{ rule, reason: 'RunsRefused', detail: `its runs are refused: ${detail}; ${AFTER}` }];
    return decision === 'warn' ? [{ rule, reason: 'RunsWarned', detail: `of its runs: ${detail}` }] : [];
  });
}

/** k8s pkg/controller/cronjob: of the times that were missed the latest alone is made up for. */
const AFTER = 'once they pass again, its controller makes up for the latest one, and the others are lost';

/** Ordinary work that names the node waits there or runs: nobody objects, and the drained node gets it. */
function unopposed({ nodes }: Verdict): readonly CheckFinding[] {
  if (nodes.length === 0) return [];
  const detail = `no rule refuses its runs, whose pods may go to ${joinNames(nodes)}, in maintenance`;
  return [{ rule: 'placement', reason: 'RunsReach', detail }];
}
