import { randomUUID } from 'node:crypto';
import { MaintError, type Claim, type ClaimKey } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import type { ExitCode } from '../../terminal/exit-codes.ts';
import { Announcer } from '../../nodes/announce.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { hasClaim, recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { ClaimFlags } from './claim-flags.ts';
import type { OnOperation } from './flags.ts';
import type { OnEvent, OnReport } from './events.ts';
import { tellInWords } from './text.ts';
import { reportFor } from '../../session/report.ts';
import { findingsOf } from '../../preflight/checks/registry.ts';
import { viewFollowed, viewOnce, type ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';
import { batchesOf, takeInBatches } from './batches.ts';
import { dryRunOn } from './dry-run.ts';
import { ended, interrupted, type OnEnd } from './end.ts';
import { lookAhead, refuseOrWarn, wantsAllNames, type Foresight } from './look-ahead.ts';
import type { OnRun } from './on-run.ts';
import { standingOn, whereabouts } from './standing.ts';

/**
 * `kubectl maint on`: read everything and refuse before the first write; mark and cordon the nodes; then drain them,
 * several at once. Each node's record tells how far it came, whatever happens.
 */
export async function runOn(operation: OnOperation, session: Session): Promise<ExitCode> {
  const allNames = wantsAllNames(operation);
  const report = reportFor<OnEvent>(operation.format, session, (event, screen) => {
    tellInWords(event, screen, allNames);
  });
  try {
    const asked = { isAlone: false, id: newClaimId(), tellsWhere: true };
    const { code, leaves } = await takeIntoMaintenance(operation, session, report, asked);
    if (leaves !== undefined) report.tell({ type: 'note', text: `interrupted: ${leaves}` });
    return code;
  } catch (thrown) {
    if (thrown instanceof MaintError && operation.format === 'json') {
      report.tell({ type: 'failed', node: undefined, message: thrown.message, hint: thrown.hint });
    }
    throw thrown;
  }
}

/** Everything that `on` does; how it ended is the caller's to tell. Throws MaintError. */
export async function takeIntoMaintenance(
  operation: OnOperation,
  given: Session,
  report: OnReport,
  asked: Omit<Asked, 'report'>,
): Promise<OnEnd> {
  const over = new AbortController();
  // What is followed ends with the command, however it ends.
  const session = { ...given, signal: AbortSignal.any([given.signal, over.signal]) };
  try {
    return await carryOut(operation, session, { report, ...asked });
  } finally {
    over.abort();
  }
}

interface Asked extends Pick<OnRun, 'report' | 'isAlone'> {
  /** Of the claim that is made, on every node. */
  readonly id: string;
  /** Whether it tells which cluster it is, where a mistake would reach far or somebody looks on. */
  readonly tellsWhere?: boolean;
  /** The cluster as a run over nodes follows it; undefined: it is read for this command. */
  readonly view?: ClusterView;
}

/** What tells the claims of one command from all others. */
export function newClaimId(): string {
  return randomUUID();
}

async function carryOut(operation: OnOperation, session: Session, asked: Asked): Promise<OnEnd> {
  const begun = await begin(operation, session, asked).catch((thrown: unknown) => {
    if (session.signal.aborted) return undefined;
    throw thrown;
  });
  if (begun === undefined) return interrupted('nothing was changed');
  const { preparation, survey, run } = begun;
  if (operation.dryRun !== 'none') return ended(await dryRunOn(preparation.prepared, survey, run));
  try {
    return await takeInBatches(begun, run);
  } finally {
    await run.announcer.settled();
  }
}

interface Begun extends Foresight {
  readonly run: OnRun;
  readonly view: ClusterView;
}

/** Everything before the first write. Throws where the preflight refuses. */
async function begin(operation: OnOperation, session: Session, asked: Asked): Promise<Begun> {
  const { report, isAlone, id, tellsWhere = false } = asked;
  const { cluster, clock } = session;
  const note = (text: string): void => {
    report.tell({ type: 'note', text });
  };
  const nodes = await chooseNodes(operation.nodes, cluster);
  if (tellsWhere && (nodes.length > 1 || session.screen.live !== undefined)) note(whereabouts(cluster));
  nodes.forEach(recordOf);
  const view = asked.view ?? viewFor(nodes, operation, session);
  const owner = await ownerFor(operation.claim.owner, cluster);
  const claim = claimFrom(operation, { owner, id }, clock.now());
  const foresight = await lookAhead(nodes, operation, { session, view, note });
  refuseOrWarn(findingsOf(foresight.survey), { report, operation });
  for (const { facts } of nodes) standingOn(facts, claim, operation.adopt).forEach(note);
  const announcer = new Announcer(session, (node) => hasClaim(node, owner));
  const told = { ended: new Set<string>(), begun: new Set<string>(), unrecorded: new Set<string>() };
  return { ...foresight, view, run: { operation, claim, session, report, announcer, isAlone, ...told } };
}

/** Many batches look at the same nodes again and again: those are followed, so that not all of them are read for each. */
function viewFor(nodes: readonly NodeSnapshot[], operation: OnOperation, session: Session): ClusterView {
  const isLong = operation.dryRun === 'none' && batchesOf(nodes, operation).length > 1;
  return isLong ? viewFollowed(session) : viewOnce(session);
}

function claimFrom({ claim, allowLastNode }: OnOperation, key: ClaimKey, now: number): Claim {
  const until = untilFrom(claim, now);
  return {
    ...key,
    mode: claim.mode,
    since: timestamp(now),
    ...(claim.reason === undefined ? {} : { reason: claim.reason }),
    ...(claim.ticket === undefined ? {} : { ticket: claim.ticket }),
    ...(until === undefined ? {} : { until }),
    ...(allowLastNode ? { allowLastNode: true } : {}),
  };
}

function untilFrom({ until }: ClaimFlags, now: number): string | undefined {
  if (until === undefined) return undefined;
  if ('inMs' in until) return timestamp(now + until.inMs);
  if (Date.parse(until.at) <= now) throw new MaintError('usage', `--until: ${until.at} has passed already`);
  return until.at;
}
