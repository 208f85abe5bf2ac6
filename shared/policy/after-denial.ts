import { controllerOf, type WorkObject } from '../facts/work.ts';
import type { AfterDenial, WorkPattern } from '../targets/tool.ts';

/**
 * What becomes of refused work. A Job makes its refused pod again, without counting it as a failure; a CronJob makes
 * the Job of the latest time that it has missed (k8s job and cronjob controllers); for anything else its tool knows.
 */
export function afterDenialOf(object: WorkObject, pattern: WorkPattern | undefined): AfterDenial | undefined {
  if (pattern === undefined) return undefined;
  const controller = controllerOf(object);
  const made = controller === undefined ? '' : `${controller.groupKind} ${object.groupKind}`;
  return MADE_BY.includes(made) ? afterDenialByController(controller?.kind ?? '') : pattern.afterDenial;
}

/** Which controllers of Kubernetes make what, where it matters. */
const MADE_BY = ['batch/Job /Pod', 'batch/CronJob batch/Job'];

/** What becomes of what a controller of Kubernetes was refused: a CronJob makes up for its latest run, the others make it again. */
export function afterDenialByController(kind: string): AfterDenial {
  return kind === 'CronJob' ? 'resumed' : 'retried';
}
