import { isSameClaim, MaintError, modeOf, nodePath, type ClaimKey } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import { withinTime } from '../../session/deadline.ts';
import { passGate, type GateState } from '../../health/gate.ts';
import { conditionStatuses, type ConditionChange } from '../../nodes/conditions.ts';
import { givingBackMachine } from '../../nodes/machine.ts';
import { recordOf, type NodePatch } from '../../nodes/mark.ts';
import { carryOutHooks } from '../../hooks/carry-out.ts';
import type { HookTarget } from '../../hooks/hook-run.ts';
import { refuseUndone, undoHooks } from '../../hooks/undo-hooks.ts';
import { beginReturn, endReturn, type Returning, type WithoutGate } from '../../nodes/return.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { writeNode } from '../../nodes/write.ts';
import { renderOwners } from './text.ts';
import { notesTo } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import type { OffRun, OffTarget } from './off-run.ts';

/**
 * Brings one node back: held add-on changes go, then the node has to be clean, then what hooks have done is undone and the
 * claims are dropped; with the last one it is as it was before. Where others hold it anyway, the claims are dropped at once. Throws
 * MaintError('gave-up') where an owner has taken it again meanwhile.
 */
export async function bringBack({ node, claims }: OffTarget, run: OffRun): Promise<void> {
  const { operation, session, report } = run;
  const { name } = node.facts;
  const now = (await readInTurn(name, session)) ?? node;
  const begun = await writeStep(now, claims, beginReturn, run);
  if (begun.step !== 'returns') {
    await tellWithoutGate(begun, run);
    return;
  }
  report.tell({ type: 'returning', node: name });
  const target = hookTarget(begun.node, claims);
  await carryOutHooks(target, 'before-return', await run.hooks(), session.signal);
  const addons = operation.skipHealthCheck ? [] : await goThroughGate(name, claims, run);
  await takeHooksBack(target, claims, run);
  const last = await givingBackMachine(begun.node, () => writeStep(begun.node, claims, endReturn, run), {
    cluster: session.cluster,
    note: notesTo(report),
  });
  if (last.step !== 'leaves') {
    await tellWithoutGate(last, run);
    return;
  }
  await tellLeft({ node: last.node, claims }, addons, run);
  await carryOutHooks({ ...target, node: last.node }, 'after-return', await run.hooks(), session.signal);
}

/** For whom the hooks of a node are carried out on its way back: the first of those whose claims are dropped. */
function hookTarget(node: NodeSnapshot, [first]: readonly ClaimKey[]): HookTarget {
  const claim = first && recordOf(node)?.claims.find((one) => isSameClaim(one, first));
  return { node, owner: first?.owner ?? '', reason: claim?.reason };
}

/**
 * Undoes what hooks have done, by what the node says, for as long as it comes out of maintenance by this command. Throws
 * MaintError where something could not be undone that is to keep it in maintenance.
 */
async function takeHooksBack(target: HookTarget, claims: readonly ClaimKey[], run: OffRun): Promise<void> {
  const { operation, session } = run;
  if (operation.hooks.skip) return;
  const isEnd = (node: NodeSnapshot): boolean =>
    endReturn(node, { claims, now: timestamp(session.clock.now()) }).step === 'leaves';
  refuseUndone(await undoHooks(target, await run.hooks(), session.signal, isEnd));
}

/**
 * Tries again what could not be undone when a node came out of maintenance, or lost its record by being made again. Returns whether something is left still. Throws
 * MaintError.
 */
export async function undoWhatWasLeft(node: NodeSnapshot, run: OffRun): Promise<boolean> {
  if (run.operation.hooks.skip) return false;
  const isOut = (fresh: NodeSnapshot): boolean => recordOf(fresh) === undefined;
  const target = { node, owner: '', reason: undefined };
  const { kept } = await undoHooks(target, await run.hooks(), run.session.signal, isOut);
  return kept.length > 0;
}

/** Writes a step of the return on the node as it is at the moment of the write. */
async function writeStep<S extends { readonly patch: NodePatch | undefined }>(
  node: NodeSnapshot,
  claims: readonly ClaimKey[],
  stepFor: (fresh: NodeSnapshot, returning: Returning) => S,
  { session: { cluster, clock } }: OffRun,
): Promise<S & { readonly node: NodeSnapshot }> {
  const stepOn = (fresh: NodeSnapshot): S => stepFor(fresh, { claims, now: timestamp(clock.now()) });
  let step = stepOn(node);
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    step = stepOn(fresh);
    return step.patch;
  };
  const written = await writeNode(node, patchFor, cluster);
  return { ...step, node: written };
}

