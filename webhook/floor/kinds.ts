import type { NodeSource } from '../../shared/index.ts';

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

/** Where a node's name stands in the object itself. */
export type OwnSource = NodeSource & { readonly in: 'field' | 'label' };

/** Kinds whose objects name their node themselves. */
export interface NamingKind {
  readonly kinds: readonly string[];
  readonly source: OwnSource;
}
