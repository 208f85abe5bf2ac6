import type { CauseGroup } from '../../drain/cause.ts';
import type { DrainEvent, DryRunMark, PodName } from '../../drain/events.ts';
import type { HookEvent, HooksPlanned } from '../../hooks/events.ts';
import type { Enforcement } from '../../policy/enforcement.ts';
import type { Keeping, TriedWork } from '../../policy/keeping.ts';
import type { Finding } from '../../preflight/finding.ts';
import type { Report } from '../../session/report.ts';

/** A pod and why it is not simply evicted. */
export interface ReasonedName extends PodName {
  readonly why: string;
}

/**
 * What `on` tells while it works. People read it as lines; with `-o json` each is one JSON object on a line of its own,
 * with `time` (RFC 3339) and `type` before the fields below; what is undefined is left out. A contract with scripts:
 * fields are only ever added.
 */
export type OnEvent =
  /** Something that the preflight found; `refuse` is followed by `failed`, and nothing was changed. */
  | ({ readonly type: 'finding' } & Finding)
  | { readonly type: 'cordoned'; readonly node: string; readonly already: boolean; readonly dryRun: DryRunMark }
  /** Whether backups, scans and add-on changes are really kept off from now on. */
  | {
      readonly type: 'enforced';
      readonly nodes: readonly string[];
      readonly enforcement: Enforcement;
      /** What the policy in force does with each kind of work. */
      readonly keeping: readonly Keeping[];
      /** What was tried out. */
      readonly canary: TriedWork | undefined;
      /**
       * Whether the API server's own policies know of these nodes, so that they hold while no webhook answers; undefined where
       * there are none, or where nobody could tell.
       */
      readonly floorKnows?: boolean;
      /** Namespaces about which the webhook is not asked, by their names; left out where there are none. */
      readonly exempt?: readonly string[];
    }
  /** What would become of a node's pods, in order. */
  | {
      readonly type: 'planned';
      readonly node: string;
      readonly evict: readonly PodName[];
      readonly waitFor: readonly ReasonedName[];
      readonly leave: readonly ReasonedName[];
    }
  /** Whether the other nodes have room for all pods that are made again elsewhere: an estimate on `looked` nodes. */
  | {
      readonly type: 'room';
      readonly moving: number;
      readonly without: readonly PodName[];
      readonly looked: number;
      readonly candidates: number;
    }
  | DrainEvent
  | HookEvent
  | HooksPlanned
  | { readonly type: 'drained'; readonly node: string; readonly dryRun: DryRunMark }
  /** Instead of `drained`: every pod was asked to go, and nobody confirms that these ended. */
  | { readonly type: 'drain-unconfirmed'; readonly node: string; readonly pods: readonly PodName[] }
  /** Pods that are left where a drain ended early. */
  | { readonly type: 'left'; readonly node: string; readonly causes: readonly CauseGroup[] }
  /**
   * Of several nodes, at the end: which are drained and which are not, and what those wait for, over all of them. Behind a
   * batch in which something failed there may be nodes whose turn never came: they are as they were.
   */
  | {
      readonly type: 'summary';
      readonly drained: readonly string[];
      readonly left: readonly string[];
      readonly notBegun: readonly string[];
      readonly causes: readonly CauseGroup[];
    }
  | { readonly type: 'rolled-back'; readonly node: string; readonly how: string }
  | {
      readonly type: 'failed';
      readonly node: string | undefined;
      readonly message: string;
      readonly hint: string | undefined;
    };

/** Hears what `on` tells. */
export type OnReport = Report<OnEvent>;

/** Tells each finding once: what is true of the webhook, or of all nodes, is found again for every batch and every node. */
export function findingsOnce(report: OnReport): OnReport {
  const told = new Set<string>();
  return {
    tell: (event) => {
      const text = event.type === 'finding' ? event.text : undefined;
      if (text !== undefined && told.has(text)) return;
      if (text !== undefined) told.add(text);
      report.tell(event);
    },
  };
}
