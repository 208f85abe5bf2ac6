import { isTrueAt, stringMapAt, textAt } from '../facts/json.ts';
import { HOSTNAME_LABEL } from '../labels.ts';
import { matchesTerm, requiredTermsFromPodSpec, type NodeSelectorTerm } from './affinity.ts';
import type { SchedulableNode } from './field.ts';
import { companionshipsFromPodSpec, type Companionship } from './pod-affinity.ts';
import { CORDON, tolerationsFromPodSpec, type Toleration } from './taints.ts';

/** What a pod spec says about where the pod may run. Preferences are left out: they forbid nothing. */
export interface Placement {
  /** `spec.nodeName`: the pod goes to this node without the scheduler. */
  readonly nodeName: string | undefined;
  readonly nodeSelector: ReadonlyMap<string, string>;
  /** Required node affinity; undefined = none, empty = no node will do. */
  readonly terms: readonly NodeSelectorTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
  /** Required pod affinity on the single node. */
  readonly podAffinity: readonly Companionship[];
  readonly hostNetwork: boolean;
}

/** Reads a pod spec. Never throws; what is missing or of a wrong type reads as absent. */
export function placementFromPodSpec(spec: unknown): Placement {
  const nodeName = textAt(spec, 'nodeName');
  return {
    nodeName: nodeName === '' ? undefined : nodeName,
    nodeSelector: stringMapAt(spec, 'nodeSelector'),
    terms: requiredTermsFromPodSpec(spec),
    tolerations: tolerationsFromPodSpec(spec),
    podAffinity: companionshipsFromPodSpec(spec),
    hostNetwork: isTrueAt(spec, 'hostNetwork'),
  };
}

/** What the DaemonSet controller adds to each pod (k8s pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations). */
const DAEMON_TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists(CORDON.key, CORDON.effect),
];

const HOST_NETWORK_TOLERATION = exists('node.kubernetes.io/network-unavailable', 'NoSchedule');

/** Where the pods of a DaemonSet may run, from the placement of its template. */
export function daemonSetPlacement(placement: Placement): Placement {
  const added = placement.hostNetwork ? [...DAEMON_TOLERATIONS, HOST_NETWORK_TOLERATION] : DAEMON_TOLERATIONS;
  return { ...placement, tolerations: [...placement.tolerations, ...added] };
}

/**
 * Whether nodeSelector and required node affinity both allow a node. A hostname in the nodeSelector is met by the
 * node's name as well as by its label, see `matchesTerm`.
 */
export function admitsNode(placement: Placement, node: SchedulableNode): boolean {
  for (const [key, value] of placement.nodeSelector) {
    if (node.labels.get(key) !== value && !(key === HOSTNAME_LABEL && node.name === value)) return false;
  }
  return placement.terms?.some((term) => matchesTerm(term, node)) ?? true;
}

function exists(key: string, effect: string): Toleration {
  return { key, operator: 'Exists', value: '', effect };
}
