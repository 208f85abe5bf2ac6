import {
  podFromObject,
  PODS,
  readAll,
  type ClusterReader,
  type NodeFacts,
  type PodFacts,
} from '../../../shared/index.ts';
import type { ServedVersions } from '../../session/served.ts';
import { unlessForbidden } from '../read.ts';
import type { DataSystem } from './system.ts';

/**
 * Pods that operators move off these nodes because they are cordoned, though nothing drains them; undefined where the caller may
 * not see them. A node that is cordoned already changes for nobody. No pod is asked for where no such system is installed.
 */
export async function readMovedByCordon(
  chosen: readonly NodeFacts[],
  systems: readonly DataSystem[],
  served: () => Promise<ServedVersions>,
  reader: ClusterReader,
): Promise<readonly PodFacts[] | undefined> {
  const names = new Set(chosen.filter(({ unschedulable }) => !unschedulable).map(({ name }) => name));
  if (names.size === 0) return [];
  const versions = await served();
  if (versions === undefined) return undefined;
  const groups = new Set([...versions].map((version) => version.split('/')[0]));
  const selectors = systems.flatMap(({ group, moves }) =>
    moves?.atCordon === true && groups.has(group) ? [`${moves.label}=${moves.value}`] : [],
  );
  const read = (labelSelector: string) => readAll(reader, { path: PODS, query: { labelSelector } }, podFromObject);
  const found = await unlessForbidden(() => Promise.all(selectors.map(read)));
  return found?.flat().filter(({ nodeName }) => names.has(nodeName));
}
