import type { Amounts, BudgetFacts, NodeFacts, PodFacts } from '../../shared/index.ts';
import type { Cause } from '../drain/cause.ts';
import type { DrainPlan } from '../drain/plan.ts';
import type { NodeClaims } from '../nodes/node-claims.ts';
import type { PaceFlags } from '../drain/options.ts';
import type { DataAnswers } from './data/read.ts';
import type { Right } from './rights.ts';

/** Everything that the checks look at: read once, before anything is written. */
export interface Survey {
  /** The nodes that are to be taken into maintenance. */
  readonly chosen: readonly NodeFacts[];
  /** How each of them would be drained; none in mode `cordon`. */
  readonly plans: readonly DrainPlan[];
  /** Pods that operators move for the cordon alone, in mode `cordon`; undefined where the caller may not see them. */
  readonly movedByCordon: readonly PodFacts[] | undefined;
  /** Every node of the cluster; undefined where the caller may not list them. */
  readonly nodes: readonly ClusterNode[] | undefined;
  readonly budgetsOf: (pod: PodFacts) => readonly BudgetFacts[];
  /** What holds members of replicated databases until their turn comes, by UID. */
  readonly outOfTurn: ReadonlyMap<string, Cause>;
  /** Of the nodes that Karpenter has made, by their names; undefined where the caller may not read them. */
  readonly nodeClaims: NodeClaims | undefined;
  /** When the maintenance of a chosen node is to end, in ms since the epoch; undefined where no end is announced. */
  readonly endOf: (node: NodeFacts) => number | undefined;
  /** Until when it lasts at least, by whoever announces an end; undefined where nobody does. */
  readonly leastEndOf: (node: NodeFacts) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Work that may run inside pods, as far as the caller may not read it. */
  readonly unknownInside: readonly string[];
  /** Workloads of pods that are to move, by UID. */
  readonly owners: ReadonlyMap<string, OwnerHealth>;
  readonly room: Room;
  /** What the caller may not do and has to. */
  readonly missingRights: readonly Right[];
  /** Whether the API server knows our webhook. */
  readonly registered: 'yes' | 'no' | 'unknown';
  readonly pace: Pick<PaceFlags, 'maxUnavailable'>;
  /** Accepts the loss of quorum, of the last worker. */
  readonly allowLastNode: boolean;
  /** What storage and databases have answered. */
  readonly data: DataAnswers;
  /** Data systems, and objects of them, whose loss is accepted. */
  readonly acceptedLoss: readonly string[];
  /** Data systems that hooks of every node wait for, until nothing would be lost. */
  readonly awaitedData: readonly string[];
}

/** A node of the cluster as a place for pods. */
export interface ClusterNode {
  readonly facts: NodeFacts;
  readonly allocatable: Amounts;
  /** A facade for something that is no machine: what it offers is no room (virtual-kubelet). */
  readonly virtual: boolean;
}

/** How a workload is. */
export interface OwnerHealth {
  /** `ReplicaSet shop/web-5d8f` */
  readonly title: string;
  readonly ready: number;
  /** The node that its template names, past the scheduler; empty where it names none. */
  readonly nodeName: string;
}

/** Whether the other nodes have room for what must move. */
export interface Room {
  /** How many pods need a place: those that are moved and made again. */
  readonly moving: number;
  /** Pods for which none was found. */
  readonly without: readonly PodFacts[];
  /** Those of them that no other node may take, however much room it has, by why (empty: it does not suit them). */
  readonly nowhere: ReadonlyMap<string, readonly PodFacts[]>;
  /** How many nodes would suit some of the pods, but are of another operating system or architecture. */
  readonly foreign: number;
  /** On how many nodes it was looked for, out of how many that could take any of the pods. */
  readonly looked: number;
  readonly candidates: number;
}
