import { ensureBinaries } from '../control-plane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { areNodesReady } from '../control-plane/nodes.ts';
import { kubeletUser } from '../control-plane/users.ts';
import { NODE_PROGRAMS } from '../control-plane/versions.ts';
import { until } from '../support/until.ts';
import { removeAbandonedCgroups } from './cgroups.ts';
import { makeNetwork, type Network } from './network.ts';
import { KUBE_PROXY_USER, realNodeName, startRealNode, type RealNode } from './node.ts';
import { serveNames, serviceAddress } from './names.ts';
import { pauseImage } from './go-image.ts';

/** A control plane with real nodes (real-1, real-2 …), each with the pause image. Pods reach it as in any cluster. */
export interface RealCluster extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly nodes: readonly RealNode[];
  /** Imports an archive's images on every node. */
  load(archive: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a cluster, and waits until all its nodes are Ready. Needs root; see whyNot in able.ts. */
export async function startRealCluster(count: number): Promise<RealCluster> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: NODE_PROGRAMS });
  await removeAbandonedCgroups();
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    const network = await makeNetwork();
    ends.push(() => network.end());
    const plane = await startPlane(network, numbers);
    ends.push(() => plane.stop());
    const names = await serveNames(network.host, (name) => serviceAddress(plane.api, name));
    ends.push(() => names.close());
    const images = [await pauseImage(plane.folder)];
    // All have started or failed before one failure ends them: none is left behind half started.
    const starts = await Promise.allSettled(
      numbers.map((number) => startRealNode({ plane, network, number, count, program: path, images })),
    );
    const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    for (const node of nodes) ends.push(() => node.end());
    const failure = starts.find((start) => start.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    await until('all nodes are Ready', () =>
      areNodesReady(
        plane.api,
        nodes.map(({ name }) => name),
      ),
    );
    const load = async (archive: string) => {
      await Promise.all(nodes.map((node) => node.load(archive)));
    };
    return { plane, nodes, load, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startPlane(network: Network, numbers: readonly number[]): Promise<ControlPlane> {
  return startControlPlane({
    kwok: false,
    users: [...numbers.map((number) => kubeletUser(realNodeName(number))), { name: KUBE_PROXY_USER, groups: [] }],
    apiServerArgs: [
      '--bind-address=0.0.0.0',
      `--advertise-address=${network.host}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  });
}
