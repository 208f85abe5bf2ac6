import { isFinished, isOpenTo, plus, requestsOfPodSpec, type Amounts, type PodFacts } from '../../shared/index.ts';
import type { ClusterNode, Room } from './survey.ts';
import { isReachable, type BoundVolume } from './volumes.ts';

/**
 * On how many nodes room is looked for at most: their pods have to be read, one list of some 100 pods each. Those with
 * the most to give come first, so that a cluster with room shows it on the first few.
 */
const MAX_NODES = 24;
/** Nodes that are read at once, after the first one: that one often has room for all. */
const BATCH = 4;

/** Labels that pods do not name and images depend on: what runs on the one may not run on the other. */
const MACHINE = ['kubernetes.io/os', 'kubernetes.io/arch'];

/** A pod that has to find a place, with the node that it is on now. */
export interface Moving {
  readonly pod: PodFacts;
  readonly from: ClusterNode | undefined;
  /** Volumes that it has to take along. */
  readonly volumes: readonly BoundVolume[];
}

/** Looks for room for pods on nodes that stay in service. First fit, the largest pods first: an estimate, not a promise. */
export async function findRoom(
  moving: readonly Moving[],
  nodes: readonly ClusterNode[],
  readPods: (node: string) => Promise<readonly PodFacts[]>,
): Promise<Room> {
  let without = moving.map(toNeed).sort((a, b) => size(b) - size(a));
  const places = nodes.filter((node) => node.facts.ready && !node.virtual);
  const candidates = places
    .filter((node) => without.some((need) => suits(need, node)))
    .sort((a, b) => amount(b.allocatable, 'memory') - amount(a.allocatable, 'memory'));
  let looked = 0;
  while (without.length > 0 && looked < Math.min(candidates.length, MAX_NODES)) {
    const batch = candidates.slice(looked, Math.min(looked + (looked === 0 ? 1 : BATCH), MAX_NODES));
    looked += batch.length;
    const free = await Promise.all(
      batch.map(async (node) => ({ node, free: freeOn(node, await readPods(node.facts.name)) })),
    );
    for (const place of free) without = fill(place, without);
  }
  return {
    moving: moving.length,
    without: without.map(({ pod }) => pod),
    nowhere: nowhereFor(without, places),
    foreign: places.filter((node) => without.some((need) => isForeign(need, node))).length,
    looked,
    candidates: candidates.length,
  };
}

function nowhereFor(needs: readonly Need[], places: readonly ClusterNode[]): Room['nowhere'] {
  const homeless = needs.filter((need) => !places.some((node) => suits(need, node)));
  const byReason = Map.groupBy(homeless, (need) => whyNowhere(need, places));
  return new Map([...byReason].map(([why, some]) => [why, some.map(({ pod }) => pod)]));
}

/** What alone keeps it from all others; empty where it is its own selector, affinity or tolerations. */
function whyNowhere(need: Need, places: readonly ClusterNode[]): string {
  const open = places.filter((node) => isOpen(need, node));
  const [volume] = need.volumes.filter((one) => !open.some((node) => isReachable(one, node.facts)));
  if (open.length > 0 && volume !== undefined) return `its volume ${volume.name} cannot be reached from there`;
  return open.some((node) => isForeign(need, node)) ? 'they have another operating system or architecture' : '';
}

function isForeign(need: Need, node: ClusterNode): boolean {
  return (
    isOpen(need, node) && !isSameMachine(need, node) && need.volumes.every((volume) => isReachable(volume, node.facts))
  );
}

/** A pod with what it asks for; a pod itself is one of the things that a node has room for so many of. */
interface Need extends Moving {
  readonly wants: Amounts;
}

function toNeed(moving: Moving): Need {
  return { ...moving, wants: requestsOf(moving.pod) };
}

function requestsOf(pod: PodFacts): Amounts {
  return plus(requestsOfPodSpec(pod.work.template?.spec), ONE_POD);
}

const ONE_POD: Amounts = new Map([['pods', 1]]);

function size({ wants }: Need): number {
  // A core counts as much as 4 GiB, as most machines are built.
  return amount(wants, 'memory') + amount(wants, 'cpu') * 2 ** 32;
}

function suits(need: Need, node: ClusterNode): boolean {
  return (
    isSameMachine(need, node) && isOpen(need, node) && need.volumes.every((volume) => isReachable(volume, node.facts))
  );
}

/** A node whose kubelet never came says nothing of its machine: then none is another. */
function isSameMachine({ from }: Need, node: ClusterNode): boolean {
  return MACHINE.every((label) => {
    const own = from?.facts.labels.get(label);
    return own === undefined || own === node.facts.labels.get(label);
  });
}

function isOpen({ pod }: Need, node: ClusterNode): boolean {
  const placement = pod.work.template?.placement;
  return placement !== undefined && isOpenTo(placement, node.facts);
}

function freeOn(node: ClusterNode, pods: readonly PodFacts[]): Map<string, number> {
  const free = new Map(node.allocatable);
  for (const pod of pods) if (!isFinished(pod)) take(free, requestsOf(pod));
  return free;
}

/** Puts on a node what fits. Returns the rest. */
function fill(
  { node, free }: { readonly node: ClusterNode; readonly free: Map<string, number> },
  needs: readonly Need[],
): Need[] {
  return needs.filter((need) => {
    if (!suits(need, node) || ![...need.wants].every(([name, wanted]) => fits(wanted, amount(free, name)))) return true;
    take(free, need.wants);
    return false;
  });
}

/** Sums of decimal fractions are a little off in binary: 1 - 0.9 is less than 0.1. */
const ROUNDING = 1e-6;

/** As the scheduler compares (k8s scheduler noderesources fitsRequest): who asks for nothing fits everywhere. */
function fits(wanted: number, free: number): boolean {
  return wanted === 0 || wanted <= free + wanted * ROUNDING;
}

function take(free: Map<string, number>, wants: Amounts): void {
  for (const [name, wanted] of wants) free.set(name, amount(free, name) - wanted);
}

function amount(amounts: Amounts, name: string): number {
  return amounts.get(name) ?? 0;
}
