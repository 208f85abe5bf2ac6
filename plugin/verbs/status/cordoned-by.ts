import type { NodeSnapshot } from '../../nodes/snapshot.ts';

/** How another tool shows on a Node that it cordons or drains it. */
interface Marker {
  readonly tool: string;
  readonly kind: 'taint' | 'annotation';
  readonly key: string;
}

/** Each from the tool's own documentation or source; a marker that only says that a tool manages the node is not among them. */
const MARKERS: readonly Marker[] = [
  { tool: 'cluster-autoscaler', kind: 'taint', key: 'ToBeDeletedByClusterAutoscaler' },
  { tool: 'Karpenter', kind: 'taint', key: 'karpenter.sh/disrupted' },
  // Before its version 1.
  { tool: 'Karpenter', kind: 'taint', key: 'karpenter.sh/disruption' },
  { tool: 'medik8s', kind: 'taint', key: 'medik8s.io/drain' },
  { tool: 'Google Distributed Cloud', kind: 'taint', key: 'baremetal.cluster.gke.io/maintenance' },
  // Only where kured runs with --annotate-nodes.
  { tool: 'kured', kind: 'annotation', key: 'weave.works/kured-reboot-in-progress' },
  { tool: 'Harvester', kind: 'annotation', key: 'harvesterhci.io/maintain-status' },
];

/** The tool that says on the node that it takes it out of service; undefined where none does. */
export function cordonedBy({ facts: { taints }, annotations }: NodeSnapshot): string | undefined {
  const isThere = ({ kind, key }: Marker): boolean =>
    kind === 'taint' ? taints.some((taint) => taint.key === key) : annotations.has(key);
  return MARKERS.find(isThere)?.tool;
}
