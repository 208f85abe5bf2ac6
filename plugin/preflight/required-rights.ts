import type { NodeFacts, PodFacts } from '../../shared/index.ts';
import { volumeClaimsOf } from '../drain/volume-claims.ts';
import type { DrainPlan } from '../drain/plan.ts';
import { workloadsOf } from '../drain/workloads.ts';
import type { DrainFlags, PaceFlags } from '../drain/options.ts';
import type { Right } from './rights.ts';

/** What the preflight has to know of what is asked for. */
export interface MaintenanceRequest {
  readonly drain: DrainFlags;
  readonly pace: PaceFlags;
  /** Accepts that the node is the last worker, or needed for the control plane's quorum. */
  readonly allowLastNode: boolean;
  /** Data systems, and objects of them, whose loss is accepted. */
  readonly acceptedLoss: readonly string[];
}

/** What a run will need to its very end; without the rest (conditions, Events, watches) it only tells less, or later. */
export function rightsFor(
  { drain, pace }: Pick<MaintenanceRequest, 'drain' | 'pace'>,
  nodes: readonly NodeFacts[],
  plans: readonly DrainPlan[],
): readonly Right[] {
  const pods = plans.flatMap(({ evict, waitFor }) => [...evict, ...waitFor.map(({ pod }) => pod)]);
  const onPods = drain.disableEviction
    ? { verb: 'delete', group: '', resource: 'pods', subresource: '' }
    : { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' };
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))].sort();
  return [
    ...nodes.map(({ name }) => ({ verb: 'patch', group: '', resource: 'nodes', subresource: '', namespace: '', name })),
    ...namespaces.map((namespace) => ({ ...onPods, namespace, name: '' })),
    ...(pace.waitVolumes && plans.length > 0 ? toSeeVolumes(plans, drain.podSelector !== undefined) : []),
    ...(pace.waitReady ? toSeeReplacements(pods) : []),
  ];
}

/** The volumes on the nodes, and whose they are: those of pods that stay are not waited for. */
function toSeeVolumes(plans: readonly DrainPlan[], isSelected: boolean): readonly Right[] {
  const staying = plans
    .flatMap(({ leave }) => leave.map(({ pod }) => pod))
    .filter((pod) => volumeClaimsOf(pod).length > 0);
  // What stays because of a selector is not in the plan.
  const namespaces = isSelected ? [''] : [...new Set(staying.map(({ namespace }) => namespace))].sort();
  const plain = { subresource: '', name: '' };
  return [
    { ...plain, verb: 'list', group: 'storage.k8s.io', resource: 'volumeattachments', namespace: '' },
    ...namespaces.map((namespace) => ({
      ...plain,
      verb: 'get',
      group: '',
      resource: 'persistentvolumeclaims',
      namespace,
    })),
  ];
}

function toSeeReplacements(pods: readonly PodFacts[]): readonly Right[] {
  const rights = workloadsOf(pods).map(({ resource, namespace }) => {
    const parts = resource.split('/');
    const plural = parts.pop() ?? '';
    const group = parts.length > 1 ? (parts[0] ?? '') : '';
    return { verb: 'list', group, resource: plural, subresource: '', namespace, name: '' };
  });
  return [...new Map(rights.map((right) => [`${right.group}/${right.resource} ${right.namespace}`, right])).values()];
}
