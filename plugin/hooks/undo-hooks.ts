import { MaintError } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { failureOf } from './carry-out.ts';
import { portsFor, refuseUntrusted, withCopied, writeOwn, type HookRun, type HookTarget } from './hook-run.ts';
import { hookRecordOf, nodeNow } from './record/node-record.ts';
import { nextToUndo, stepTitle, withoutStep, type RecordedStep, type StepKey } from './record/record.ts';
import type { Undone } from './steps/step.ts';
import { undo } from './steps/steps.ts';

/** How undoing the hooks of a node ended. */
export interface HooksUndone {
  /** The node as it is now. */
  readonly node: NodeSnapshot;
  /** Steps that could not be undone: the node still says so, and they are tried again by whoever ends its maintenance next. */
  readonly kept: readonly RecordedStep[];
}

/**
 * Undoes what hooks have done for a node, by what the node says and nothing else, the last step first. What cannot be undone
 * is told and stays on the node; the others are undone all the same. `isWanted` is asked of the node before each step.
 */
export async function undoHooks(
  target: HookTarget,
  run: HookRun,
  signal: AbortSignal,
  isWanted: (node: NodeSnapshot) => boolean = () => true,
): Promise<HooksUndone> {
  const failed: StepKey[] = [];
  let node = await withCopied(await nodeNow(target.node, run.session.cluster, signal), run);
  await refuseUntrusted(node, run);
  for (;;) {
    const step = isWanted(node) ? nextToUndo(hookRecordOf(node), failed) : undefined;
    if (step === undefined) return { node, kept: hookRecordOf(node).steps };
    if (await undoStep(step, target, run, signal)) {
      node = await writeOwn(node, (record) => withoutStep(record, step), run);
    } else failed.push(step);
  }
}

/** Whether a step is undone; tells how it ended. Throws the signal's reason where it aborts. */
async function undoStep(step: RecordedStep, target: HookTarget, run: HookRun, signal: AbortSignal): Promise<boolean> {
  const tell = (state: 'undone' | 'gone' | 'left' | 'failed', why?: string): void => {
    run.report.tell({ type: 'hook', node: target.node.facts.name, hook: step.hook, step: step.step, state, why });
  };
  const ports = portsFor(target, step, run, AbortSignal.any([signal, AbortSignal.timeout(step.timeoutMs)]));
  try {
    const ends: Undone[] = [];
    for (const one of step.undo) ends.push(await undo(one, ports));
    for (const { state, why } of toldEnds(ends)) tell(state, why);
    return true;
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = failureOf(thrown, step.timeoutMs);
    tell('failed', `it could not be undone: ${failure.message}`);
    return false;
  }
}

/** An end as it is told. */
interface ToldEnd {
  readonly state: 'undone' | 'gone' | 'left';
  readonly why?: string;
}

function toldEnds(ends: readonly Undone[]): readonly ToldEnd[] {
  const others = ends.flatMap((end): readonly ToldEnd[] => {
    if (end.kind === 'undone') return [];
    return [{ state: end.kind, why: end.kind === 'gone' ? end.why : end.fields.join(', ') }];
  });
  return others.length === 0 ? [{ state: 'undone' }] : others;
}

/** Whether some of the steps that are left are to keep the node in maintenance. Throws MaintError then. */
export function refuseUndone({ node, kept }: HooksUndone): void {
  const stopping = kept.filter(({ onFailure }) => onFailure === 'stop');
  if (stopping.length === 0) return;
  const { name } = node.facts;
  const titles = stopping.map(stepTitle).join(', ');
  throw new MaintError('gave-up', `node ${name} stays in maintenance: ${titles} could not be undone`, {
    hint: `see to it, and run kubectl maint off ${name} again; with --skip-hooks it comes back as it is, and the node still says what is to be undone`,
  });
}
