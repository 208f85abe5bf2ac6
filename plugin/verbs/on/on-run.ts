import { once, type Claim } from '../../../shared/index.ts';
import type { OnOperation } from './flags.ts';
import type { DrainPlan } from '../../drain/plan.ts';
import type { PodsOnNode } from '../../drain/pods-on-node.ts';
import type { Progress } from '../../drain/progress.ts';
import { hookRun, type HookRun } from '../../hooks/hook-run.ts';
import { Announcer } from '../../nodes/announce.ts';
import { hasClaim } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';
import type { OnReport } from './events.ts';
import { sharedByDrains, type SharedByDrains } from './shared-by-drains.ts';

/** A node that this command is about, as it was before, with what is known of it so far. */
export interface Target {
  readonly node: NodeSnapshot;
  /** How it is drained; none in mode `cordon`. */
  readonly plan?: DrainPlan;
  /** Its pods; none in mode `cordon`. */
  readonly pods?: TargetPods;
  /** The node as this command has written it. */
  readonly marked?: NodeSnapshot;
}

/** A node that carries the mark of this command. */
export interface MarkedTarget extends Target {
  readonly marked: NodeSnapshot;
}

/** The pods of a node, which are watched only while that is needed: hundreds of nodes must not take hundreds of watches. */
export interface TargetPods {
  /** Begins to watch them, or gives what is watched already. */
  follow(): PodsOnNode;
  /** They need not be watched any more. */
  end(): void;
}

/** One `on`, from its preflight to its end. Every step reads it, and writes down what the steps behind it have to know. */
export interface OnRun {
  readonly operation: OnOperation;
  /** What is written into the record of each node. */
  readonly claim: Claim;
  /** A claim of the same owner on a node is another command's, and refuses. Otherwise this one takes its place. */
  readonly refusesSameOwner: boolean;
  readonly session: Session;
  readonly report: OnReport;
  readonly announcer: Announcer;
  /** The cluster around the nodes. */
  readonly view: ClusterView;
  readonly shared: SharedByDrains;
  /** What is done around each drain. */
  readonly hooks: () => Promise<HookRun>;
  /** Names of all nodes that this command is about, in the order of their turns. */
  readonly names: readonly string[];
  /** Names of the nodes on which a mark was tried. */
  readonly touched: Set<string>;
  /** The nodes that carry the mark, and that may be drained. */
  readonly marked: MarkedTarget[];
  /** How far their drains have come. */
  readonly progress: Progress[];
  /** Names of the nodes that are drained, and whose record says so. */
  readonly drained: Set<string>;
  /** Names of the nodes that are drained while nobody knows whether their record says so. */
  readonly unrecorded: Set<string>;
  /** Names of the nodes that somebody else took from this command: deleted, uncordoned, or their maintenance ended. */
  readonly takenAway: Set<string>;
}

/** A run that has not written anything yet. */
export function newRun(
  nodes: readonly NodeSnapshot[],
  known: Pick<OnRun, 'operation' | 'claim' | 'refusesSameOwner' | 'session' | 'report' | 'view'>,
): OnRun {
  const { session, claim, report, operation } = known;
  const { acceptedLoss } = operation;
  const shared = sharedByDrains(known);
  return {
    ...known,
    announcer: new Announcer(session, (node) => hasClaim(node, claim.owner)),
    shared,
    hooks: once(async () => hookRun(await shared.hooks(), { session, report, acceptedLoss })),
    names: nodes.map(({ facts }) => facts.name),
    touched: new Set(),
    marked: [],
    progress: [],
    drained: new Set(),
    unrecorded: new Set(),
    takenAway: new Set(),
  };
}
