import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at, isTrueAt, listAt, stringMapAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { follow } from './follow.ts';

/**
 * A stand-in: there is no CSI driver here, and no snapshot controller. A volume is a folder of this machine that belongs to
 * one node, as that of a local disk does; a snapshot is a copy of it. Everything else is real: who asks for a volume or a
 * snapshot, who binds it, and who decides where a pod that mounts it runs.
 */
export interface Storage {
  /** The folder of the volume of a claim in Velero's namespace; undefined before it is bound. */
  claimed(claim: string): Promise<string | undefined>;
  /** Puts a file into the volume of a claim of the shop, and reads one: undefined where there is none. */
  fill(claim: string, file: string, text: string): Promise<void>;
  readBack(claim: string, file: string): Promise<string | undefined>;
  end(): Promise<void>;
}

export const LOCAL_DISK = 'local-disk';
const DRIVER = 'stand-in.example.com';
const SNAPSHOTS = '/apis/snapshot.storage.k8s.io/v1';
const CONTENTS = `${SNAPSHOTS}/volumesnapshotcontents`;
const SIZE = '1Gi';
const BYTES = 1024 ** 3;

/** The kinds of CSI snapshots, with whatever fields, and what a driver is installed with. */
const INSTALLED: readonly object[] = [
  ...[
    { kind: 'VolumeSnapshot', plural: 'volumesnapshots', scope: 'Namespaced' },
    { kind: 'VolumeSnapshotContent', plural: 'volumesnapshotcontents', scope: 'Cluster' },
    { kind: 'VolumeSnapshotClass', plural: 'volumesnapshotclasses', scope: 'Cluster' },
  ].map(({ kind, plural, scope }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.snapshot.storage.k8s.io`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, stands in for the real one' },
    },
    spec: {
      group: 'snapshot.storage.k8s.io',
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: kind === 'VolumeSnapshotClass' ? {} : { status: {} },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  })),
  { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: DRIVER }, spec: { attachRequired: false } },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: LOCAL_DISK },
    provisioner: DRIVER,
    volumeBindingMode: 'WaitForFirstConsumer',
  },
];
const SNAPSHOT_CLASS = {
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshotClass',
  metadata: { name: LOCAL_DISK, labels: { 'velero.io/csi-volumesnapshot-class': 'true' } },
  driver: DRIVER,
  deletionPolicy: 'Delete',
};

/** Installs it, and provides for claims and snapshots from then on, in a folder of this machine. */
export async function startStorage(plane: ControlPlane, folder: string): Promise<Storage> {
  await apply(plane, ...INSTALLED);
  await plane.kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all', '--timeout=60s']);
  await apply(plane, SNAPSHOT_CLASS);
  const over = new AbortController();
  const list = async (path: string): Promise<readonly unknown[]> =>
    listAt((await plane.api('GET', path)).body, 'items');
  const volumeOf = (name: string): string => join(folder, 'volumes', name);
  const snapshotOf = (handle: string): string => join(folder, 'snapshots', handle);
  const claimPath = (namespace: string, claim: string): string =>
    `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`;
  const boundTo = async (namespace: string, claim: string): Promise<string | undefined> => {
    const { body } = await plane.api('GET', claimPath(namespace, claim));
    const name = textAt(body, 'spec', 'volumeName');
    return textAt(body, 'status', 'phase') === 'Bound' && name !== undefined ? volumeOf(name) : undefined;
  };

  const provision = async (claim: unknown): Promise<void> => {
    const node = stringMapAt(claim, 'metadata', 'annotations').get('volume.kubernetes.io/selected-node');
    const isOurs = textAt(claim, 'spec', 'storageClassName') === LOCAL_DISK;
    // A driver leaves a claim alone that selects its volume by labels: Velero gives it the one that it has restored.
    const isServed = textAt(claim, 'spec', 'volumeName') !== undefined || at(claim, 'spec', 'selector') !== undefined;
    if (node === undefined || !isOurs || isServed) return;
    const { namespace, name, uid } = identityOf(claim);
    const source = textAt(claim, 'spec', 'dataSource', 'name');
    const volume = `pvc-${uid}`;
    await mkdir(volumeOf(volume), { recursive: true });
    if (source !== undefined) {
      const { body } = await plane.api('GET', `${SNAPSHOTS}/namespaces/${namespace}/volumesnapshots/${source}`);
      const content = await plane.api(
        'GET',
        `${CONTENTS}/${textAt(body, 'status', 'boundVolumeSnapshotContentName') ?? ''}`,
      );
      const handle = textAt(content.body, 'status', 'snapshotHandle');
      if (handle === undefined) return;
      await cp(snapshotOf(handle), volumeOf(volume), { recursive: true });
    }
    await plane.api('POST', '/api/v1/persistentvolumes', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume, annotations: { 'pv.kubernetes.io/provisioned-by': DRIVER } },
      spec: {
        capacity: { storage: SIZE },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: LOCAL_DISK,
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        csi: { driver: DRIVER, volumeHandle: volume },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
      },
    });
  };

  /** A volume that nobody claims any more goes, as its class says. */
  const reclaim = async (volume: unknown): Promise<void> => {
    const isLeft = textAt(volume, 'status', 'phase') === 'Released';
    const isToGo = textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete';
    if (textAt(volume, 'spec', 'csi', 'driver') !== DRIVER || !isLeft || !isToGo) return;
    await plane.api('DELETE', `/api/v1/persistentvolumes/${identityOf(volume).name}`);
  };

  const takeSnapshot = async (snapshot: unknown): Promise<void> => {
    if (isTrueAt(snapshot, 'status', 'readyToUse')) return;
    const { namespace, name, uid } = identityOf(snapshot);
    const claim = textAt(snapshot, 'spec', 'source', 'persistentVolumeClaimName');
    const given = textAt(snapshot, 'spec', 'source', 'volumeSnapshotContentName');
    const content = given ?? `snapcontent-${uid}`;
    let handle = uid;
    if (claim !== undefined) {
      const from = await boundTo(namespace, claim);
      if (from === undefined) return;
      await cp(from, snapshotOf(handle), { recursive: true });
      await plane.api('POST', CONTENTS, {
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshotContent',
        metadata: { name: content },
        spec: {
          deletionPolicy: 'Delete',
          driver: DRIVER,
          source: { volumeHandle: from },
          volumeSnapshotClassName: LOCAL_DISK,
          volumeSnapshotRef: { kind: 'VolumeSnapshot', namespace, name, uid },
        },
      });
    } else {
      const { body } = await plane.api('GET', `${CONTENTS}/${content}`);
      handle = textAt(body, 'spec', 'source', 'snapshotHandle') ?? '';
      if (handle === '') return;
    }
    await plane.api('PATCH', `${CONTENTS}/${content}/status`, {
      status: { readyToUse: true, snapshotHandle: handle, restoreSize: BYTES },
    });
    await plane.api('PATCH', `${SNAPSHOTS}/namespaces/${namespace}/volumesnapshots/${name}/status`, {
      status: { readyToUse: true, boundVolumeSnapshotContentName: content, restoreSize: SIZE },
    });
  };

  void follow(over.signal, async () => {
    for (const claim of await list('/api/v1/persistentvolumeclaims')) await provision(claim);
    for (const snapshot of await list(`${SNAPSHOTS}/volumesnapshots`)) await takeSnapshot(snapshot);
    for (const volume of await list('/api/v1/persistentvolumes')) await reclaim(volume);
  });
  const inShop = async (claim: string, file: string): Promise<string> =>
    join((await boundTo('shop', claim)) ?? folder, file);
  return {
    claimed: (claim) => boundTo('velero', claim),
    fill: async (claim, file, text) => {
      await writeFile(await inShop(claim, file), text);
    },
    readBack: async (claim, file) => readFile(await inShop(claim, file), 'utf8').catch(() => undefined),
    end: async () => {
      over.abort();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function identityOf(object: unknown): { readonly namespace: string; readonly name: string; readonly uid: string } {
  const [namespace = '', name = '', uid = ''] = ['namespace', 'name', 'uid'].map((key) =>
    textAt(object, 'metadata', key),
  );
  return { namespace, name, uid };
}

async function apply(plane: ControlPlane, ...objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', '-'], { input });
  if (code !== 0) throw new Error(`the storage: ${stderr}`);
}
