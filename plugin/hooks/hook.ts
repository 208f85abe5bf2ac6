import type { LabelSelector } from '../../shared/index.ts';
import type { OnFailure } from './record/record.ts';
import type { Call } from './record/undo.ts';
import type { Matcher } from './steps/alertmanager.ts';

/** When the steps of a hook are carried out; what is done on the way into maintenance is undone on the way back. */
export const MOMENTS = ['before-drain', 'after-drain', 'before-return', 'after-return'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Steps that are carried out for each node that is selected, one after the other. */
export interface Hook {
  readonly name: string;
  readonly at: Moment;
  /** Of the node's labels. */
  readonly nodes: LabelSelector;
  readonly steps: readonly Step[];
}

/** One step as it was written; variables in it are filled in for each node. */
export interface Step {
  readonly name: string;
  readonly action: Action;
  /** What undoes it; undefined: what it has patched is put back, and anything else is not undone. */
  readonly inverse: Inverse | undefined;
  readonly timeoutMs: number;
  readonly onFailure: OnFailure;
  /** Digest of it as it was written. */
  readonly of: string;
}

/** An object by its name, in kubectl's words. */
export interface Target {
  /** `nodes.longhorn.io`, `deploy` */
  readonly type: string;
  readonly name: string;
  /** Undefined: an object of the cluster. */
  readonly namespace: string | undefined;
}

/** How an object is patched, and with what. */
export interface Patch {
  /** Server-side apply, JSON merge patch (RFC 7386), JSON patch (RFC 6902). */
  readonly type: 'apply' | 'merge' | 'json';
  readonly body: unknown;
  /** Of server-side apply: takes fields that others own. */
  readonly force: boolean;
  /** An object that does not exist needs none. */
  readonly optional: boolean;
}

/** What is done. */
export type Action =
  | { readonly kind: 'patch'; readonly target: Target; readonly patch: Patch }
  /** What follows `kubectl wait`. */
  | { readonly kind: 'wait'; readonly line: string }
  | { readonly kind: 'call'; readonly call: Call }
  /** Waited for until a data system would lose nothing with the node. */
  | { readonly kind: 'safe'; readonly system: string }
  /** LINSTOR's satellite of the node is restored where it was evicted; `server` undefined: it is found. */
  | { readonly kind: 'satellite'; readonly server: string | undefined }
  /** Alerts are silenced, and it is extended while the maintenance lasts; `server` undefined: it is found. */
  | {
      readonly kind: 'silence';
      readonly server: string | undefined;
      readonly matchers: readonly Matcher[];
      readonly forMs: number;
    }
  | { readonly kind: 'job'; readonly namespace: string; readonly spec: unknown }
  /** A program of this machine and its arguments, without a shell. */
  | { readonly kind: 'command'; readonly words: readonly string[] };

/** One kind of action. */
export type ActionOf<Kind extends Action['kind']> = Extract<Action, { readonly kind: Kind }>;

/** What may undo a step: all that is not undone by what it has found. */
export type Inverse = ActionOf<'call' | 'job' | 'command'>;

/** Whether it waits for what others do, and changes nothing itself. */
export function isWaiting({ kind }: Action): boolean {
  return kind === 'wait' || kind === 'safe';
}
