import {
  matchesTerm,
  termsFromVolume,
  textAt,
  type ClusterReader,
  type NodeFacts,
  type NodeSelectorTerm,
  type PodFacts,
} from '../../shared/index.ts';
import { volumeClaimsOf } from '../drain/volume-claims.ts';
import { readNamed } from './read-named.ts';

/** A PersistentVolume that is not to be had from every node: a local disk, or one of a zone. */
export interface BoundVolume {
  readonly name: string;
  /** Nodes from which it can be reached; as of a required node affinity. */
  readonly terms: readonly NodeSelectorTerm[];
}

/** Whether a volume can be reached from a node. */
export function isReachable({ terms }: BoundVolume, node: NodeFacts): boolean {
  return terms.some((term) => matchesTerm(term, node));
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
  const claims = pods.flatMap((pod) => volumeClaimsOf(pod).map((name) => ({ pod, name })));
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
