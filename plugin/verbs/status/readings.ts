import {
  CONTROL_PLANE_LABEL,
  nodeFromObject,
  NODES,
  quorumWithout,
  VOLUME_ATTACHMENTS,
  type Cluster,
  type DaemonSetFacts,
  type NodeFacts,
  type PodFacts,
  type Quorum,
  type ScansKeptOff,
  readAll,
} from '../../../shared/index.ts';
import { attachmentFromObject, type Attachment } from '../../drain/attachment.ts';
import type { FilterContext } from '../../drain/filters.ts';
import { planDrain, type DrainPlan } from '../../drain/plan.ts';
import { readPods } from '../../drain/read.ts';
import { readLease } from '../../health/gate.ts';
import { heldPods, readDaemonSetsOf } from '../../health/held-addons.ts';
import { LIST_NODE_CLAIMS, readNodeClaims, type NodeClaim, type NodeClaims } from '../../nodes/node-claims.ts';
import type { Session } from '../../session/session.ts';
import type { Enforcement } from './enforcement.ts';
import type { Remembered } from './remembered.ts';
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
  /** What Karpenter has in mind for the node; undefined also where it has not made it. */
  readonly nodeClaim: NodeClaim | undefined;
}

/** What is read. */
export interface ReadingPlan {
  readonly nodes: readonly NodeFacts[];
  /** Whether add-ons are compared with their templates: a few calls for each DaemonSet. */
  readonly addons: boolean;
  /** The pods on a node, where they are known already. */
  readonly podsOn?: (node: string) => readonly PodFacts[] | undefined;
  readonly memory: ReadingMemory;
}

/** What no watch tells of, as it was read last. */
export interface ReadingMemory {
  readonly leases: Remembered<NodeReadings['lease']>;
  readonly attachments: Remembered<readonly Attachment[] | undefined>;
  readonly controlPlane: Remembered<readonly NodeFacts[] | undefined>;
  readonly daemonSets: Remembered<ReadonlyMap<string, DaemonSetFacts> | undefined>;
  readonly nodeClaims: Remembered<NodeClaims | undefined>;
  readonly enforcement: Remembered<Enforcement>;
  readonly scansKeptOff: Remembered<ScansKeptOff | null>;
}

/** Reads about some nodes at once; for no node nothing is asked. By the node's name. */
export async function readAbout(
  { nodes, addons, podsOn, memory }: ReadingPlan,
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
  const { leases: beats, attachments: attached } = memory;
  const [pods, leases, attachments, controlPlane, nodeClaims] = await Promise.all([
    Promise.all(nodes.map(readPodsOf)),
    Promise.all(nodes.map((node) => beats.get(node.name, () => readBeat(node)))),
    attached.get('', () => tried('list volumeattachments.storage.k8s.io', () => readAttachments(cluster))),
    nodes.some(isControlPlane) ? memory.controlPlane.get('', () => readControlPlane(cluster, unreadable)) : [],
    memory.nodeClaims.get('', () => tried(LIST_NODE_CLAIMS, () => readNodeClaims(nodes, cluster))),
  ]);
  const all = pods.flatMap((some) => some ?? []);
  const what = 'get daemonsets.apps and list controllerrevisions.apps';
  const daemonSets = addons
    ? await memory.daemonSets.get('', () => tried(what, () => readDaemonSetsOf(all, cluster, signal)))
    : undefined;
  const held = daemonSets && heldPods(all, daemonSets);
  return new Map(
    nodes.map((node, index) => {
      const here = pods[index];
      const readings: NodeReadings = {
        plan: here && everythingLeft(node.name, here),
        lease: leases[index],
        attached: attachments?.filter((one) => one.node === node.name),
        quorum: isControlPlane(node) ? controlPlane && quorumWithout(node.name, controlPlane) : 'none',
        nodeClaim: nodeClaims?.get(node.name),
        heldBack: here && held?.filter((pod) => pod.nodeName === node.name),
      };
      return [node.name, readings] as const;
    }),
  );
}

function readAttachments(cluster: Cluster): Promise<readonly Attachment[]> {
  return readAll(cluster, { path: VOLUME_ATTACHMENTS }, attachmentFromObject);
}

async function readControlPlane(cluster: Cluster, unreadable: Unreadable): Promise<readonly NodeFacts[] | undefined> {
  return unreadable.tried('list nodes', () =>
    readAll(cluster, { path: NODES, query: { labelSelector: CONTROL_PLANE_LABEL } }, nodeFromObject),
  );
}

function isControlPlane({ labels }: NodeFacts): boolean {
  return labels.has(CONTROL_PLANE_LABEL);
}

/** What is left on a node: every pod that a drain with all permissions would move. */
export function everythingLeft(node: string, pods: readonly PodFacts[]): DrainPlan {
  return planDrain(node, pods, EVERYTHING);
}

/** The same pods, of which those that are backups and scans end by themselves first, as `on` waits for them. */
export function drainLeft(
  node: string,
  pods: readonly PodFacts[],
  activeWorkOf: FilterContext['activeWorkOf'],
): DrainPlan {
  return planDrain(node, pods, { ...EVERYTHING, activeWork: 'wait', activeWorkOf });
}

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
  insideOf: () => undefined,
};
