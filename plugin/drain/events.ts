import type { CauseGroup } from './cause.ts';

/** A pod as events name it. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Whether an event tells of what was done, or of what a dry run would do. */
export type DryRunMark = 'client' | 'server' | undefined;

/** What the drain of a node tells while it works; fields are only ever added. */
export type DrainEvent =
  /** Something of the moment: a watch that broke and goes on. */
  | { readonly type: 'note'; readonly text: string }
  /** A pod is gone; `deleted` with --disable-eviction, which no budget stops. */
  | {
      readonly type: 'evicted' | 'deleted';
      readonly node: string;
      readonly pod: PodName;
      readonly dryRun: DryRunMark;
    }
  /** Deletion was asked for; the node's kubelet does not answer, so nobody confirms it. */
  | { readonly type: 'unconfirmed'; readonly node: string; readonly pod: PodName }
  | {
      readonly type: 'waiting';
      readonly node: string;
      readonly pod: PodName;
      readonly why: string;
      readonly dryRun: DryRunMark;
    }
  /** The API server would never let it go. */
  | { readonly type: 'refused'; readonly node: string; readonly pod: PodName; readonly why: string }
  /** How far a node is, at most every few seconds; `phase` says what is waited for. */
  | ({ readonly type: 'progress' } & NodeProgress);

/** How far the drain of a node has come. */
export interface NodeProgress {
  readonly node: string;
  readonly phase: 'pods' | 'volumes' | 'replacements';
  /** Pods that are to go and still there, of all that were to go. */
  readonly left: number;
  readonly total: number;
  readonly causes: readonly CauseGroup[];
}
