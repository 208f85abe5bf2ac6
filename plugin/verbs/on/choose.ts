import { randomUUID } from 'node:crypto';
import { MaintError, type Claim, type ClaimKey, type ClaimRun } from '../../../shared/index.ts';
import type { ClaimFlags } from './claim-flags.ts';
import type { OnOperation } from './flags.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { viewFollowed, viewOnce, type ClusterView } from '../../preflight/cluster-view.ts';
import { timestamp } from '../../session/clock.ts';
import { notesTo } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import { batchesOf } from './batches.ts';
import type { OnReport } from './events.ts';
import { newRun, type OnRun } from './on-run.ts';
import { whereabouts } from './standing.ts';

/** In what `on` itself and a run over nodes differ when they take nodes into maintenance. */
export interface OnOptions {
  readonly report: OnReport;
  /** Of the claim that is made, on every node. */
  readonly claimId: string;
  /** Who makes it, as the API server knows the caller; left out where nobody has to know, or it is the owner. */
  readonly by?: string | undefined;
  /** A claim of the same owner on a node is another command's, and refuses. Otherwise this one takes its place. */
  readonly refusesSameOwner: boolean;
  /** The run over nodes that takes it, and that bears no other run on the node. */
  readonly run?: ClaimRun;
  /** Whether it tells which cluster it is, where a mistake would reach far or somebody looks on. */
  readonly tellsWhere?: boolean;
  /** The cluster as a run over nodes watches it; left out, it is read for this command. */
  readonly view?: ClusterView;
}

/** What tells the claims of one command from all others. */
export function newClaimId(): string {
  return randomUUID();
}

/** Reads the nodes and makes the claim that is to be written on them. Throws MaintError where a record cannot be read. */
export async function choose(
  operation: OnOperation,
  session: Session,
  options: OnOptions,
): Promise<{ readonly nodes: readonly NodeSnapshot[]; readonly run: OnRun }> {
  const { report, claimId, by, refusesSameOwner, run, tellsWhere = false } = options;
  const { cluster, clock, screen } = session;
  const nodes = await chooseNodes(operation.nodes, cluster);
  if (tellsWhere && (nodes.length > 1 || screen.live !== undefined))
    report.tell({ type: 'note', text: whereabouts(cluster) });
  nodes.forEach(recordOf);
  const view = options.view ?? viewFor(nodes, operation, session, report);
  const owner = await ownerFor(operation.claim.owner, cluster);
  const key = { owner, id: claimId, ...(by !== undefined && by !== owner && { by }) };
  const claim = { ...claimFrom(operation, key, clock.now()), ...(run !== undefined && { run }) };
  return { nodes, run: newRun(nodes, { operation, claim, refusesSameOwner, session, report, view }) };
}

/** Many batches look at the same nodes again and again: those are watched, so that not all of them are read for each. */
function viewFor(
  nodes: readonly NodeSnapshot[],
  operation: OnOperation,
  session: Session,
  report: OnReport,
): ClusterView {
  const isLong = operation.dryRun === 'none' && batchesOf(nodes, operation).length > 1;
  return isLong
    ? viewFollowed(session, { chosen: nodes.length, areReturned: false, note: notesTo(report) })
    : viewOnce(session);
}

function claimFrom({ claim, allowLastNode }: OnOperation, key: ClaimKey & Pick<Claim, 'by'>, now: number): Claim {
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

/** RFC 3339. */
function untilFrom({ until }: ClaimFlags, now: number): string | undefined {
  if (until === undefined) return undefined;
  if ('inMs' in until) return timestamp(now + until.inMs);
  if (Date.parse(until.at) <= now) throw new MaintError('usage', `--until: ${until.at} has passed already`);
  return until.at;
}
