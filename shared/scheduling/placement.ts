import { isTrueAt, stringMapAt, textAt } from '../facts/json.ts';
import { HOSTNAME_LABEL } from '../labels.ts';
import { matchesTerm, requiredTermsFromPodSpec, type NodeSelectorTerm } from './affinity.ts';
import { isExcessive } from './excess.ts';
import type { SchedulableNode } from './node-index.ts';
import { podAffinityFromPodSpec, type PodAffinityTerm } from './pod-affinity.ts';
import { CORDON, isTolerated, tolerationsFromPodSpec, type Taint, type Toleration } from './taints.ts';

/** What a pod spec says about where the pod may run. Preferences are left out: they forbid nothing. */
export interface Placement {
  /** `spec.nodeName`: the pod goes to this node without the scheduler. */
  readonly nodeName: string | undefined;
  readonly nodeSelector: ReadonlyMap<string, string>;
  /** Required node affinity; undefined = none, empty = no node will do. */
  readonly terms: readonly NodeSelectorTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
  /** Required pod affinity on the single node. */
  readonly podAffinity: readonly PodAffinityTerm[];
  readonly hostNetwork: boolean;
  /** It says more than is read: affinity and tolerations are then as if they were not there. */
  readonly isExcessive: boolean;
}

/**
 * What the API server adds to each pod (k8s plugin/pkg/admission/defaulttolerationseconds, on by default): the scheduler
 * sees it on every pod, a template does not show it. With seconds or without, they let a pod onto the node.
 */
const DEFAULT_TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
];

/** Reads the spec of a pod or of a template. Never throws; what is missing or of a wrong type reads as absent. */
export function placementFromPodSpec(spec: unknown): Placement {
  const nodeName = textAt(spec, 'nodeName');
  const excessive = isExcessive(spec);
  const demands = excessive ? undefined : spec;
  return {
    nodeName: nodeName === '' ? undefined : nodeName,
    nodeSelector: stringMapAt(spec, 'nodeSelector'),
    terms: requiredTermsFromPodSpec(demands),
    tolerations: [...tolerationsFromPodSpec(demands), ...DEFAULT_TOLERATIONS],
    podAffinity: podAffinityFromPodSpec(demands),
    hostNetwork: isTrueAt(spec, 'hostNetwork'),
    isExcessive: excessive,
  };
}

/**
 * What the DaemonSet controller adds to each pod (k8s pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations), beside
 * the default ones, which it adds too.
 */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists(CORDON.key, CORDON.effect),
];

const HOST_NETWORK_TOLERATION = exists('node.kubernetes.io/network-unavailable', 'NoSchedule');

/**
 * Where the pods of a DaemonSet may run, from the placement of its template. A `nodeName` in it bypasses the scheduler but
 * not the controller, which asks that node all the rest as well (k8s pkg/controller/daemon NodeShouldRunDaemonPod).
 */
export function daemonSetPlacement(placement: Placement): Placement {
  const added = placement.hostNetwork ? [...DAEMON_TOLERATIONS, HOST_NETWORK_TOLERATION] : DAEMON_TOLERATIONS;
  const { nodeName, terms } = placement;
  return {
    ...placement,
    nodeName: undefined,
    terms: nodeName === undefined ? terms : termsOnNode(terms, nodeName),
    tolerations: [...placement.tolerations, ...added],
  };
}

function termsOnNode(terms: Placement['terms'], name: string): readonly NodeSelectorTerm[] {
  return (terms ?? [{ expressions: [], fields: [] }]).map(({ expressions, fields }) => ({
    expressions,
    fields: [{ operator: 'In', name }, ...fields],
  }));
}

/**
 * Whether nodeSelector and required node affinity both allow a node. A hostname in the nodeSelector is met by the
 * node's name as well as by its label, see `matchesTerm`.
 */
export function admitsNode(placement: Placement, node: SchedulableNode): boolean {
  const { nodeSelector, terms } = placement;
  return (
    (nodeSelector.size === 0 || hasLabels(node, nodeSelector)) &&
    (terms?.some((term) => matchesTerm(term, node)) ?? true)
  );
}

/** Whether a cordon does not keep the pod off: the scheduler may put it on any cordoned node that suits it. */
export function toleratesCordon({ tolerations }: Placement): boolean {
  return isTolerated(CORDON, tolerations);
}

/** Whether the scheduler may put a pod on a node as things are: it suits, and neither cordon nor taint keeps the pod off. */
export function isOpenTo(placement: Placement, node: SchedulableNode): boolean {
  const passes = (taint: Taint): boolean => isTolerated(taint, placement.tolerations);
  return admitsNode(placement, node) && (!node.unschedulable || passes(CORDON)) && node.taints.every(passes);
}

function hasLabels(node: SchedulableNode, wanted: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of wanted) {
    if (node.labels.get(key) !== value && !(key === HOSTNAME_LABEL && node.name === value)) return false;
  }
  return true;
}

function exists(key: string, effect: string): Toleration {
  return { key, operator: 'Exists', value: '', effect };
}
