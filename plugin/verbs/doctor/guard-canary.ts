import {
  isInMaintenance,
  nodePath,
  RECORD_ANNOTATION,
  type ApiRequest,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import { askInDryRun, type Said } from '../../policy/dry-run.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';

/** Calls that are timed: a median of five is not one that a hiccup makes. */
const TIMED_CALLS = 5;

/** For all of them together, in ms: a webhook that is given up after 3 s is slow after the first. */
const ENOUGH_MS = 2000;

/** What was said to a record that cannot be read, and how long it took. Undefined where the cluster has no node. */
export interface GuardCanary {
  readonly node: string;
  readonly said: Said;
  /** Milliseconds of each call through the webhook, and of as many plain reads beside them. */
  readonly calls: readonly number[];
  readonly reads: readonly number[];
}

/**
 * Writes a record that cannot be read onto a node, in a dry run: the guard of nodes refuses that at any time, also while
 * nothing is in maintenance. The same calls are timed.
 */
export async function askGuard(
  { cluster, nodes }: { cluster: ClusterReader & ClusterSender; nodes: () => Promise<readonly NodeSnapshot[]> },
  now: () => number,
): Promise<GuardCanary | undefined> {
  const all = (await nodes()).map(({ facts }) => facts);
  const name = (all.find(isInMaintenance) ?? all[0])?.name;
  if (name === undefined) return undefined;
  // The first call opens the connections, and says whether timing it makes sense.
  await cluster.get(nodePath(name));
  const said = await askInDryRun(unreadableRecord(name), cluster);
  const [calls, reads]: [number[], number[]] = [[], []];
  if (said.said !== 'denied') return { node: name, said, calls, reads };
  const started = now();
  for (let call = 0; call < TIMED_CALLS && now() - started < ENOUGH_MS; call += 1) {
    reads.push(await timed(() => cluster.get(nodePath(name)), now));
    calls.push(await timed(() => askInDryRun(unreadableRecord(name), cluster), now));
  }
  return { node: name, said, calls, reads };
}

function unreadableRecord(node: string): ApiRequest {
  return {
    method: 'PATCH',
    path: nodePath(node),
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [RECORD_ANNOTATION]: 'a canary of kubectl maint doctor, and no record' } } },
  };
}

async function timed(call: () => Promise<unknown>, now: () => number): Promise<number> {
  const started = now();
  await call();
  return now() - started;
}
