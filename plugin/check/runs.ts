import { at, creationOf, fieldsAt, textAt, type ReviewRequest, type Verdict } from '../../shared/index.ts';
import type { CheckItem } from './report.ts';

/** A number as the CronJob controller puts it behind the name: minutes since 1970 (k8s pkg/controller/cronjob, getJobName). */
const SOME_MINUTE = 29_000_000;

/**
 * The Job that a run of a CronJob asks for; undefined where the object is no CronJob, or one without runs. The API server
 * accepts the CronJob whatever its runs do: whoever checks it wants to know of them.
 */
export function runOf(object: unknown): ReviewRequest | undefined {
  const [group] = (textAt(object, 'apiVersion') ?? '').split('/');
  if (group !== 'batch' || textAt(object, 'kind') !== 'CronJob' || at(object, 'spec', 'suspend') === true) {
    return undefined;
  }
  const template = at(object, 'spec', 'jobTemplate');
  return creationOf({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...fieldsAt(template, 'metadata'),
      name: `${textAt(object, 'metadata', 'name') ?? ''}-${SOME_MINUTE}`,
      namespace: textAt(object, 'metadata', 'namespace'),
    },
    spec: at(template, 'spec'),
  });
}

/** What becomes of the runs of a CronJob, as findings about it. */
export function findingsOfRuns({ findings }: Verdict): CheckItem['findings'] {
  return findings.flatMap(({ rule, decision, detail }) => {
    if (decision === 'deny')
      return [{ rule, reason: 'RunsRefused', detail: `its runs are refused: ${detail}; ${AFTER}` }];
    return decision === 'warn' ? [{ rule, reason: 'RunsWarned', detail: `of its runs: ${detail}` }] : [];
  });
}

/** k8s pkg/controller/cronjob: of the times that were missed the latest alone is made up for. */
const AFTER = 'when they no longer are, its controller makes up for the latest one, and the others are lost';
