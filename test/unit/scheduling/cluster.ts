import { HOSTNAME_LABEL } from '../../../shared/labels.ts';
import type { NodeIndex, SchedulableNode } from '../../../shared/scheduling/node-index.ts';
import type { Taint } from '../../../shared/scheduling/taints.ts';

/** A node written down in a test: `labels` includes the hostname label only if given or left to its default. */
export interface NodeSketch {
  readonly name: string;
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly cordoned?: boolean;
}

export function nodeFromSketch(sketch: NodeSketch): SchedulableNode {
  return {
    name: sketch.name,
    labels: new Map([[HOSTNAME_LABEL, sketch.hostname ?? sketch.name], ...Object.entries(sketch.labels ?? {})]),
    taints: sketch.taints ?? [],
    unschedulable: sketch.cordoned ?? false,
  };
}

/** An index by plain scans, so that tests do not depend on how the real one is indexed. */
export function indexFrom(nodes: readonly SchedulableNode[], heldNames: ReadonlySet<string>): NodeIndex {
  return {
    held: nodes.filter((node) => heldNames.has(node.name)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    isInMaintenance: (name) => heldNames.has(name),
    node: (name) => nodes.find((node) => node.name === name),
    byHostname: (hostname) => nodes.filter((node) => node.labels.get(HOSTNAME_LABEL) === hostname),
    others: () => nodes.filter((node) => !heldNames.has(node.name)),
  };
}

/** `held` are in maintenance and cordoned, as `on` leaves them; `others` are not in maintenance. */
export function cluster(held: readonly NodeSketch[], others: readonly NodeSketch[]): NodeIndex {
  const nodes = [...held.map((sketch) => nodeFromSketch({ cordoned: true, ...sketch })), ...others.map(nodeFromSketch)];
  return indexFrom(nodes, new Set(held.map(({ name }) => name)));
}

/** A taint from `key=value:effect` or `key:effect`. */
export function taint(text: string): Taint {
  const [left = '', effect = ''] = text.split(':');
  const [key = '', value = ''] = left.split('=');
  return { key, value, effect };
}

/** Anything that JSON can say, with the keys of a pod spec made likely, so that the readers get past the first step. */
export const POD_SPEC_KEYS = [
  'affinity',
  'nodeAffinity',
  'podAffinity',
  'requiredDuringSchedulingIgnoredDuringExecution',
  'nodeSelectorTerms',
  'matchExpressions',
  'matchFields',
  'matchLabels',
  'labelSelector',
  'namespaceSelector',
  'namespaces',
  'topologyKey',
  'nodeSelector',
  'nodeName',
  'tolerations',
  'key',
  'operator',
  'values',
  'value',
  'effect',
  'kubernetes.io/hostname',
  '__proto__',
  'constructor',
] as const;
