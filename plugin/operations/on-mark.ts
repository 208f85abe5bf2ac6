import {
  clean,
  ClusterRefusal,
  isHeld,
  MaintError,
  MAX_TEXT,
  NodeTable,
  STATE_LABEL,
  type Claim,
  type MaintenanceState,
} from '../../shared/index.ts';
import { listNodes } from '../nodes/choose.ts';
import { conditionStatuses, type ConditionChange } from '../nodes/conditions.ts';
import { hasClaim, holdsClaim, markPatch, recordOf } from '../nodes/mark.ts';
import { versionOf, type NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode, type PatchFor } from '../nodes/write.ts';
import { checkGuards } from '../preflight/checks/guards.ts';
import type { Survey } from '../preflight/survey.ts';
import type { OnRun } from './on-run.ts';
import { undoMarks } from './on-undo.ts';
import type { Marked, Prepared } from './prepared.ts';

/**
 * Marks and cordons every node, each in one write, before the first eviction, so that nothing moves from one of them to
 * the next. All or none: where one cannot be marked, those before it are as they were. Throws with the truth about each.
 */
export async function markAll(prepared: readonly Prepared[], run: OnRun): Promise<readonly Marked[]> {
  const marked: Marked[] = [];
  for (const one of prepared) {
    if (run.session.signal.aborted) break;
    try {
      marked.push(await markNode(one, run));
    } catch (thrown) {
      const isUndone = await undoMarks(marked, run).then(
        () => true,
        () => false,
      );
      throw afterMarking(thrown, { marked, failed: one.node.facts.name, isUndone });
    }
  }
  return marked;
}

function refuseClaimed({ facts }: NodeSnapshot, claim: Claim): void {
  const { owner } = claim;
  if (!hasClaim(facts, owner) || holdsClaim(facts, claim)) return;
  throw new MaintError(
    'denied',
    `it was taken into maintenance for ${clean(owner, MAX_TEXT)} meanwhile, by another run`,
  );
}

/** The mark that a run makes on a node as it is by then: in earnest, and in a dry run. */
export function markFor({ claim, operation, isAlone }: OnRun): PatchFor {
  const wanted = claim.mode === 'cordon' ? 'complete' : 'initiated';
  return (fresh) => {
    if (isAlone) refuseClaimed(fresh, claim);
    return markPatch(fresh, claim, { ...operation, state: stateFor(fresh, wanted) });
  };
}

async function markNode({ node: seen, drain }: Prepared, run: OnRun): Promise<Marked> {
  const { claim, operation, session, report, announcer } = run;
  const markOn = markFor(run);
  // What is taken back, if it comes to that, is this mark alone: others may have written since the preflight.
  let node = seen;
  const patchFor: PatchFor = (fresh) => {
    node = fresh;
    return markOn(fresh);
  };
  const written = await writeNode(seen, patchFor, session.cluster);
  const { name, unschedulable } = node.facts;
  report.tell({ type: 'cordoned', node: name, already: unschedulable, dryRun: undefined });
  if (operation.adopt && unschedulable) {
    report.tell({ type: 'note', text: `node/${name} was cordoned before; kubectl maint off ${name} uncordons it` });
  }
  const message = claimText(claim);
  const count = drain === undefined ? 0 : drain.plan.evict.length + drain.plan.waitFor.length;
  const left = `${count} of ${count} pods left`;
  const reason = 'AdminRequested';
  const draining: readonly ConditionChange[] = [
    { type: 'DrainInProgress', status: 'True', reason, message: left },
    { type: 'Drained', status: 'False', reason, message: left },
  ];
  // They inform others; nothing waits for them, but the run does not end before they are written.
  void announcer.conditions(written, [
    { type: 'MaintenanceInProgress', status: 'True', reason, message },
    ...(drain === undefined ? [] : draining),
  ]);
  void announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceInitiated', message });
  return { node, drain, written };
}

function claimText({ mode, owner, reason }: Claim): string {
  return `${mode} for ${owner}${reason === undefined ? '' : `: ${reason}`}`;
}

/** A weaker claim does not undo what a stronger one has reached or is working at. */
function stateFor(node: NodeSnapshot, wanted: 'complete' | 'initiated'): MaintenanceState {
  const record = recordOf(node);
  if (record === undefined || wanted === 'initiated') return wanted;
  return record.completedAt === undefined ? 'initiated' : 'complete';
}

/** How marking ended. */
interface FailedMarking {
  readonly marked: readonly Marked[];
  readonly failed: string;
  readonly isUndone: boolean;
}

/** A write that failed, with the truth about the nodes before it and about itself. */
function afterMarking(thrown: unknown, { marked, failed, isUndone }: FailedMarking): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const names = marked.map(({ node }) => node.facts.name);
  const undo = isUndone
    ? `the marks of ${names.join(', ')} were taken back`
    : `${names.join(', ')} stay marked and cordoned (kubectl maint off ${names.join(' ')} undoes it)`;
  const before = names.length === 0 ? 'nothing was evicted' : `nothing was evicted; ${undo}`;
  // Without an answer nobody knows whether the write was carried out.
  const itself =
    thrown instanceof ClusterRefusal || thrown.code === 'denied'
      ? `node ${failed} was not changed`
      : `look what became of it: kubectl maint status ${failed}`;
  const message = `unable to mark and cordon node ${failed}: ${thrown.message}`;
  return new MaintError(thrown.code, message, { hint: `${before}; ${itself}`, cause: thrown });
}

/**
 * Two runs may both find a guard intact and break it together. So after marking all records are read again; where a
 * guard is broken now because of marks that were not there before, the later run backs out. Throws MaintError('denied')
 * where that is this one.
 */
export async function refuseIfLate(marked: readonly Marked[], survey: Survey, run: OnRun): Promise<void> {
  const { nodes } = survey;
  const { session, operation } = run;
  if (nodes === undefined || (operation.allowLastNode && operation.pace.maxUnavailable === undefined)) return;
  const mine = new Set(marked.map(({ node }) => node.facts.name));
  const known = new NodeTable(nodes.map(({ facts }) => facts));
  const held = await listNodes(session.cluster, STATE_LABEL);
  const newcomers = held.filter(({ facts }) => !mine.has(facts.name) && isHeld(facts) && !known.isHeld(facts.name));
  if (newcomers.length === 0) return;
  const changed = new Map(newcomers.map(({ facts }) => [facts.name, facts]));
  const now = nodes.map((node) => ({ ...node, facts: changed.get(node.facts.name) ?? node.facts }));
  const [broken] = checkGuards({ ...survey, nodes: now });
  if (broken === undefined || newcomers.every((other) => isLater(other, marked))) return;
  const others = newcomers.map(({ facts }) => facts.name).join(', ');
  await undoMarks(marked, run);
  throw new MaintError('denied', `${broken.text}: somebody took ${others} into maintenance at the same time`, {
    hint: 'nothing was evicted, and the marks of this run were taken back; try again when the other maintenance is over',
  });
}

/**
 * Whether somebody's mark surely came after all of ours: its resourceVersion is higher, and nothing was written on that
 * node since the mark (the first thing that follows one is a condition). In doubt both back out.
 */
function isLater(other: NodeSnapshot, marked: readonly Marked[]): boolean {
  if (conditionStatuses(other.raw).get('MaintenanceInProgress') === 'True') return false;
  const theirs = versionOf(other);
  return marked.every(({ written }) => {
    const ours = versionOf(written);
    return theirs !== undefined && ours !== undefined && theirs > ours;
  });
}
