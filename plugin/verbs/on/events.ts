import type { CauseGroup } from '../../drain/cause.ts';
import type { Enforcement } from '../../nodes/enforcement.ts';
import type { Keeping, TriedWork } from '../../policy/keeping.ts';
import type { Finding } from '../../preflight/finding.ts';
import type { Report } from '../../terminal/report.ts';

/** A pod as events name it. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** A pod and why it is not simply evicted. */
export interface ReasonedName extends PodName {
  readonly why: string;
}

/** Whether an event tells of what was done, or of what a dry run would do. */
export type DryRunMark = 'client' | 'server' | undefined;

/**
 * What `on` tells while it works. People read it as lines; with `-o json` each is one JSON object on a line of its own,
 * with `time` (RFC 3339) and `type` before the fields below; what is undefined is left out. A contract with scripts:
 * fields are only ever added.
 */
export type OnEvent =
  /** Something that the preflight found; `refuse` is followed by `failed`, and nothing was changed. */
  | ({ readonly type: 'finding' } & Finding)
  /** Something of the moment: a watch that broke and goes on. */
  | { readonly type: 'note'; readonly text: string }
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
  | ({ readonly type: 'progress' } & NodeProgress)
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

/** How far the drain of a node has come. */
export interface NodeProgress {
  readonly node: string;
  readonly phase: 'pods' | 'volumes' | 'replacements';
  /** Pods that are to go and still there, of all that were to go. */
  readonly left: number;
  readonly total: number;
  readonly causes: readonly CauseGroup[];
}

/** Hears what `on` tells. */
export type OnReport = Report<OnEvent>;
