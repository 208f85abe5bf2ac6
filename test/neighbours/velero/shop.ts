import { listAt, stringMapAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { until } from '../../support/until.ts';
import { WAITS_FOR_VOLUMES, type Kubelet } from './kubelet.ts';

/** What is backed up: everything in the namespace `shop`, file by file. */
export const SHOP = { includedNamespaces: ['shop'], defaultVolumesToFsBackup: true, storageLocation: 'default' };

/** A pod on every node, as DaemonSets have it, also on those that are cordoned. */
export function onEveryNode(name: string): object {
  const selector = { matchLabels: { app: name } };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { selector, template: template(name) } };
}

/** One pod: somewhere or on one node, which may be cordoned; with a volume of its own or with a claim of its name. */
export function one(
  name: string,
  how: { node?: string; isCordoned?: boolean; storageClass?: string } = {},
): readonly object[] {
  const selector = { matchLabels: { app: name } };
  const tolerations = how.isCordoned === true ? [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] : [];
  const deployment = (pod: object): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 1, selector, template: pod },
  });
  const spec = { tolerations, ...(how.node !== undefined && { nodeSelector: { 'kubernetes.io/hostname': how.node } }) };
  if (how.storageClass === undefined) return [deployment(template(name, spec))];
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: how.storageClass,
      resources: { requests: { storage: '1Gi' } },
    },
  };
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: name } }];
  return [claim, deployment(template(name, { ...spec, volumes }))];
}

function template(app: string, spec: object = {}): object {
  return {
    metadata: { labels: { app }, annotations: WAITS_FOR_VOLUMES },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: app, image: app, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [{ name: 'data', emptyDir: {} }],
      ...spec,
    },
  };
}

/** Opens the shop: its workloads run, as so many pods, which it gives. */
export async function open(
  plane: ControlPlane,
  workloads: readonly object[],
  size: number,
): Promise<readonly unknown[]> {
  await plane.kubectl(['create', 'namespace', 'shop']);
  const list = { apiVersion: 'v1', kind: 'List', items: workloads };
  const { code, stderr } = await plane.kubectl(['apply', '--namespace=shop', '-f', '-'], {
    input: JSON.stringify(list),
  });
  if (code !== 0) throw new Error(`the shop: ${stderr}`);
  await until('all pods of the shop run', async () => (await runningPods(plane)).length === size);
  return runningPods(plane);
}

/** Closes it for good. */
export async function close(plane: ControlPlane): Promise<void> {
  const { code, stderr } = await plane.kubectl(['delete', 'namespace', 'shop', '--wait', '--timeout=60s']);
  if (code !== 0) throw new Error(`the shop does not close: ${stderr}`);
}

/** Each pod writes its app and node into its volume, where it has one of its own. */
export async function fillVolumes(kubelet: Kubelet, pods: readonly unknown[]): Promise<void> {
  for (const pod of pods) await kubelet.fill(pod, 'data', 'rows', rowsOf(pod));
}

function rowsOf(pod: unknown): string {
  return `rows of ${appOf(pod)} on ${textAt(pod, 'spec', 'nodeName') ?? ''}`;
}

export function appOf(pod: unknown): string {
  return stringMapAt(pod, 'metadata', 'labels').get('app') ?? '';
}

export async function runningPods(plane: ControlPlane): Promise<readonly unknown[]> {
  const { body } = await plane.api('GET', '/api/v1/namespaces/shop/pods');
  return listAt(body, 'items').filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
}
