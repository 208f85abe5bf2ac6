import type { ClusterReader, PodFacts } from '../../shared/index.ts';
import type { Tie } from '../drain/database.ts';
import type { ClusterNode } from './survey.ts';
import { isReachable, readVolumes } from './volumes.ts';

/** What finding a tie needs. */
interface TiePorts {
  readonly cluster: ClusterReader;
  /** Every node; undefined where the caller may not list them. */
  readonly nodes: () => Promise<readonly ClusterNode[] | undefined>;
}

/** The first of a pod's volumes that is to be had from nodes alone that take no pods; undefined where there is none. */
export async function readTie(
  pod: PodFacts,
  { cluster, nodes }: TiePorts,
): Promise<Pick<Tie, 'volume' | 'nodes'> | undefined> {
  const volumes = (await readVolumes([pod], cluster)).get(pod.uid) ?? [];
  const all = volumes.length === 0 ? [] : ((await nodes()) ?? []);
  for (const volume of volumes) {
    const near = all.map(({ facts }) => facts).filter((facts) => isReachable(volume, facts));
    if (near.length > 0 && near.every(({ unschedulable }) => unschedulable))
      return { volume: volume.name, nodes: near.map(({ name }) => name).sort() };
  }
  return undefined;
}
