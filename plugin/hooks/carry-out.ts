import { MaintError, renderDuration, selects } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { HookState } from './events.ts';
import { isWaiting, type Hook, type Moment, type Step } from './hook.ts';
import { portsFor, withCopied, writeOwn, type HookRun, type HookTarget } from './hook-run.ts';
import { hookRecordOf, nodeNow, type RecordChange } from './record/node-record.ts';
import { recordedStep, stepTitle, withDone, withStep, type RecordedStep, type StepKey } from './record/record.ts';
import type { Undo } from './record/undo.ts';
import { stateOf } from './steps/patch.ts';
import { stateOfSilence } from './steps/silence.ts';
import type { StepPorts } from './steps/step.ts';
import { prepare } from './steps/steps.ts';

/** The steps that a node gets at a moment, in their order. */
export function stepsFor(
  { facts: { labels } }: Pick<NodeSnapshot, 'facts'>,
  moment: Moment,
  hooks: readonly Hook[],
): readonly { readonly hook: Hook; readonly step: Step }[] {
  const chosen = hooks.filter(({ at, nodes }) => at === moment && selects(nodes, labels));
  return chosen.flatMap((hook) => hook.steps.map((step) => ({ hook, step })));
}

/**
 * Carries out the steps of a moment, one after the other. On the way into maintenance each is written on the node, with what
 * undoes it, before it is done; on the way back nothing is undone any more. Throws MaintError where a step fails that is to
 * stop the command; throws the signal's reason where it aborts.
 */
export async function carryOutHooks(
  target: HookTarget,
  moment: Moment,
  run: HookRun,
  signal: AbortSignal,
): Promise<void> {
  const isRecorded = moment === 'before-drain' || moment === 'after-drain';
  for (const { hook, step } of stepsFor(target.node, moment, run.list)) {
    const at = { target, step, key: { hook: hook.name, step: step.name, of: step.of }, run };
    const take = isRecorded && !isWaiting(step.action) ? takeRecorded : takeUnrecorded;
    await inTime(at, signal, take);
  }
}

/** A step of a node under way. */
interface StepAtNode {
  readonly target: HookTarget;
  readonly step: Step;
  readonly key: StepKey;
  readonly run: HookRun;
}

type Taken = 'done' | 'already';

/** Takes a step within its time, and tells how it ended. */
async function inTime(
  at: StepAtNode,
  signal: AbortSignal,
  take: (at: StepAtNode, signal: AbortSignal) => Promise<Taken>,
): Promise<void> {
  const { key, step, target } = at;
  tell(at, 'begun');
  try {
    tell(at, await take(at, AbortSignal.any([signal, AbortSignal.timeout(step.timeoutMs)])));
  } catch (thrown) {
    // Whoever ends the command says why.
    signal.throwIfAborted();
    const { code, message, hint } = failureOf(thrown, step.timeoutMs);
    tell(at, 'failed', message);
    if (step.onFailure === 'warn') return;
    throw new MaintError(code, `hook ${stepTitle(key)} failed on node ${target.node.facts.name}: ${message}`, {
      cause: thrown,
      ...(hint !== undefined && { hint }),
    });
  }
}

/** A failure of a step; time that ran out may fail as anything. Bugs are thrown. */
export function failureOf(thrown: unknown, timeoutMs: number): MaintError {
  if (thrown instanceof MaintError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError')
    return new MaintError('gave-up', `it took longer than ${renderDuration(timeoutMs)}`);
  throw thrown;
}

function tell({ key, run, target }: StepAtNode, state: HookState, why?: string): void {
  const { hook, step } = key;
  run.report.tell({ type: 'hook', node: target.node.facts.name, hook, step, state, why });
}

async function takeUnrecorded({ target, step, key, run }: StepAtNode, signal: AbortSignal): Promise<Taken> {
  const ports = portsFor(target, key, run, signal);
  for (;;) {
    const prepared = await prepare(step, ports);
    if (prepared === undefined) return 'already';
    if ((await prepared.carryOut()) === 'done') return 'done';
  }
}

/**
 * A step is written on the node with what undoes it, then it is done, then the node says so. Whatever ends this in between,
 * the node says what may have been done; undoing what was not changes nothing.
 */
async function takeRecorded({ target, step, key, run }: StepAtNode, signal: AbortSignal): Promise<Taken> {
  const ports = portsFor(target, key, run, signal);
  let node = await withCopied(await nodeNow(target.node, run.session.cluster, signal), run);
  const write = async (change: RecordChange): Promise<void> => {
    node = await writeOwn(node, change, run);
  };
  const earlier = recordedStep(hookRecordOf(node), key);
  if (earlier !== undefined && (await isDone(earlier, ports))) {
    // A command may have been killed after it had done it.
    await write((record) => withDone(record, key));
    return 'already';
  }
  const { onFailure, timeoutMs } = step;
  for (;;) {
    const prepared = await prepare(step, { ...ports, earlier });
    if (prepared === undefined) return 'already';
    const undo = [...prepared.undo];
    await write((record) => withStep(record, { ...key, onFailure, timeoutMs, undo }));
    if ((await prepared.carryOut()) === 'stale') continue;
    await write((record) => withDone(record, key));
    return 'done';
  }
}

/**
 * Whether a step that was begun need not be done any more. What the objects say counts more than the node: a command may have
 * been killed before it could say that it was done, and another may have undone it meanwhile.
 */
async function isDone({ done, undo }: RecordedStep, ports: StepPorts): Promise<boolean> {
  const states = (await Promise.all(undo.map((one) => stateAfter(one, ports)))).filter((state) => state !== undefined);
  if (states.length > 0 && states.every((state) => state === 'as left')) return true;
  const isTakenBack = states.length > 0 && states.every((state) => state === 'as before');
  return done === true && !isTakenBack;
}

/** How it is, of which a step is recorded; undefined where nobody can tell. */
async function stateAfter(one: Undo, ports: StepPorts): Promise<'as before' | 'as left' | 'neither' | undefined> {
  if (one.kind === 'fields') return stateOf(one, ports);
  return one.kind === 'silence' ? stateOfSilence(one, ports) : undefined;
}
