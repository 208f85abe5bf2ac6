import {
  CONTROL_PLANE_LABEL,
  nodeFromObject,
  NODES,
  quorumWithout,
  VOLUME_ATTACHMENTS,
  type Cluster,
  type NodeFacts,
  type PodFacts,
  type Quorum,
} from '../../shared/index.ts';
import { attachmentFromObject, type Attachment } from '../drain/attachment.ts';
import type { FilterContext } from '../drain/filters.ts';
import { planDrain, type DrainPlan } from '../drain/plan.ts';
import { readPods } from '../drain/read.ts';
import { readLease } from '../health/gate.ts';
import { readHeldPods } from '../health/held-addons.ts';
import type { Session } from '../session.ts';
import type { Unreadable } from './unreadable.ts';

/** What was read about a node in maintenance; undefined is what could not be read. */
export interface NodeReadings {
  /** How a drain with all permissions would go on. */
  readonly plan: DrainPlan | undefined;
  readonly lease: { readonly lease: unknown; readonly serverNow: number } | undefined;
  readonly attached: readonly Attachment[] | undefined;
  /** The control plane without the node; `none` where the node is not part of it. */
  readonly quorum: Quorum | 'none' | undefined;
  /** Pods of DaemonSets whose template is not the current one. */
  readonly heldBack: readonly PodFacts[] | undefined;
}

/** What is read. */
export interface ReadingPlan {
  readonly nodes: readonly NodeFacts[];
  /** Whether add-ons are compared with their templates: a few calls for each DaemonSet. */
  readonly addons: boolean;
  /** The pods on a node, where they are known already. */
  readonly podsOn?: (node: string) => readonly PodFacts[] | undefined;
}

/** Reads about some nodes at once; for no node nothing is asked. By the node's name. */
export async function readAbout(
  { nodes, addons, podsOn }: ReadingPlan,
  { cluster, clock, signal }: Session,
  unreadable: Unreadable,
): Promise<ReadonlyMap<string, NodeReadings>> {
  if (nodes.length === 0) return new Map();
  const tried = unreadable.tried.bind(unreadable);
  const readPodsOf = async ({ name }: NodeFacts): Promise<readonly PodFacts[] | undefined> =>
    podsOn?.(name) ?? tried('list pods', () => readPods(name, undefined, cluster));
  const readBeat = async ({ name }: NodeFacts): Promise<NodeReadings['lease']> => {
    const read = await tried('get leases.coordination.k8s.io', () => readLease(name, cluster, signal));
    return read && { lease: read.object, serverNow: read.serverNow ?? clock.now() };
  };
  const [pods, leases, attachments, controlPlane] = await Promise.all([
    Promise.all(nodes.map(readPodsOf)),
    Promise.all(nodes.map(readBeat)),
    tried('list volumeattachments.storage.k8s.io', () => readAttachments(cluster)),
    readControlPlane(nodes, cluster, unreadable),
  ]);
  const all = pods.flatMap((some) => some ?? []);
  const held = addons
    ? await tried('get daemonsets.apps and list controllerrevisions.apps', () => readHeldPods(all, cluster, signal))
    : undefined;
  return new Map(
    nodes.map((node, index) => {
      const here = pods[index];
      const readings: NodeReadings = {
        plan: here && planDrain(node.name, here, EVERYTHING),
        lease: leases[index],
        attached: attachments?.filter((one) => one.node === node.name),
        quorum: isControlPlane(node) ? controlPlane && quorumWithout(node.name, controlPlane) : 'none',
        heldBack: here && held?.filter((pod) => pod.nodeName === node.name),
      };
      return [node.name, readings] as const;
    }),
  );
}

async function readAttachments(cluster: Cluster): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for await (const { items } of cluster.pages(VOLUME_ATTACHMENTS)) found.push(...items.map(attachmentFromObject));
  return found;
}

/** Read only where one of the nodes belongs to it. */
async function readControlPlane(
  nodes: readonly NodeFacts[],
  cluster: Cluster,
  unreadable: Unreadable,
): Promise<readonly NodeFacts[] | undefined> {
  if (!nodes.some(isControlPlane)) return [];
  return unreadable.tried('list nodes', async () => {
    const found: NodeFacts[] = [];
    for await (const { items } of cluster.pages(NODES, { query: { labelSelector: CONTROL_PLANE_LABEL } })) {
      found.push(...items.map(nodeFromObject).filter((node) => node !== undefined));
    }
    return found;
  });
}

function isControlPlane({ labels }: NodeFacts): boolean {
  return labels.has(CONTROL_PLANE_LABEL);
}

/** Every pod that a drain with all permissions would move is work that is left. */
const EVERYTHING: FilterContext = {
  flags: {
    force: true,
    ignoreDaemonSets: true,
    deleteEmptyDirData: true,
    gracePeriodSeconds: -1,
    podSelector: undefined,
    disableEviction: false,
    skipWaitForDeleteSeconds: 0,
  },
  activeWork: 'evict',
  now: 0,
  daemonSetExists: () => true,
  activeWorkOf: () => undefined,
};
