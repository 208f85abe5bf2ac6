import { ClusterRefusal, isPassing, messageOf, nodePath, retry, type Claim } from '../../../shared/index.ts';
import { withinTime } from '../../session/deadline.ts';
import { recordOf } from '../../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import type { NodesRun } from './nodes-run.ts';

/** An owner's claim on a node, where there is one. */
export function claimOf(node: NodeSnapshot, owner: string): Claim | undefined {
  return recordOf(node)?.claims.find((claim) => claim.owner === owner);
}

/** How often an API server that does not answer is asked again, in ms. */
const ASK_EVERY_MS = 1000;

/** Reads the node after its command. On a node of the control plane the command may have stopped the API server: it is asked until it answers. */
export function readAfterCommand(name: string, { operation, session }: NodesRun): Promise<NodeSnapshot | undefined> {
  const waiting = {
    timeoutMs: operation.off.timeoutMs,
    waitsFor: `the API server after the command on node ${name}`,
    hint: `the node stays in maintenance; where the command need not run again: kubectl maint off ${name}`,
  };
  let told = false;
  return withinTime(waiting, session, (signal) => {
    const read = async (): Promise<NodeSnapshot | undefined> =>
      snapshotFromObject(await session.cluster.get(nodePath(name), { signal }));
    const failed = (thrown: unknown): number | undefined => {
      if (signal.aborted || isRefused(thrown)) return undefined;
      if (!told) session.screen.note(`node/${name} waits for the API server: ${messageOf(thrown)}`);
      told = true;
      return ASK_EVERY_MS;
    };
    return retry(read, { failed }, (ms) => session.clock.sleep(ms, signal));
  });
}

/** Whether the API server refused: asking again would be refused, too. */
function isRefused(thrown: unknown): boolean {
  return thrown instanceof ClusterRefusal && !isPassing(thrown);
}

/** A node as it is now; undefined where it does not exist. */
export async function readNode(name: string, { session }: NodesRun): Promise<NodeSnapshot | undefined> {
  return snapshotFromObject(await session.cluster.get(nodePath(name)));
}
