import { MaintError, modeOf, nodePath, type ClaimKey } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import { withinTime } from '../../session/deadline.ts';
import { passGate, type GateState } from '../../health/gate.ts';
import { conditionStatuses, type ConditionChange } from '../../nodes/conditions.ts';
import { recordOf, type NodePatch } from '../../nodes/mark.ts';
import { beginReturn, endReturn, type Returning, type WithoutGate } from '../../nodes/return.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import { writeNode } from '../../nodes/write.ts';
import { renderOwners } from './text.ts';
import type { Session } from '../../session/session.ts';
import type { OffRun, OffTarget } from './off-run.ts';

/**
 * Brings one node back: held add-on changes go, then the node has to be clean, then the claims are dropped; with the
 * last one it is as it was before. Where others hold it anyway, the claims are dropped at once. Throws
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
  const addons = operation.skipHealthCheck ? [] : await goThroughGate(name, claims, run);
  const last = await writeStep(begun.node, claims, endReturn, run);
  if (last.step === 'leaves') await tellLeft({ node: last.node, claims }, addons, run);
  else await tellWithoutGate(last, run);
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
        note: (text) => {
          report.tell({ type: 'note', text });
        },
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
