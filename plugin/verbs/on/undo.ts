import { HOOKS_ANNOTATION, MaintError, messageOf, RECORD_ANNOTATION } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import { nodeNow } from '../../hooks/record/node-record.ts';
import { refuseUndone, undoHooks } from '../../hooks/undo-hooks.ts';
import { recordOf, type NodePatch } from '../../nodes/mark.ts';
import { givingBackMachine } from '../../nodes/machine.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { undoPatch, type Undo } from '../../nodes/undo.ts';
import { writeNode } from '../../nodes/write.ts';
import { notesTo } from '../../session/report.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';

/** What became of the mark of a run when it was to be taken back. */
export interface Undone {
  readonly node: string;
  /**
   * `gone`: somebody else had removed it. `unknown`: the write failed, so that the mark may still be there. `kept`: it was
   * left, because the node is drained, although its record may not say so.
   */
  readonly mark: 'taken back' | 'gone' | 'unknown' | 'kept';
  /** In words. */
  readonly how: string;
}

/**
 * Takes back the marks of a run: claims, cordons and annotations that it wrote, never what was there before, nor what
 * another owner, or a later run, relies on. Pods that were evicted are not moved back. Tells what became of each. A failure
 * here is told and not thrown: the command ends with the failure because of which the marks are taken back.
 */
export async function undoMarks(marked: readonly MarkedTarget[], run: OnRun): Promise<readonly Undone[]> {
  const all: Undone[] = [];
  for (const target of marked) {
    const undone = await undoOne(target, run);
    all.push(undone);
    const { node, mark, how } = undone;
    if (mark === 'kept') run.report.tell({ type: 'note', text: `node/${node} ${how}` });
    else if (mark === 'unknown') run.report.tell({ type: 'failed', node, message: how, hint: mayStay(node) });
    else run.report.tell({ type: 'rolled-back', node, how });
  }
  return all;
}

function mayStay(node: string): string {
  return `it may stay marked and cordoned: kubectl maint status ${node} tells; kubectl maint off ${node} --skip-health-check ends its maintenance`;
}

/** What became of all of them, for the end of a sentence. */
export function undoneInWords(undone: readonly Undone[]): string {
  const namesOf = (...marks: readonly Undone['mark'][]): string =>
    undone.flatMap(({ node, mark }) => (marks.includes(mark) ? [node] : [])).join(', ');
  const [back, unknown, kept] = [namesOf('taken back', 'gone'), namesOf('unknown'), namesOf('kept')];
  return [
    back === '' ? '' : `the mark of this run was taken back on ${back}`,
    unknown === '' ? '' : `on ${unknown} it could not be, and may stay (kubectl maint status ${unknown})`,
    kept === '' ? '' : `${kept} stays in maintenance, being drained`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Told of a batch whose marks are taken back before its drain. */
export function nothingEvicted({ marked }: OnRun): string {
  return marked.length === 0 ? 'nothing was evicted' : 'nothing was evicted from the nodes of this batch';
}

/** The failure because of which marks were taken back, with what became of them; `before` is told before that. */
export function withUndone(thrown: unknown, undone: readonly Undone[], before = ''): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const parts = [before, undoneInWords(undone), thrown.hint ?? ''].filter((part) => part !== '');
  if (parts.length === 0) return thrown;
  return new MaintError(thrown.code, thrown.message, { hint: parts.join('; '), cause: thrown });
}

/** Takes back the mark on one node. Never throws. */
export async function undoOne(target: MarkedTarget, run: OnRun): Promise<Undone> {
  const node = target.node.facts.name;
  if (run.unrecorded.has(node)) return { node, mark: 'kept', how: 'stays in maintenance: it is drained' };
  try {
    return await takeBack(target, run);
  } catch (thrown) {
    return { node, mark: 'unknown', how: `its mark could not be taken back: ${messageOf(thrown)}` };
  }
}

async function takeBack({ node, marked }: MarkedTarget, run: OnRun): Promise<Undone> {
  const { claim, operation, session, report, announcer } = run;
  const now = timestamp(session.clock.now());
  const undo = { original: node, claim, adopted: operation.adopt, now };
  const { name } = node.facts;
  await takeHooksBack(marked, undo, run);
  const last: { patch: NodePatch | undefined } = { patch: undefined };
  const patchFor = (fresh: NodeSnapshot) => (last.patch = undoPatch(fresh, undo));
  const { cluster } = session;
  const write = async () => ({ node: await writeNode(marked, patchFor, cluster) });
  const { node: after } = await givingBackMachine(marked, write, { cluster, note: notesTo(report) });
  if (last.patch === undefined) {
    const isInMaintenance = recordOf(after) !== undefined;
    const how = isInMaintenance
      ? 'nothing: it is in maintenance by another run now'
      : 'somebody else had ended it already';
    return { node: name, mark: 'gone', how };
  }
  if (recordOf(after) !== undefined)
    return { node: name, mark: 'taken back', how: 'as before this run: in maintenance for others or from earlier' };
  void announcer.noConditions(after);
  void announcer.event(after.facts, {
    type: 'Normal',
    reason: 'MaintenanceEnded',
    message: `taken back by ${claim.owner}: the drain did not come to its end`,
  });
  const how = after.facts.unschedulable ? 'cordoned, as it was before' : 'uncordoned';
  return { node: name, mark: 'taken back', how };
}

/** What hooks have done is undone first where the maintenance ends by it; others who hold the node rely on it. */
async function takeHooksBack(marked: NodeSnapshot, undo: Undo, run: OnRun): Promise<void> {
  // The person may have interrupted the command, and waits for this alone.
  const { signal } = new AbortController();
  const isEnd = (node: NodeSnapshot): boolean =>
    undoPatch(node, undo)?.metadata.annotations[RECORD_ANNOTATION] === null;
  const node = await nodeNow(marked, run.session.cluster, signal);
  if (run.operation.hooks.skip || !node.annotations.has(HOOKS_ANNOTATION) || !isEnd(node)) return;
  const { owner, reason } = run.claim;
  refuseUndone(await undoHooks({ node, owner, reason }, await run.hooks(), signal, isEnd));
}
