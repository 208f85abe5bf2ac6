import { CARRIERS, SCHEDULE_KIND, type NodeSource } from '../../shared/index.ts';
import { list } from './cel.ts';

/** The kind of the request, as `group/Kind`. */
export const KIND = "request.kind.group + '/' + request.kind.kind";

/** Kinds whose pods are placed as they say; a DaemonSet's controller has its own ideas (see shared/scheduling). */
export const PLACED: readonly string[] = [
  '/Pod',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/Job',
];

/** Whether the object is what carries out work, a Pod or a Job: what most patterns ask, so it has a variable. */
export const IS_RUN = { name: 'isRun', expression: `${KIND} in ${list(CARRIERS)}` };

/** Whether the object is of one of some kinds. The policies are asked about no CronJob, which starts nothing. */
export function isOneOf(kinds: readonly string[]): string {
  const asked = kinds.filter((kind) => kind !== SCHEDULE_KIND);
  const areRuns = asked.length === CARRIERS.length && CARRIERS.every((kind) => asked.includes(kind));
  return areRuns ? 'variables.isRun' : `variables.kind in ${list(asked)}`;
}

/** Where a node's name stands in the object itself. */
export type OwnSource = NodeSource & { readonly in: 'field' | 'label' };

/** Kinds whose objects name their node themselves. */
export interface NamingKind {
  readonly kinds: readonly string[];
  readonly source: OwnSource;
}
