import { clean, isHeld, MaintError, MAX_TEXT, type ClaimKey } from '../../../shared/index.ts';
import type { ExitCode } from '../../terminal/exit-codes.ts';
import { addonWaker } from '../../health/waker.ts';
import { Announcer } from '../../nodes/announce.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import { conditionStatuses, OUR_CONDITIONS } from '../../nodes/conditions.ts';
import { lostRecords } from '../../nodes/lost.ts';
import { recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { OffOperation } from './flags.ts';
import type { OffEvent } from './events.ts';
import { renderGates } from './live.ts';
import { renderOwners, tellOffInWords } from './text.ts';
import { reportFor, type Report } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import { failuresToldOneByOne, forEachNode } from '../../nodes/for-each-node.ts';
import { tellKeptOff, tellUnseen } from './kept-off.ts';
import { bringBack, type Leaving } from './bring-back.ts';
import type { OffRun } from './off-run.ts';

/**
 * `kubectl maint off`: several nodes at once, each on its own: let held add-on changes go and wait for them, wait until
 * the node is clean, then drop the owner's claim; with the last claim the node is as it was before.
 */
export async function runOff(operation: OffOperation, session: Session): Promise<ExitCode> {
  return endClaims(operation, session, {
    claims: (nodes) => chooseClaims(nodes, operation, session),
    back: (report) =>
      tellUnseen(session, (text) => {
        report.tell({ type: 'note', text });
      }),
  });
}

/**
 * `off` for one claim alone: a later one of the same owner is somebody else's work, and stays. What no Event tells of is
 * for the caller to say, who has other nodes as well.
 */
export async function runOffFor(claim: ClaimKey, operation: OffOperation, session: Session): Promise<ExitCode> {
  return endClaims(operation, session, {
    claims: (nodes) =>
      Promise.resolve(
        nodes.flatMap((node) => {
          const record = recordOf(node);
          return record === undefined ? [] : [{ node, claims: [claim], since: record.initiatedAt }];
        }),
      ),
    back: () => Promise.resolve(),
  });
}

/** What differs between ends: whose claims they are, and what is said once some node is back. */
interface Ending {
  readonly claims: (nodes: readonly NodeSnapshot[]) => Promise<readonly Leaving[]>;
  readonly back: (report: Report<OffEvent>) => Promise<void>;
}

async function endClaims(operation: OffOperation, session: Session, ending: Ending): Promise<ExitCode> {
  const report = reportFor<OffEvent>(operation.format, session, tellOffInWords);
  try {
    return await carryOut(operation, { session, report, ending });
  } catch (thrown) {
    if (thrown instanceof MaintError && operation.format === 'json') {
      report.tell({ type: 'failed', node: undefined, message: thrown.message, hint: thrown.hint });
    }
    throw thrown;
  }
}

interface Asked {
  readonly session: Session;
  readonly report: Report<OffEvent>;
  readonly ending: Ending;
}

async function carryOut(operation: OffOperation, { session, report, ending }: Asked): Promise<ExitCode> {
  const nodes = await chooseNodes(operation.nodes, session.cluster);
  const leaving = await ending.claims(nodes);
  const announcer = new Announcer(session, isHeld);
  const waker = addonWaker(session, (text) => {
    report.tell({ type: 'warning', text });
  });
  const run: OffRun = { operation, session, report, announcer, waker, gates: new Map(), ended: new Set() };
  const others = nodes.filter((node) => recordOf(node) === undefined);
  if (others.length > 0) await tellNotInMaintenance(others, run);
  const code = await bringAllBack(leaving, nodes.length, run);
  const ended = leaving.flatMap(({ node: { facts }, since }) =>
    run.ended.has(facts.name) ? [{ node: facts.name, since }] : [],
  );
  if (ended.length > 0) {
    await tellKeptOff(ended, run);
    await ending.back(report);
  }
  return code;
}

/** Whose claims are dropped on which node. Throws MaintError('denied') where that would be somebody else's. */
async function chooseClaims(
  nodes: readonly NodeSnapshot[],
  operation: OffOperation,
  session: Session,
): Promise<readonly Leaving[]> {
  const claimed = nodes.flatMap((node) => {
    const record = recordOf(node);
    if (record === undefined) return [];
    return [{ node, claims: record.claims, since: record.initiatedAt }];
  });
  if (operation.all || claimed.length === 0) return claimed;
  const owner = await ownerFor(operation.owner, session.cluster);
  return claimed.map((one) => {
    const claims = one.claims.filter((claim) => claim.owner === owner);
    if (claims.length === 0) throw foreign(one.node.facts.name, ownersOf(one), owner);
    return { ...one, claims };
  });
}

function ownersOf({ claims }: Leaving): readonly string[] {
  return claims.map(({ owner }) => owner);
}

function foreign(node: string, owners: readonly string[], owner: string): MaintError {
  const message = `node ${node} is in maintenance for ${renderOwners(owners)}, not for ${renderOwners([owner])}; nothing was changed`;
  const [first = ''] = owners;
  const forAll = `for everybody: kubectl maint off ${node} --all`;
  // A name that cannot be shown as it is cannot be typed either.
  const isPlain = clean(first, MAX_TEXT) === first;
  const onBehalf = `on their behalf: ${shellLine(['kubectl', 'maint', 'off', node, '--owner', first])}; `;
  return new MaintError('denied', message, { hint: `${isPlain ? onBehalf : ''}${forAll}` });
}

async function tellNotInMaintenance(nodes: readonly NodeSnapshot[], run: OffRun): Promise<void> {
  const lost = await lostRecords(run.session.cluster);
  for (const node of nodes) {
    const { facts, raw } = node;
    // Conditions of ours without a record were left by a command that was killed between two writes.
    if (OUR_CONDITIONS.some((type) => conditionStatuses(raw).has(type))) await run.announcer.noConditions(node);
    run.report.tell({ type: 'not-in-maintenance', node: facts.name, lostAt: lost.get(facts.name) });
  }
}

/** Each node is brought back on its own, as many at once as --max-parallel says; one that fails does not stop the others. */
function bringAllBack(leaving: readonly Leaving[], nodes: number, run: OffRun): Promise<ExitCode> {
  const { operation, session, report, gates } = run;
  const task = async (one: Leaving): Promise<void> => {
    if (operation.all) report.tell({ type: 'claims', node: one.node.facts.name, owners: ownersOf(one) });
    await bringBack(one, run);
  };
  return forEachNode(leaving, task, {
    session,
    parallel: operation.maxParallel,
    live: (size) =>
      renderGates(
        leaving.flatMap(({ node }) => gates.get(node.facts.name) ?? []),
        size,
      ),
    failures: failuresToldOneByOne(nodes, report),
    notBegun: ({ node: { facts } }) => {
      report.tell({ type: 'note', text: `node/${facts.name} was not begun: it stays in maintenance` });
    },
  });
}
