import { join } from 'node:path';
import { textAt, type ApiAnswer } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';

/** The CustomResourceDefinition of Velero's PodVolumeBackup. */
export const VELERO_CRD = join(import.meta.dirname, 'velero-crd.yaml');

/** The pod with which Velero's node agent backs up a volume of a pod on a node (velero pkg/exposer/pod_volume.go). */
export function volumeBackup(node: string, namespace = 'default'): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'nightly-',
      namespace,
      labels: { 'velero.io/pod-volume-backup': 'nightly-x7k2p' },
    },
    spec: { nodeName: node, restartPolicy: 'Never', containers: [{ name: 'main', image: 'velero/velero:v1.18.3' }] },
  };
}

/** What the API server says to it, in a dry run. */
export function tryVolumeBackup(plane: ControlPlane, node: string): Promise<Pick<ApiAnswer, 'status' | 'body'>> {
  return plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', volumeBackup(node));
}

/** Phases of a PodVolumeBackup whose node agent works on the volume itself, as before Velero 1.17, and with a pod. */
export const BY_AGENT = ['InProgress'];
export const BY_POD = ['Accepted', 'Prepared', 'InProgress', 'Completed'];

/** What the API server says to who makes the PodVolumeBackup of a Backup for a node and writes its phases one after the other: the first refusal, or nothing. */
export async function writePhases(plane: ControlPlane, node: string, phases: readonly string[]): Promise<string> {
  const path = '/apis/velero.io/v1/namespaces/default/podvolumebackups';
  const piece = {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    metadata: {
      generateName: 'nightly-',
      ownerReferences: [{ apiVersion: 'velero.io/v1', kind: 'Backup', name: 'nightly', uid: 'none' }],
    },
    spec: { node, pod: { namespace: 'default', name: 'db-0' } },
  };
  const { status, body } = await plane.api('POST', path, piece);
  if (status !== 201) return textAt(body, 'message') ?? `status ${status}`;
  for (const phase of phases) {
    const change = { status: { phase } };
    const written = await plane.api('PATCH', `${path}/${textAt(body, 'metadata', 'name') ?? ''}`, change);
    if (written.status !== 200) return textAt(written.body, 'message') ?? `status ${written.status}`;
  }
  return '';
}
