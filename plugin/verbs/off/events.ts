import type { GateState } from '../../health/gate.ts';
import type { HookEvent } from '../../hooks/events.ts';
import type { KeptOffEvent } from '../../kept-off/text.ts';

/**
 * What `off` tells while it works. People read it as lines; with `-o json` each is one JSON object on a line of its
 * own, with `time` (RFC 3339) and `type` before the fields below; what is undefined is left out. A contract with
 * scripts: fields are only ever added.
 */
export type OffEvent =
  /** Something of the moment: a watch that broke and goes on, a node that was not begun. */
  | { readonly type: 'note' | 'warning'; readonly text: string }
  /** There was nothing to end; `lostAt` (RFC 3339): when its record was lost with the node. */
  | { readonly type: 'not-in-maintenance'; readonly node: string; readonly lostAt: string | undefined }
  /** With --all: whose claims are dropped. */
  | { readonly type: 'claims'; readonly node: string; readonly owners: readonly string[] }
  /** The node is on its way back: held add-on changes are let go. */
  | { readonly type: 'returning'; readonly node: string }
  /** What the node waits for has changed. */
  | ({ readonly type: 'progress' } & GateState)
  /** The claim is dropped, and these other owners keep the node in maintenance. */
  | { readonly type: 'stays'; readonly node: string; readonly owners: readonly string[] }
  /** The maintenance is over. `cordoned`: as the node was before; `addons`: those that caught up first. */
  | {
      readonly type: 'ended';
      readonly node: string;
      readonly cordoned: boolean;
      readonly addons: readonly string[];
    }
  | KeptOffEvent
  | HookEvent
  /** `node` is undefined where the command as a whole failed. */
  | {
      readonly type: 'failed';
      readonly node: string | undefined;
      readonly message: string;
      readonly hint: string | undefined;
    };
