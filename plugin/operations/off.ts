import { MaintError, messageOf, modeOf, type MaintenanceRecord } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { waitUntilHealthy } from '../health/gate.ts';
import { catchUpAddons } from '../health/held-addons.ts';
import { Announcer } from '../nodes/announce.ts';
import { chooseNodes } from '../nodes/choose.ts';
import { conditionStatuses, type ConditionChange } from '../nodes/conditions.ts';
import { recordOf, releasePatch, statePatch } from '../nodes/mark.ts';
import { ownerFor } from '../nodes/owner.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { OffOperation } from '../operation.ts';
import type { Session } from '../session.ts';

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

  let worst: ExitCode = EXIT.done;
  for (const node of nodes) {
    if (records.get(node.facts.name) === undefined) {
      session.screen.result(`node/${node.facts.name} not in maintenance`);
      continue;
    }
    try {
      await bringBack(node, owner, operation, session);
    } catch (thrown) {
      if (session.signal.aborted) return interrupted(node, session);
      if (!(thrown instanceof MaintError) || nodes.length === 1) throw thrown;
      session.screen.note(`error: node ${node.facts.name}: ${messageOf(thrown)}`);
      worst = thrown.code === 'cluster' ? EXIT.cluster : EXIT.gaveUp;
    }
  }
  return worst;
}

function refuseForeign(node: NodeSnapshot, record: MaintenanceRecord | undefined, owner: string): void {
  const owners = record?.claims.map((claim) => claim.owner) ?? [];
  if (owners.includes(owner)) return;
  throw new MaintError(
    'denied',
    `node ${node.facts.name} is in maintenance for ${owners.join(', ')}, not for ${owner}; nothing was changed`,
    {
      hint: `on their behalf: kubectl maint off ${node.facts.name} --owner ${owners[0] ?? ''}`,
    },
  );
}

async function bringBack(node: NodeSnapshot, owner: string, operation: OffOperation, session: Session): Promise<void> {
  const { name } = node.facts;
  const isLast = recordOf(node)?.claims.every((claim) => claim.owner === owner) === true;
  if (isLast) await makeReady(node, operation, session);
  let left: readonly string[] = [];
  const written = await writeNode(
    node,
    (fresh) => {
      const record = recordOf(fresh);
      left = record?.claims.map((claim) => claim.owner).filter((other) => other !== owner) ?? [];
      return record === undefined
        ? undefined
        : releasePatch(fresh, { record, owner, now: timestamp(session.clock.now()) });
    },
    session.cluster,
  );
  const announcer = new Announcer(session);
  if (left.length > 0) {
    if (isDrainGivenUp(written)) await announcer.conditions(written, [DRAIN_GIVEN_UP]);
    session.screen.result(`node/${name} stays in maintenance for ${left.join(', ')}`);
    return;
  }
  await announcer.noConditions(written.facts);
  await announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceEnded', message: `ended by ${owner}` });
  session.screen.result(
    written.facts.unschedulable ? `node/${name} stays cordoned, as it was before` : `node/${name} uncordoned`,
  );
  session.screen.result(`node/${name} out of maintenance`);
  session.screen.note(
    'workloads are not moved back; backups and scans that were refused meanwhile have to be started again',
  );
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

async function makeReady(node: NodeSnapshot, operation: OffOperation, session: Session): Promise<void> {
  const { name } = node.facts;
  const limits = operation.timeoutMs > 0 ? [AbortSignal.timeout(operation.timeoutMs)] : [];
  const signal = AbortSignal.any([session.signal, ...limits]);
  await writeNode(node, (fresh) => statePatch(fresh, 'returning', timestamp(session.clock.now())), session.cluster);
  if (operation.skipHealthCheck) return;
  try {
    await catchUpAddons(name, session, signal);
    await waitUntilHealthy(name, operation.healthyForMs, session, signal);
  } catch (thrown) {
    throw signal.aborted && !(thrown instanceof MaintError) ? outOfTime(name) : thrown;
  }
}

/** The time ended in the middle of a read, which says nothing about the node. */
function outOfTime(node: string): MaintError {
  return new MaintError('gave-up', `the time ended before node ${node} was looked at`, {
    hint: `it stays in maintenance (Returning); run kubectl maint off ${node} again, with a longer --timeout`,
  });
}

function interrupted(node: NodeSnapshot, { screen }: Session): ExitCode {
  const { name } = node.facts;
  screen.note(
    `interrupted: node ${name} stays in maintenance (Returning); run kubectl maint off ${name} again to go on`,
  );
  return EXIT.interrupted;
}
