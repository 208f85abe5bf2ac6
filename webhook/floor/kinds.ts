import {
  LABELLED_KINDS,
  isOfKind,
  KUBERNETES,
  SCHEDULE_KIND,
  type Beginning,
  type Kind,
  type NodeSource,
} from '../../shared/index.ts';
import { list } from './cel.ts';

/** The kind of the request, as `group/Kind`. */
export const KIND = "request.kind.group + '/' + request.kind.kind";

/** Kinds whose pods are placed as they say; a DaemonSet's controller has its own ideas (see shared/scheduling). */
export const PLACED: readonly Kind[] = [
  KUBERNETES.Pod,
  KUBERNETES.Deployment,
  KUBERNETES.ReplicaSet,
  KUBERNETES.StatefulSet,
  KUBERNETES.Job,
];

/** Kinds as a list in CEL. */
export function listOfKinds(kinds: readonly Kind[]): string {
  return list(kinds.map(({ groupKind }) => groupKind));
}

/** Whether the object is what carries out work, a Pod or a Job: what most patterns ask, so it has a variable. */
export const IS_RUN = { name: 'isRun', expression: `${KIND} in ${listOfKinds(LABELLED_KINDS)}` };

/** Whether the object is of one of some kinds. The policies are asked about no CronJob, which starts nothing. */
export function isOneOf(kinds: readonly Kind[]): string {
  const asked = kinds.filter((kind) => !isOfKind(kind, [SCHEDULE_KIND]));
  const areRuns = asked.length === LABELLED_KINDS.length && LABELLED_KINDS.every((kind) => isOfKind(kind, asked));
  return areRuns ? 'variables.isRun' : `variables.kind in ${listOfKinds(asked)}`;
}

/** Where a node's name stands in the object itself. */
export type OwnSource = NodeSource & { readonly in: 'field' | 'label' };

/** Kinds whose objects name their node themselves. */
export interface NamingKind {
  readonly kinds: readonly Kind[];
  readonly source: OwnSource;
  /** Where making one begins nothing yet. */
  readonly begins: Beginning | undefined;
}
