import { z } from 'zod';
import type { CallApi } from './api.ts';
import { KUBERNETES_VERSION } from './versions.ts';

/** A fake node as a test wishes it; everything but the name has a default. */
export interface NodeSpec {
  readonly name: string;
  /** A control-plane node carries the role's label and its NoSchedule taint. Default: worker. */
  readonly role?: 'worker' | 'control-plane';
  /** Allocatable and capacity, as Kubernetes quantities. Defaults: 8, 32Gi, 110. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  /** Defaults: linux, amd64. */
  readonly os?: string;
  readonly arch?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly taints?: readonly { key: string; value?: string; effect: string }[];
  /** True: no kubelet answers for the node, it is NotReady and nothing happens to its pods. */
  readonly silent?: boolean;
  /** True: a KWOK of its own plays the node's kubelet, so that `silenceNode` and `reviveNode` disturb no other node. */
  readonly mortal?: boolean;
}

/** Annotation by which each KWOK finds the nodes that it plays, and its value where they share one. */
const KEEPER = 'kwok.x-k8s.io/node';
export const SHARED_KEEPER = 'fake';

const ROLE = 'node-role.kubernetes.io/control-plane';
const NOT_READY = 'node.kubernetes.io/not-ready';

/** `3` → node-1, node-2, node-3. */
export function nodeSpecs(nodes: number | readonly NodeSpec[]): readonly NodeSpec[] {
  if (typeof nodes !== 'number') return nodes;
  return Array.from({ length: nodes }, (_, index) => ({ name: `node-${index + 1}` }));
}

/** The v1 Node of a specification, as it registers itself. */
export function nodeObject(spec: NodeSpec): object {
  const os = spec.os ?? 'linux';
  const arch = spec.arch ?? 'amd64';
  const controlPlane = spec.role === 'control-plane';
  const room = { cpu: spec.cpu ?? '8', memory: spec.memory ?? '32Gi', pods: spec.pods ?? '110' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.name,
      labels: {
        'kubernetes.io/hostname': spec.name,
        'kubernetes.io/os': os,
        'kubernetes.io/arch': arch,
        ...(controlPlane ? { [ROLE]: '' } : {}),
        ...spec.labels,
      },
      annotations: {
        ...(spec.silent === true ? {} : { [KEEPER]: spec.mortal === true ? spec.name : SHARED_KEEPER }),
        ...spec.annotations,
      },
    },
    spec: { taints: [...(controlPlane ? [{ key: ROLE, effect: 'NoSchedule' }] : []), ...(spec.taints ?? [])] },
    status: {
      allocatable: room,
      capacity: room,
      addresses: [{ type: 'Hostname', address: spec.name }],
      nodeInfo: { ...UNKNOWN_MACHINE, operatingSystem: os, architecture: arch },
      ...(spec.silent === true ? { conditions: [silentCondition(new Date())] } : kubeletStatus(new Date())),
    },
  };
}

/** What the API requires of a node's description and what a fake node cannot know. */
const UNKNOWN_MACHINE = {
  bootID: '',
  containerRuntimeVersion: 'fake',
  kernelVersion: 'fake',
  kubeProxyVersion: '',
  kubeletVersion: `v${KUBERNETES_VERSION}`,
  machineID: '',
  osImage: 'fake',
  systemUUID: '',
};

/** A fake node is Ready from its first moment: a thousand of them, becoming Ready one by one, would take a minute. */
function kubeletStatus(now: Date): object {
  const at = { lastHeartbeatTime: now.toISOString(), lastTransitionTime: now.toISOString() };
  const pressures = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];
  return {
    phase: 'Running',
    conditions: [
      ...pressures.map((type) => ({ type, status: 'False', reason: 'KubeletHasNoPressure', ...at })),
      { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', ...at },
    ],
  };
}

function silentCondition(now: Date): object {
  const at = now.toISOString();
  return {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  };
}

/** Creates a node. Throws with the API server's own words when it refuses. */
export async function createNode(call: CallApi, spec: NodeSpec): Promise<void> {
  const answer = await call('POST', '/api/v1/nodes', nodeObject(spec));
  if (answer.status !== 201) throw new Error(`node ${spec.name} was refused: ${JSON.stringify(answer.body)}`);
}

/** Makes a node look as its kubelet had died, without the minute that the node controller takes to notice. */
export async function markNodeSilent(call: CallApi, name: string): Promise<void> {
  await patchConditions(call, name, { conditions: [silentCondition(new Date())] });
}

/** Makes a silent node look as its kubelet had come back, and frees its lease for a new KWOK, which waits 40 s for it otherwise. */
export async function markNodeAlive(call: CallApi, name: string): Promise<void> {
  await call('DELETE', `${LEASES}/${name}`);
  await patchConditions(call, name, kubeletStatus(new Date()));
}

async function patchConditions(call: CallApi, name: string, status: object): Promise<void> {
  const answer = await call('PATCH', `/api/v1/nodes/${name}/status`, { status });
  if (answer.status !== 200) throw new Error(`node ${name} cannot change its state: ${JSON.stringify(answer.body)}`);
}

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const LeaseNames = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

const Nodes = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ taints: z.array(z.object({ key: z.string() })).default([]) }),
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
    }),
  ),
});

/** True when all these nodes are Ready and the scheduler may use them. */
export async function areNodesReady(call: CallApi, names: readonly string[]): Promise<boolean> {
  const { items } = Nodes.parse((await call('GET', '/api/v1/nodes')).body);
  const ready = items.filter(
    ({ spec, status }) =>
      status.conditions.some((c) => c.type === 'Ready' && c.status === 'True') &&
      !spec.taints.some(({ key }) => key === NOT_READY),
  );
  return includesAll(
    ready.map(({ metadata }) => metadata.name),
    names,
  );
}

/** True when KWOK has taken all these nodes on: from then on it renews their leases and plays their pods. */
export async function haveLeases(call: CallApi, names: readonly string[]): Promise<boolean> {
  return includesAll(await leaseNames(call), names);
}

async function leaseNames(call: CallApi): Promise<readonly string[]> {
  const { items } = LeaseNames.parse((await call('GET', LEASES)).body);
  return items.map(({ metadata }) => metadata.name);
}

function includesAll(there: readonly string[], wanted: readonly string[]): boolean {
  const set = new Set(there);
  return wanted.every((name) => set.has(name));
}
