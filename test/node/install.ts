import { conditionAt, listAt, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { CHART, helmFor, NAMESPACE } from '../support/helm.ts';

const RELEASE = 'guard';

/** A webhook that runs in the cluster. */
export interface Installation {
  /** The nodes of its replicas, one for each that is ready and stays. */
  nodes(): Promise<readonly string[]>;
  /** Runs the release's own test, then uninstalls it. Throws with helm's words when either fails. */
  testAndUninstall(): Promise<void>;
}

/** Installs the chart, and waits until its replicas are ready. `image` is a name with a tag that every node has. */
export async function installWebhook(plane: ControlPlane, image: string): Promise<Installation> {
  const helm = await helmFor(plane.kubeconfig);
  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await helm.run(...args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stdout}${stderr}`);
  };
  const [repository = '', tag = ''] = image.split(/:(?=[^/:]+$)/);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: RESTRICTED } };
  await plane.api('POST', '/api/v1/namespaces', namespace);
  await run('install', RELEASE, CHART, '--wait', '--timeout=60s', ...set({ repository, tag }));
  return {
    nodes: () => replicaNodes(plane),
    testAndUninstall: async () => {
      await run('test', RELEASE, '--timeout=60s');
      await run('uninstall', RELEASE, '--wait', '--timeout=60s');
      await helm.end();
    },
  };
}

const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };

/** Without the floor, which would deny as the webhook does and so hide that no replica answers. */
function set(image: { repository: string; tag: string }): readonly string[] {
  return [`--set=image.repository=${image.repository}`, `--set=image.tag=${image.tag}`, '--set=floor.enabled=false'];
}

async function replicaNodes(plane: ControlPlane): Promise<readonly string[]> {
  const query = 'labelSelector=app.kubernetes.io%2Fname%3Dkubectl-maint';
  const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods?${query}`);
  return listAt(body, 'items')
    .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined && isReady(pod))
    .map((pod) => textAt(pod, 'spec', 'nodeName') ?? '');
}

/** True for a pod whose condition Ready is True. */
export function isReady(pod: unknown): boolean {
  return textAt(conditionAt(pod, 'Ready'), 'status') === 'True';
}
