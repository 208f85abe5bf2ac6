import { MaintError, modeOf, nodePath } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { withinTime } from '../deadline.ts';
import { passGate, type GateState } from '../health/gate.ts';
import { wakeHeldAddons } from '../health/held-addons.ts';
import { conditionStatuses, type ConditionChange } from '../nodes/conditions.ts';
import { recordOf, releasePatch, statePatch, type NodePatch } from '../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { Session } from '../session.ts';
import type { OffRun } from './off-run.ts';

/** A node that is to leave maintenance, and whose claims are dropped for it. */
export interface Leaving {
  readonly node: NodeSnapshot;
  readonly owners: readonly string[];
  /** Since when it is in maintenance (RFC 3339). */
  readonly since: string;
}

/**
 * Brings one node back: held add-on changes go, then the node has to be clean, then the claims are dropped; with the
 * last one it is as it was before. Where others hold it anyway, the claims are dropped at once.
 */
export async function bringBack({ node, owners }: Leaving, run: OffRun): Promise<void> {
  const { operation, session, report, announcer } = run;
  const { name } = node.facts;
  const now = (await readInTurn(name, session)) ?? node;
  const shared = isShared(now, owners) ? await release(now, { owners, onlyShared: true }, session) : 'last';
  const { written, addons } = shared === 'last' ? await leave(now, owners, run) : { written: shared, addons: [] };
  if (written === 'ended' || written === 'last') {
    report.tell({ type: 'not-in-maintenance', node: name, lostAt: undefined });
    return;
  }
  const others = othersOn(written, owners);
  if (others.length > 0) {
    if (isDrainGivenUp(written)) await announcer.conditions(written, [DRAIN_GIVEN_UP]);
    report.tell({ type: 'stays', node: name, owners: others });
    return;
  }
  await announcer.noConditions(written);
  const message = `ended by ${owners.join(', ')}`;
  await announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceEnded', message });
  // Nobody waited for them: they are woken last, when the webhook has heard that the record is gone.
  if (operation.skipHealthCheck) {
    const warn = (text: string): void => {
      report.tell({ type: 'warning', text });
    };
    await wakeHeldAddons(name, session, { waker: run.waker, warn });
  }
  report.tell({ type: 'ended', node: name, cordoned: written.facts.unschedulable, addons });
  run.ended.add(name);
}

/** Nodes wait for their turn, and others come and go meanwhile. */
async function readInTurn(name: string, { cluster, signal }: Session): Promise<NodeSnapshot | undefined> {
  try {
    return snapshotFromObject(await cluster.get(nodePath(name), { signal }));
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    const hint = 'it stays in maintenance, as it was';
    throw new MaintError('interrupted', `interrupted before node ${name} was begun`, { hint, cause: thrown });
  }
}

/** Through the gate, and then without the claims. */
async function leave(node: NodeSnapshot, owners: readonly string[], run: OffRun) {
  const { written: ready, addons } = await makeReady(node, owners, run);
  return { written: await release(ready, { owners, onlyShared: false }, run.session), addons };
}

/** Whose claims are dropped; `onlyShared`: only while somebody else holds the node, since it has passed no gate. */
interface Dropping {
  readonly owners: readonly string[];
  readonly onlyShared: boolean;
}

/** Drops the claims. `ended`: somebody else has ended the maintenance meanwhile; `last`: these are the last ones by now. */
async function release(
  node: NodeSnapshot,
  { owners, onlyShared }: Dropping,
  { cluster, clock }: Session,
): Promise<NodeSnapshot | 'ended' | 'last'> {
  const found: { instead: 'ended' | 'last' | undefined } = { instead: undefined };
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    const record = recordOf(fresh);
    found.instead = record === undefined ? 'ended' : onlyShared && !isShared(fresh, owners) ? 'last' : undefined;
    if (record === undefined || found.instead !== undefined) return undefined;
    return releasePatch(fresh, { record, owners, now: timestamp(clock.now()) });
  };
  const written = await writeNode(node, patchFor, cluster);
  return found.instead ?? written;
}

function isShared(node: NodeSnapshot, owners: readonly string[]): boolean {
  return othersOn(node, owners).length > 0;
}

/** Whoever else has a claim on the node. */
function othersOn(node: NodeSnapshot, owners: readonly string[]): readonly string[] {
  const claims = recordOf(node)?.claims ?? [];
  return claims.map((claim) => claim.owner).filter((other) => !owners.includes(other));
}

const DRAIN_GIVEN_UP: ConditionChange = {
  type: 'DrainInProgress',
  status: 'False',
  reason: 'NotRequested',
  message: 'no claim asks for a drain any more',
};

/** The claim that asked for the drain is gone, and the drain had not come to its end. */
function isDrainGivenUp(node: NodeSnapshot): boolean {
  const record = recordOf(node);
  const draining = conditionStatuses(node.raw).get('DrainInProgress') === 'True';
  return draining && record !== undefined && modeOf(record) === 'cordon';
}

interface Ready {
  readonly written: NodeSnapshot;
  /** The add-ons that caught up. */
  readonly addons: readonly string[];
}

/** Takes the node through the gate. */
async function makeReady(node: NodeSnapshot, owners: readonly string[], run: OffRun): Promise<Ready> {
  const { operation, session, report, gates, waker } = run;
  const { name } = node.facts;
  // Whoever has claimed it meanwhile works on it.
  const returning = (fresh: NodeSnapshot) =>
    isShared(fresh, owners) ? undefined : statePatch(fresh, 'returning', timestamp(session.clock.now()));
  const written = await writeNode(node, returning, session.cluster);
  if (isShared(written, owners)) return { written, addons: [] };
  report.tell({ type: 'returning', node: name });
  if (operation.skipHealthCheck) return { written, addons: [] };
  const waiting = {
    timeoutMs: operation.timeoutMs,
    waitsFor: `node ${name} to be healthy`,
    hint: `it stays in maintenance (Returning); run kubectl maint off ${name} again to go on, or with --skip-health-check`,
  };
  const tell = teller(run);
  try {
    const addons = await withinTime(waiting, session, (signal) =>
      passGate({
        node: name,
        healthyForMs: operation.healthyForMs,
        session,
        signal,
        waker,
        tell,
        note: (text) => {
          report.tell({ type: 'note', text });
        },
        isOver: (object) => needsNoGate(object, owners),
      }),
    );
    return { written, addons };
  } finally {
    gates.delete(name);
  }
}

/** Somebody else has claimed the node meanwhile, so that it does not come back; or its record is gone. */
function needsNoGate(object: unknown, owners: readonly string[]): boolean {
  const fresh = snapshotFromObject(object);
  if (fresh === undefined) return false;
  return recordOf(fresh) === undefined || isShared(fresh, owners);
}

/** Every look goes to the live view; what changes about the problems is told. */
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
