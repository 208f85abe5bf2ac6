import { MaintError, messageOf } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { recordOf, type NodePatch } from '../nodes/mark.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { undoPatch } from '../nodes/undo.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnRun } from './on-run.ts';
import type { Marked } from './prepared.ts';

/**
 * Takes back the marks of a run: claims, cordons and annotations that it wrote, never what was there before, nor what
 * another owner relies on. Pods that were evicted are not moved back. Throws MaintError('gave-up') with the nodes where it failed.
 */
export async function undoMarks(marked: readonly Marked[], run: OnRun): Promise<void> {
  const failed: string[] = [];
  for (const one of marked) {
    const { name } = one.node.facts;
    try {
      await undoOne(one, run);
    } catch (thrown) {
      failed.push(`${name} (${messageOf(thrown)})`);
    }
  }
  if (failed.length === 0) return;
  throw new MaintError('gave-up', `could not take back the marks of ${failed.join(', ')}`, {
    hint: 'kubectl maint status shows what they are; kubectl maint off NODE --skip-health-check ends a maintenance',
  });
}

async function undoOne(
  { node, written }: Marked,
  { claim, operation, session, report, announcer }: OnRun,
): Promise<void> {
  const now = timestamp(session.clock.now());
  const undo = { original: node, claim, adopted: operation.adopt, now };
  const { name } = node.facts;
  const last: { patch: NodePatch | undefined } = { patch: undefined };
  const patchFor = (fresh: NodeSnapshot) => (last.patch = undoPatch(fresh, undo));
  const after = await writeNode(written, patchFor, session.cluster);
  if (last.patch === undefined) {
    const isHeld = recordOf(after) !== undefined;
    const how = isHeld ? 'nothing: it is in maintenance by another run now' : 'somebody else had ended it already';
    report.tell({ type: 'rolled-back', node: name, how });
    return;
  }
  if (recordOf(after) !== undefined) {
    report.tell({
      type: 'rolled-back',
      node: name,
      how: 'as before this run: in maintenance for others or from earlier',
    });
    return;
  }
  void announcer.noConditions(after);
  void announcer.event(after.facts, {
    type: 'Normal',
    reason: 'MaintenanceEnded',
    message: `taken back by ${claim.owner}: the drain did not come to its end`,
  });
  const how = after.facts.unschedulable ? 'cordoned, as it was before' : 'uncordoned';
  report.tell({ type: 'rolled-back', node: name, how });
}
