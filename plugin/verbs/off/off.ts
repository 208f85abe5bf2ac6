import { MaintError, type ClaimKey } from '../../../shared/index.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { conditionStatuses, OUR_CONDITIONS } from '../../nodes/conditions.ts';
import { failuresToldOneByOne, forEachNode } from '../../nodes/for-each-node.ts';
import { lostRecords } from '../../nodes/lost.ts';
import { recordOf } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { notesTo, reportFor } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { bringBack, undoWhatWasLeft } from './bring-back.ts';
import { chooseClaims, ownersOf, targetsOf } from './choose-claims.ts';
import type { OffEvent } from './events.ts';
import type { OffOperation } from './flags.ts';
import { tellKeptOff, tellUnseen } from './kept-off.ts';
import { renderGates } from './live.ts';
import { newOffRun, sourcesOnce, type OffRun, type OffSources, type OffTarget } from './off-run.ts';
import { tellOffInWords } from './text.ts';

/**
 * `kubectl maint off`: several nodes at once, each on its own: let held add-on changes go and wait for them, wait until
 * the node is clean, then drop the owner's claim; with the last claim the node is as it was before.
 */
export async function runOff(operation: OffOperation, session: Session): Promise<ExitCode> {
  return inRun(operation, session, async (run) => {
    const nodes = await chooseNodes(operation.nodes, session.cluster);
    const code = await endMaintenance(nodes, await chooseClaims(nodes, run), run);
    if (run.back.size > 0) await tellUnseen(session, notesTo(run.report));
    return code;
  });
}

/**
 * `off` for one claim alone: a later one of the same owner is somebody else's work, and stays. What no Event tells of is
 * for the caller to say, who has other nodes as well, and so is how it failed.
 */
export async function runOffFor(
  { node, claim }: { readonly node: NodeSnapshot; readonly claim: ClaimKey },
  operation: OffOperation,
  session: Session,
  sources: OffSources,
): Promise<ExitCode> {
  const report = reportFor<OffEvent>(operation.format, session, tellOffInWords);
  const run = newOffRun({ operation, session, report, sources });
  const nodes = [node];
  return endMaintenance(
    nodes,
    targetsOf(nodes, () => [claim]),
    run,
  );
}

async function inRun(
  operation: OffOperation,
  session: Session,
  steps: (run: OffRun) => Promise<ExitCode>,
): Promise<ExitCode> {
  const report = reportFor<OffEvent>(operation.format, session, tellOffInWords);
  try {
    return await steps(newOffRun({ operation, session, report, sources: sourcesOnce(session) }));
  } catch (thrown) {
    if (thrown instanceof MaintError && operation.format === 'json') {
      report.tell({ type: 'failed', node: undefined, message: thrown.message, hint: thrown.hint });
    }
    throw thrown;
  }
}

/** Brings the targets back, and tells what was kept off them; of the other nodes it tells that they are not in maintenance. */
async function endMaintenance(
  nodes: readonly NodeSnapshot[],
  targets: readonly OffTarget[],
  run: OffRun,
): Promise<ExitCode> {
  // What cannot be read refuses before the first write.
  await run.hooks();
  const others = nodes.filter((node) => recordOf(node) === undefined);
  const isLeft = others.length > 0 && (await tellNotInMaintenance(others, run));
  const code = await bringAllBack(targets, nodes.length, run);
  const back = targets.filter(({ node }) => run.back.has(node.facts.name));
  if (back.length > 0) await tellKeptOff(back, run);
  return isLeft && code === EXIT.done ? EXIT.gaveUp : code;
}

/** Tells it, and tries again what could not be undone before. Returns whether something is left still. */
async function tellNotInMaintenance(nodes: readonly NodeSnapshot[], run: OffRun): Promise<boolean> {
  let isLeft = false;
  const lost = await lostRecords(run.session.cluster);
  for (const node of nodes) {
    const { facts, raw } = node;
    // Conditions of ours without a record were left by a command that was killed between two writes.
    if (OUR_CONDITIONS.some((type) => conditionStatuses(raw).has(type))) await run.announcer.noConditions(node);
    run.report.tell({ type: 'not-in-maintenance', node: facts.name, lostAt: lost.get(facts.name) });
    if (await undoWhatWasLeft(node, run)) isLeft = true;
  }
  return isLeft;
}

/** Each node is brought back on its own, as many at once as --max-parallel says; one that fails does not stop the others. */
function bringAllBack(targets: readonly OffTarget[], nodes: number, run: OffRun): Promise<ExitCode> {
  const { operation, session, report, gates } = run;
  const task = async (target: OffTarget): Promise<void> => {
    if (operation.all) report.tell({ type: 'claims', node: target.node.facts.name, owners: ownersOf(target) });
    await bringBack(target, run);
  };
  return forEachNode(targets, task, {
    session,
    parallel: operation.maxParallel,
    live: (size) =>
      renderGates(
        targets.flatMap(({ node }) => gates.get(node.facts.name) ?? []),
        size,
      ),
    failures: failuresToldOneByOne(nodes, report),
    notBegun: ({ node: { facts } }) => {
      report.tell({ type: 'note', text: `node/${facts.name} was not begun: it stays in maintenance` });
    },
  });
}
