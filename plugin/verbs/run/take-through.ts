import { isInMaintenance, MaintError, type RunStep } from '../../../shared/index.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import { keepSilences } from '../../hooks/keep-silences.ts';
import { donePatch } from '../../nodes/done.ts';
import { holdsClaim } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { writeNode } from '../../nodes/write.ts';
import { type OnReport, takeIntoMaintenance } from '../on/index.ts';
import { runOffFor } from '../off/index.ts';
import type { RunTarget, NodesRun } from './nodes-run.ts';
import { carryOutCommand, TAKEN_AGAIN } from './carry-out.ts';
import { waitForHealth } from './health.ts';
import { refuseHeld, refuseOtherRuns } from './nodes.ts';
import { giveSigns, tellStopped } from './step.ts';
import { onOperationFor } from './on-operation.ts';
import { claimOf, readAfterCommand, readNode } from './read-node.ts';

/**
 * Takes one node through: into maintenance, the command, back. Its phase tells how far it came. Throws MaintError where it
 * fails; where another node failed, or the person interrupted, it only stops.
 */
export async function takeThrough(target: RunTarget, run: NodesRun): Promise<void> {
  const [over, commandOver] = [new AbortController(), new AbortController()];
  void giveSigns(target, run, over.signal);
  try {
    if (!target.isCommandDone) {
      target.phase = 'draining';
      if (!(await takeIn(target, run))) return;
      void keepSilences(target.node, run, commandOver.signal);
      target.phase = 'running';
      if (!(await carryOutCommand(target, run))) return;
      commandOver.abort();
    }
    target.phase = 'returning';
    target.phase = await bringBack(target, run);
  } finally {
    over.abort();
    commandOver.abort();
    if (target.phase !== 'done' && target.phase !== 'gone') await tellStopped(target, run);
  }
}

/** Takes it into maintenance. False where another node failed meanwhile, or the person interrupted. */
async function takeIn(target: RunTarget, run: NodesRun): Promise<boolean> {
  const { owner, session, halt } = run;
  const { name } = target.node.facts;
  const fresh = await readNode(name, run);
  if (fresh !== undefined) refuseOtherRuns([fresh], owner);
  if (fresh !== undefined && !run.continued.has(name)) refuseHeld([fresh], owner);
  const on = onOperationFor(name, run, session);
  const report: OnReport = {
    tell: (event) => {
      if (event.type === 'cordoned') target.isMarked = true;
      run.report.tell(event);
    },
  };
  const { code } = await takeIntoMaintenance(
    on,
    { ...session, signal: halt },
    {
      report,
      claimId: target.claim.id,
      by: run.by,
      refusesSameOwner: !run.continued.has(name),
      run: { id: run.id, number: target.number, of: target.of, step: 'draining' satisfies RunStep },
      view: run.view,
    },
  );
  if (code === EXIT.done && !halt.aborted) return true;
  target.stopped = 'the command was not begun';
  return false;
}

/** Marks a node of a run with a name: whoever goes on with that run carries the command out there no more. */
async function markDone(now: NodeSnapshot, { claim, isCommandDone }: RunTarget, run: NodesRun): Promise<void> {
  const { runId } = run.operation;
  if (runId === undefined || isCommandDone) return;
  await writeNode(now, (fresh) => donePatch(fresh, claim.id), run.session.cluster);
}

/** Brings a node back. Where the command has replaced it, its record is lost, and it is only waited for until it is healthy. */
async function bringBack(target: RunTarget, run: NodesRun): Promise<'done' | 'gone'> {
  const { node, claim, healthyWithinMs } = target;
  const { operation, owner, session, view, events } = run;
  const { name, uid } = node.facts;
  const now = await readAfterCommand(name, run);
  if (now === undefined) {
    session.screen.warn(`node ${name} does not exist any more after its command: there is nothing to bring back`);
    return 'gone';
  }
  await markDone(now, target, run);
  if (claimOf(now, owner) === undefined) {
    const why = now.facts.uid === uid ? 'somebody ended it' : 'the node was deleted and made again';
    session.screen.warn(`node ${name} is not in maintenance for ${owner} any more: ${why} while the command ran`);
    if (!isInMaintenance(now.facts)) await waitForHealth(name, run);
    return 'done';
  }
  if (!holdsClaim(now.facts, claim)) throw new MaintError('gave-up', `${TAKEN_AGAIN}: it is not brought back`);
  const timeoutMs = healthyWithinMs ?? operation.off.timeoutMs;
  const off = { ...operation.off, nodes: { names: [name], selector: undefined }, owner, timeoutMs };
  const code = await runOffFor({ node: now, claim }, off, session, { pods: () => view.pods(), events });
  // The node may have come out of maintenance just before the interruption.
  const isBack = code === EXIT.done || claimOf((await readNode(name, run)) ?? now, owner) === undefined;
  if (!isBack) throw new MaintError('interrupted', 'interrupted on the way back');
  return 'done';
}
