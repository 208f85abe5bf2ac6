import {
  collectionPath,
  objectPath,
  termsFromVolume,
  textAt,
  type ClusterReader,
  type NodeSelectorTerm,
  type PodFacts,
} from '../../shared/index.ts';
import { claimsOf } from '../drain/claims.ts';

/** A PersistentVolume that is not to be had from every node: a local disk, or one of a zone. */
export interface BoundVolume {
  readonly name: string;
  /** Nodes from which it can be reached; as of a required node affinity. */
  readonly terms: readonly NodeSelectorTerm[];
}

/** The volumes that some pods have to take along, by UID of the pod. */
export type VolumesOfPods = ReadonlyMap<string, readonly BoundVolume[]>;

/** From so many claims of a namespace on, one list of them is less work for the API server than a call for each. */
const LIST_CLAIMS_FROM = 3;
/** Volumes are in no namespace: a list holds those of the whole cluster. */
const LIST_VOLUMES_FROM = 20;

const CLAIMS = 'v1/persistentvolumeclaims';
const VOLUMES = 'v1/persistentvolumes';

/** Reads which volumes tie pods to their nodes. What may not be read says nothing: the check is a courtesy. */
export async function readVolumes(pods: readonly PodFacts[], cluster: ClusterReader): Promise<VolumesOfPods> {
  const claims = pods.flatMap((pod) => claimsOf(pod).map((name) => ({ pod, name })));
  const byNamespace = Map.groupBy(claims, ({ pod }) => pod.namespace);
  const bound = await Promise.all(
    [...byNamespace].map(async ([namespace, some]) => {
      const names = new Set(some.map(({ name }) => name));
      const found = await readNamed({ resource: CLAIMS, namespace, listFrom: LIST_CLAIMS_FROM }, names, cluster);
      return some.map(({ pod, name }) => ({
        uid: pod.uid,
        volume: textAt(found.get(name), 'spec', 'volumeName') ?? '',
      }));
    }),
  );
  const wanted = bound.flat().filter(({ volume }) => volume !== '');
  const names = new Set(wanted.map(({ volume }) => volume));
  const volumes = await readNamed({ resource: VOLUMES, namespace: '', listFrom: LIST_VOLUMES_FROM }, names, cluster);
  const ofPods = new Map<string, BoundVolume[]>();
  for (const { uid, volume } of wanted) {
    const terms = termsFromVolume(volumes.get(volume));
    if (terms !== undefined) ofPods.set(uid, [...(ofPods.get(uid) ?? []), { name: volume, terms }]);
  }
  return ofPods;
}

interface Collection {
  readonly resource: string;
  readonly namespace: string;
  readonly listFrom: number;
}

async function readNamed(
  { resource, namespace, listFrom }: Collection,
  names: ReadonlySet<string>,
  cluster: ClusterReader,
): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  const take = (object: unknown): void => {
    const name = textAt(object, 'metadata', 'name') ?? '';
    if (names.has(name)) found.set(name, object);
  };
  try {
    if (names.size < listFrom) {
      for (const name of names) take(await cluster.get(objectPath(resource, namespace, name)));
    } else {
      for await (const { items } of cluster.pages(collectionPath(resource, namespace))) items.forEach(take);
    }
  } catch {
    return new Map();
  }
  return found;
}
