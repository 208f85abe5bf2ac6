import type { Cluster } from '../ports.ts';
import type { ConnectOptions, InClusterOptions } from './connection-options.ts';

export type { ConnectOptions, Exchange, InClusterOptions } from './connection-options.ts';

/**
 * The cluster that kubectl would talk to with these flags. Nothing is sent yet.
 * Throws MaintError('usage') where the kubeconfig or a flag is at fault. Importing this file does not load
 * node:https; calling it does.
 */
export async function connectCluster(options: ConnectOptions): Promise<Cluster> {
  const { openCluster } = await import('./session.ts');
  return openCluster(options);
}

/**
 * The cluster that the pod of this process runs in, as its service account; token and CA are read again as they
 * are renewed. Throws MaintError('cluster') outside a pod.
 */
export async function connectInCluster(options: InClusterOptions): Promise<Cluster> {
  const { openInCluster } = await import('./session.ts');
  return openInCluster(options);
}

/**
 * Names of contexts, clusters or users in the kubeconfig that kubectl would read, in its order.
 * Throws MaintError('usage') where it cannot be read.
 */
export async function kubeconfigNames(
  what: 'contexts' | 'clusters' | 'users',
  { kubeconfig, env }: Pick<ConnectOptions, 'kubeconfig' | 'env'>,
): Promise<readonly string[]> {
  const { readKubeconfig } = await import('./kubeconfig/files.ts');
  return [...(await readKubeconfig({ explicit: kubeconfig, env }))[what].keys()];
}
