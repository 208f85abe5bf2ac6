import { nodePath, type NodeFacts, type RunStep } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import { renewMaintenance, RUN_SIGN_MS } from '../../nodes/conditions.ts';
import { holdsClaim, runStepPatch } from '../../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { writeNode } from '../../nodes/write.ts';
import { repeat } from '../../session/wait.ts';
import type { NodesRun, RunTarget } from './nodes-run.ts';

/** Writes into a node's record what the run does there now. Resolves with the node as it is then. Throws MaintError. */
export function enterStep(
  node: NodeSnapshot,
  step: RunStep,
  { claim }: Pick<RunTarget, 'claim'>,
  { session: { cluster, clock } }: Pick<NodesRun, 'session'>,
): Promise<NodeSnapshot> {
  return writeNode(node, (fresh) => runStepPatch(fresh, { claim, step, now: timestamp(clock.now()) }), cluster);
}

/** Tells the node from time to time that the run goes on there, until the signal aborts: whoever was killed tells nothing any more. */
export function giveSigns(
  { node, claim }: Pick<RunTarget, 'node' | 'claim'>,
  { session: { cluster, clock } }: Pick<NodesRun, 'session'>,
  signal: AbortSignal,
): Promise<void> {
  const isWanted = (facts: NodeFacts): boolean => holdsClaim(facts, claim);
  const give = async (): Promise<void> => {
    const now = snapshotFromObject(await cluster.get(nodePath(node.facts.name), { signal }));
    if (now !== undefined) await renewMaintenance({ node: now, isWanted, now: timestamp(clock.now()) }, cluster);
  };
  // An API server that does not answer hears the next one; who may not write conditions has been told.
  return repeat(RUN_SIGN_MS, () => give().catch(() => undefined), { clock, signal });
}

/** How long the API server may take to hear that a run has stopped on a node, in ms: a person may wait for its end. */
const TELL_MS = 10_000;

/** Writes that the run does nothing any more on a node that it leaves in maintenance; a courtesy to whoever looks there. */
export async function tellStopped(target: RunTarget, run: NodesRun): Promise<void> {
  const { name } = target.node.facts;
  try {
    const object = await run.session.cluster.get(nodePath(name), { signal: AbortSignal.timeout(TELL_MS) });
    const now = snapshotFromObject(object);
    if (now !== undefined) await enterStep(now, 'stopped', target, run);
  } catch {
    // The run ends, and tells the state of each node; why it could not write this will have stopped it as well.
  }
}
