import { clean, MaintError, modeOf, nodePath, type MaintenanceRecord } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { withinTime } from '../deadline.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { waitUntilHealthy } from '../health/gate.ts';
import { catchUpAddons, wakeAddons } from '../health/held-addons.ts';
import { Announcer } from '../nodes/announce.ts';
import { chooseNodes } from '../nodes/choose.ts';
import { conditionStatuses, type ConditionChange } from '../nodes/conditions.ts';
import { lostRecords } from '../nodes/lost.ts';
import { recordOf, releasePatch, statePatch, type NodePatch } from '../nodes/mark.ts';
import { ownerFor } from '../nodes/owner.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { OffOperation } from '../operation.ts';
import type { Session } from '../session.ts';
import { Failures } from './failures.ts';

/**
 * `kubectl maint off`: for each node, one after the other: let held add-on changes go and wait for them, wait until
 * the node is clean, then drop the owner's claim; with the last claim the node is as it was before.
 */
export async function runOff(operation: OffOperation, session: Session): Promise<ExitCode> {
  const nodes = await chooseNodes(operation.nodes, session.cluster);
  const records = new Map(nodes.map((node) => [node.facts.name, recordOf(node)]));
  const held = nodes.filter((node) => records.get(node.facts.name) !== undefined);
  const owner = held.length === 0 ? '' : await ownerFor(operation.owner, session.cluster);
  for (const node of held) refuseForeign(node, records.get(node.facts.name), owner);

  const failures = new Failures((node, { message, hint }) => {
    session.screen.note(`error: node ${node}: ${message}`);
    if (hint !== undefined) session.screen.note(`hint: ${hint}`);
  });
  const lost = held.length === nodes.length ? undefined : await lostRecords(session.cluster);
  for (const node of nodes) {
    if (session.signal.aborted) break;
    const { name } = node.facts;
    if (records.get(name) === undefined) await sayNotInMaintenance(node, lost?.get(name), session);
    else await failures.collect(node.facts.name, nodes.length, () => bringBack(node, owner, operation, session));
  }
  return session.signal.aborted ? EXIT.interrupted : failures.worst;
}

/** Conditions of ours on a node without a record were left by a command that was killed between two writes. */
async function sayNotInMaintenance(node: NodeSnapshot, lostAt: string | undefined, session: Session): Promise<void> {
  const { name } = node.facts;
  if (conditionStatuses(node.raw).has('MaintenanceInProgress')) await new Announcer(session).noConditions(node.facts);
  session.screen.result(`node/${name} not in maintenance`);
  if (lostAt === undefined) return;
  session.screen.warn(
    `node ${name} was deleted while in maintenance, and its record with it (${lostAt}): nothing is kept off it any more; kubectl maint on ${name} takes it into maintenance again`,
  );
}

function refuseForeign(node: NodeSnapshot, record: MaintenanceRecord | undefined, owner: string): void {
  const owners = record?.claims.map((claim) => claim.owner) ?? [];
  if (owners.includes(owner)) return;
  const { name } = node.facts;
  throw new MaintError(
    'denied',
    `node ${name} is in maintenance for ${owners.map(shown).join(', ')}, not for ${shown(owner)}; nothing was changed`,
    { hint: `on their behalf: kubectl maint off ${name} --owner '${shown(owners[0] ?? '')}'` },
  );
}

/** Longest owner in a line, in characters. */
const MAX_OWNER = 80;

/** Owners are written by others. */
function shown(owner: string): string {
  return clean(owner, MAX_OWNER);
}

async function bringBack(node: NodeSnapshot, owner: string, operation: OffOperation, session: Session): Promise<void> {
  const { name } = node.facts;
  const ready = othersOn(node, owner).length > 0 ? node : await makeReady(node, owner, operation, session);
  const release = (fresh: NodeSnapshot): NodePatch | undefined => {
    const record = recordOf(fresh);
    return record && releasePatch(fresh, { record, owner, now: timestamp(session.clock.now()) });
  };
  const written = await writeNode(ready, release, session.cluster);
  const others = othersOn(written, owner);
  const announcer = new Announcer(session);
  if (others.length > 0) {
    if (isDrainGivenUp(written)) await announcer.conditions(written, [DRAIN_GIVEN_UP]);
    session.screen.result(`node/${name} stays in maintenance for ${others.map(shown).join(', ')}`);
    return;
  }
  await announcer.noConditions(written.facts);
  await announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceEnded', message: `ended by ${owner}` });
  // Nobody waited for them: they are woken last, when the webhook has heard that the record is gone.
  if (operation.skipHealthCheck) await wakeAddons(name, session);
  const { unschedulable } = written.facts;
  session.screen.result(unschedulable ? `node/${name} stays cordoned, as it was before` : `node/${name} uncordoned`);
  session.screen.result(`node/${name} out of maintenance`);
  session.screen.note(
    'workloads are not moved back; backups and scans that were refused meanwhile have to be started again',
  );
}

/** Whoever else has a claim on the node. */
function othersOn(node: NodeSnapshot, owner: string): readonly string[] {
  const claims = recordOf(node)?.claims ?? [];
  return claims.map((claim) => claim.owner).filter((other) => other !== owner);
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

/** Takes the node through the gate; ends early when somebody else claims it meanwhile: then it does not come back. */
async function makeReady(
  node: NodeSnapshot,
  owner: string,
  operation: OffOperation,
  session: Session,
): Promise<NodeSnapshot> {
  const { name } = node.facts;
  const returning = (fresh: NodeSnapshot) => statePatch(fresh, 'returning', timestamp(session.clock.now()));
  const written = await writeNode(node, returning, session.cluster);
  if (operation.skipHealthCheck) return written;
  const waiting = {
    timeoutMs: operation.timeoutMs,
    waitsFor: `node ${name} to be healthy`,
    hint: `it stays in maintenance (Returning); run kubectl maint off ${name} again to go on, or with --skip-health-check`,
  };
  await withinTime(waiting, session, (signal) =>
    Promise.race([
      passGate(name, operation.healthyForMs, session, signal),
      joinedByOthers(name, owner, session, signal),
    ]),
  );
  return written;
}

async function passGate(name: string, healthyForMs: number, session: Session, signal: AbortSignal): Promise<void> {
  await catchUpAddons(name, session, signal);
  await waitUntilHealthy(name, healthyForMs, session, signal);
}

/** How often is looked whether somebody else has claimed the node. */
const LOOK_EVERY_MS = 2000;

/** Resolves when somebody else claims the node; never otherwise. */
async function joinedByOthers(
  name: string,
  owner: string,
  { cluster, clock }: Session,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    const fresh = snapshotFromObject(await cluster.get(nodePath(name)).catch(() => undefined));
    if (fresh !== undefined && othersOn(fresh, owner).length > 0) return;
  }
  await new Promise<never>(() => undefined);
}
