import type { Moment } from './hook.ts';

/**
 * What becomes of a step. `begun`: it is carried out now; `already`: everything is so, or it was done before; `gone`: there
 * is nothing to undo any more; `left`: undone, but for fields that somebody else has changed since; `failed`: told why.
 */
export type HookState = 'begun' | 'done' | 'already' | 'undone' | 'gone' | 'left' | 'failed';

/** What is told of hooks while they are carried out and undone. */
export interface HookEvent {
  readonly type: 'hook';
  readonly node: string;
  readonly hook: string;
  readonly step: string;
  readonly state: HookState;
  /** Why it failed, or what is left. */
  readonly why?: string | undefined;
}

/** What would be done for a node, and when. */
export interface HooksPlanned {
  readonly type: 'hooks-planned';
  readonly node: string;
  readonly steps: readonly PlannedStep[];
}

/** A step as a plan tells of it. */
export interface PlannedStep {
  readonly moment: Moment;
  readonly hook: string;
  readonly step: string;
  /** `patches nodes.longhorn.io/n1` */
  readonly what: string;
  /** `what it has changed is put back` */
  readonly undoneBy: string;
}
