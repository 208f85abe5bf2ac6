import {
  cronJobPath,
  cronJobStatusPath,
  FIELD_MANAGER,
  isForbidden,
  messageOf,
  timeAt,
  type ApiRequest,
} from '../../shared/index.ts';
import type { Session } from '../session/session.ts';

/** Annotation on a CronJob that says when its controller was woken last (RFC 3339); writing it is what wakes. */
export const WOKEN_ANNOTATION = 'kubectl-maint.io/woken';

/** A CronJob by its name. */
export interface CronJobName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The request that makes the CronJob controller look at once, where by itself it comes back later and later after a
 * refusal: any change of the CronJob does (k8s pkg/controller/cronjob updateCronJob), and it then makes the Job of the
 * latest time that it has missed. Written through the status subresource, which keeps the spec as it is.
 */
function wakeRequest(path: string, now: string): ApiRequest {
  return {
    method: 'PATCH',
    path,
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [WOKEN_ANNOTATION]: now } } },
  };
}

/**
 * Wakes the controller of a CronJob, by `cronjobs/status` or, where only that may be written, by the CronJob itself; `now` is
 * RFC 3339. Undefined where it is done, else why not. Never rejects.
 */
export async function wake(
  { namespace, name }: CronJobName,
  now: string,
  cluster: Session['cluster'],
): Promise<string | undefined> {
  try {
    for (const path of [cronJobStatusPath(namespace, name), cronJobPath(namespace, name)]) {
      const answer = await cluster.send(wakeRequest(path, now));
      if (answer.status < 300) return undefined;
      if (!isForbidden(answer)) return `the API server answered ${answer.status}`;
    }
    return 'no right to patch cronjobs or cronjobs/status';
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** How long a controller that was woken may take until its run is there, in ms: some 20 on an idle machine, 100 times that. */
export const RUNS_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 100;

/**
 * Whether a CronJob that was woken makes a run: its controller writes then when that was due (`status.lastScheduleTime`).
 * `before` is the CronJob before it was woken. False once the session's signal has aborted.
 */
export async function makesRun(
  { namespace, name }: CronJobName,
  before: unknown,
  { cluster, clock, signal }: Session,
): Promise<boolean> {
  const path = cronJobPath(namespace, name);
  const deadline = clock.now() + RUNS_WITHIN_MS;
  while (clock.now() < deadline && !signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (dueAt(await cluster.get(path).catch(() => before)) !== dueAt(before)) return true;
  }
  return false;
}

function dueAt(cronJob: unknown): number | undefined {
  return timeAt(cronJob, 'status', 'lastScheduleTime');
}