/** Nothing has to be waited for: others hold the node, or there is nothing to end. Throws where an owner took it anew. */
async function tellWithoutGate(end: WithoutGate & { readonly node: NodeSnapshot }, run: OffRun): Promise<void> {
  const { report, announcer } = run;
  const { name } = end.node.facts;
  switch (end.step) {
    case 'ended':
      report.tell({ type: 'not-in-maintenance', node: name, lostAt: undefined });
      return;
    case 'retaken':
      throw retaken(name, end.owners);
    case 'stays':
      if (isDrainGivenUp(end.node)) await announcer.conditions(end.node, [DRAIN_GIVEN_UP]);
      report.tell({ type: 'stays', node: name, owners: end.owners });
  }
}

/** Tells people, scripts and the node that it is out of maintenance. */
async function tellLeft(
  { node, claims }: Omit<OffTarget, 'since'>,
  addons: readonly string[],
  run: OffRun,
): Promise<void> {
  const { report, announcer } = run;
  const { name } = node.facts;
  await announcer.noConditions(node);
  const message = `ended by ${claims.map(({ owner }) => owner).join(', ')}`;
  await announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceEnded', message });
  report.tell({ type: 'ended', node: name, cordoned: node.facts.unschedulable, addons });
  run.back.add(name);
}

function retaken(name: string, owners: readonly string[]): MaintError {
  const message = `node ${name} was taken into maintenance again for ${renderOwners(owners)} while it was on its way back, so it stays in maintenance`;
  const hint = `kubectl maint status ${name} shows who has it; kubectl maint off ${name} ends that maintenance, too`;
  return new MaintError('gave-up', message, { hint });
}

/** The node as it is when its turn comes: others may have written to it since the command began. */
async function readInTurn(name: string, { cluster, signal }: Session): Promise<NodeSnapshot | undefined> {
  try {
    return snapshotFromObject(await cluster.get(nodePath(name), { signal }));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    const hint = 'it stays in maintenance, as it was';
    throw new MaintError('interrupted', `interrupted before node ${name} was begun`, { hint, cause: thrown });
  }
}

const DRAIN_GIVEN_UP: ConditionChange = {
  type: 'DrainInProgress',
  status: 'False',
  reason: 'NotRequested',
  message: 'no claim asks for a drain any more',
};

/** Whether the claim that asked for the drain was dropped before the drain came to its end. */
function isDrainGivenUp(node: NodeSnapshot): boolean {
  const record = recordOf(node);
  const draining = conditionStatuses(node.raw).get('DrainInProgress') === 'True';
  return draining && record !== undefined && modeOf(record) === 'cordon';
}

/** Takes the node through the gate. Returns the add-ons that caught up. */
async function goThroughGate(name: string, claims: readonly ClaimKey[], run: OffRun): Promise<readonly string[]> {
  const { operation, session, report, gates, sources } = run;
  const waiting = {
    timeoutMs: operation.timeoutMs,
    waitsFor: `node ${name} to be healthy`,
    hint: `it stays in maintenance (Returning); run kubectl maint off ${name} again to go on, or with --skip-health-check`,
  };
  const tell = teller(run);
  const isOver = (object: unknown): boolean => {
    const fresh = snapshotFromObject(object);
    if (fresh === undefined) return false;
    return endReturn(fresh, { claims, now: timestamp(session.clock.now()) }).step !== 'leaves';
  };
  const pods = await sources.pods();
  try {
    return await withinTime(waiting, session, (signal) =>
      passGate({
        node: name,
        healthyForMs: operation.healthyForMs,
        session,
        signal,
        tell,
        note: notesTo(report),
        isOver,
        pods,
      }),
    );
  } finally {
    gates.delete(name);
  }
}

/** Shows every state in the live view, and tells one when its problems have changed. */
function teller({ report, gates, operation }: OffRun): (state: GateState) => void {
  let told: string | undefined;
  return (state) => {
    gates.set(state.node, state);
    const problems = state.problems.join(', ');
    const isPassed = problems === '' && operation.healthyForMs === 0;
    if (problems === told || isPassed) return;
    told = problems;
    report.tell({ type: 'progress', ...state });
  };
}
