import {
  clean,
  ClusterRefusal,
  MaintError,
  MAX_TEXT,
  type Claim,
  type MaintenanceState,
} from '../../../shared/index.ts';
import type { ConditionChange } from '../../nodes/conditions.ts';
import { hasClaim, heldByOtherRun, holdsClaim, markPatch, recordOf } from '../../nodes/mark.ts';
import { keepMachine, machineToKeep, type MachineRef } from '../../nodes/machine.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { writeNode, type PatchFor } from '../../nodes/write.ts';
import { notesTo } from '../../session/report.ts';
import { nothingEvicted, undoMarks, undoneInWords, undoOne, type Undone } from './undo.ts';
import type { MarkedTarget, OnRun, Target } from './on-run.ts';

/**
 * Marks and cordons every node of a batch, each in one write, before the first of them is drained, so that no pod moves
 * from one to the next. All or none: where one cannot be marked, the marks of those before it are taken back. Throws
 * MaintError then, and its hint says in which state each node is.
 */
export async function markAll(targets: readonly Target[], run: OnRun): Promise<readonly MarkedTarget[]> {
  const marked: MarkedTarget[] = [];
  for (const target of targets) {
    if (run.session.signal.aborted) break;
    const { name } = target.node.facts;
    const tried = { from: target.node };
    run.touched.add(name);
    try {
      marked.push(await markNode(target, tried, run));
    } catch (thrown) {
      // Others may have written to the node since the preflight: only what this mark changed is taken back.
      const perhaps = { ...target, node: tried.from, marked: target.node };
      const itself = isPerhapsMarked(thrown) ? await undoOne(perhaps, run) : undefined;
      const undone = await undoMarks(marked, run);
      throw afterMarking(thrown, { notDone: nothingEvicted(run), undone, failed: name, itself });
    }
  }
  return marked;
}

/** Whether the node may carry the mark although the write failed: only a refusal says that nothing was written. */
function isPerhapsMarked(thrown: unknown): boolean {
  return thrown instanceof MaintError && !(thrown instanceof ClusterRefusal) && thrown.code !== 'denied';
}

function refuseClaimed({ facts }: NodeSnapshot, claim: Claim): void {
  const { owner } = claim;
  if (!hasClaim(facts, owner) || holdsClaim(facts, claim)) return;
  throw new MaintError(
    'denied',
    `it was taken into maintenance for ${clean(owner, MAX_TEXT)} meanwhile, by another run`,
  );
}

/** Two commands on one node at the same time are what nobody wants, whoever they belong to. */
function refuseOtherRun(node: NodeSnapshot, { owner }: Claim): void {
  const held = heldByOtherRun(node, owner);
  if (held !== undefined) throw new MaintError('denied', held);
}

/** Makes the patch that marks a node, from the node as it is when it is written; a dry run sends the same. */
export function markFor({ claim, operation, refusesSameOwner }: OnRun, machine?: MachineRef): PatchFor {
  const wanted = claim.mode === 'cordon' ? 'complete' : 'initiated';
  return (fresh) => {
    if (refusesSameOwner) refuseClaimed(fresh, claim);
    if (claim.run !== undefined) refuseOtherRun(fresh, claim);
    return markPatch(fresh, claim, { ...operation, ...operation.claim, machine, state: stateFor(fresh, wanted) });
  };
}

/** `tried.from` is set to the node from which the last patch was made, whether or not it was written. */
async function markNode(target: Target, tried: { from: NodeSnapshot }, run: OnRun): Promise<MarkedTarget> {
  const { claim, operation, session, report, announcer } = run;
  const { plan } = target;
  const { cluster } = session;
  const note = notesTo(report);
  const isKept = operation.protect && !operation.claim.isChange;
  const markOn = markFor(run, isKept ? await machineToKeep(target.node, cluster, note) : undefined);
  const patchFor: PatchFor = (fresh) => {
    tried.from = fresh;
    return markOn(fresh);
  };
  const written = await writeNode(target.node, patchFor, cluster);
  await keepMachine(written, cluster, note);
  const node = tried.from;
  const { name, unschedulable } = node.facts;
  report.tell({ type: 'cordoned', node: name, already: unschedulable, dryRun: undefined });
  if (operation.adopt && unschedulable) {
    report.tell({ type: 'note', text: `node/${name} was cordoned before; kubectl maint off ${name} uncordons it` });
  }
  const isNew = !(operation.claim.isChange && hasClaim(node.facts, claim.owner));
  const message = claimText(claimIn(written, claim));
  const count = plan === undefined ? 0 : plan.evict.length + plan.waitFor.length;
  const left = `${count} of ${count} pods left`;
  const reason = 'AdminRequested';
  const draining: readonly ConditionChange[] = [
    { type: 'DrainInProgress', status: 'True', reason, message: left },
    { type: 'Drained', status: 'False', reason, message: left },
  ];
  // Nothing waits for conditions and Events here; the command waits for them before it ends.
  void announcer.conditions(written, [
    { type: 'MaintenanceInProgress', status: 'True', reason, message },
    ...(plan === undefined ? [] : draining),
  ]);
  if (isNew) void announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceInitiated', message });
  return { ...target, node, marked: written };
}

/** The claim as it is in the record: fields of an earlier claim of the same owner stay where the new one says nothing. */
function claimIn({ facts: { record } }: NodeSnapshot, claim: Claim): Claim {
  const claims = record.kind === 'record' ? record.record.claims : [];
  return claims.find(({ owner }) => owner === claim.owner) ?? claim;
}

function claimText({ mode, owner, reason }: Claim): string {
  return `${mode} for ${owner}${reason === undefined ? '' : `: ${reason}`}`;
}

/** The state that the mark sets. A `cordon` claim on a node that is being drained for somebody, or is drained, leaves its state. */
function stateFor(node: NodeSnapshot, wanted: 'complete' | 'initiated'): MaintenanceState {
  const record = recordOf(node);
  if (record === undefined || wanted === 'initiated') return wanted;
  return record.completedAt === undefined ? 'initiated' : 'complete';
}

/** A batch that could not be marked, and what became of its nodes. */
interface FailedMarking {
  readonly notDone: string;
  /** The marks of the nodes before the failed one. */
  readonly undone: readonly Undone[];
  readonly failed: string;
  /** The mark of the failed node; undefined where the API server refused it, so that the node was not changed. */
  readonly itself: Undone | undefined;
}

/** The failure of a write, with a hint that says in which state it left each node. */
function afterMarking(thrown: unknown, { notDone, undone, failed, itself }: FailedMarking): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const before = [notDone, undoneInWords(undone)].filter((part) => part !== '').join('; ');
  const message = `unable to mark and cordon node ${failed}: ${thrown.message}`;
  return new MaintError(thrown.code, message, { hint: `${before}; ${inWords(failed, itself, thrown)}`, cause: thrown });
}

/** After an interruption nobody waits for the API server's answer: it may still carry out a write after this look at the node. */
function inWords(failed: string, itself: Undone | undefined, { code }: MaintError): string {
  if (itself === undefined) return `node ${failed} was not changed`;
  if (itself.mark === 'unknown') return `look what became of it: kubectl maint status ${failed}`;
  if (code === 'interrupted' && itself.mark === 'gone') {
    return `node ${failed} is not marked so far; look whether it stays so: kubectl maint status ${failed}`;
  }
  return `node ${failed} ${itself.mark === 'gone' ? 'is not marked' : 'was marked, and is as it was before'}`;
}
