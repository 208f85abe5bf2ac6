import { ClusterRefusal, MaintError, type Claim } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { readPlan } from '../drain/read.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Announcer } from '../nodes/announce.ts';
import { chooseNodes } from '../nodes/choose.ts';
import { readEnforcement } from '../nodes/enforcement.ts';
import { markPatch, recordOf } from '../nodes/mark.ts';
import { ownerFor } from '../nodes/owner.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { ClaimFlags, OnOperation } from '../operation.ts';
import { renderBlocked } from '../output/on-words.ts';
import type { Session } from '../session.ts';
import { Failures } from './failures.ts';
import { drainMarkedNode } from './on-drain.ts';
import { dryRunOn } from './on-dry-run.ts';
import type { Prepared } from './prepared.ts';

/**
 * `kubectl maint on`: read everything and refuse before the first write; mark and cordon every node; then drain them
 * one after the other. Each node's record tells how far it came, whatever happens.
 */
export async function runOn(operation: OnOperation, session: Session): Promise<ExitCode> {
  const { cluster, clock } = session;
  const nodes = await chooseNodes(operation.nodes, cluster);
  nodes.forEach(recordOf);
  const owner = await ownerFor(operation.claim.owner, cluster);
  const prepared = await prepare(nodes, operation, session);
  if (operation.dryRun !== 'none')
    return dryRunOn(prepared, claimFrom(operation, owner, clock.now()), operation, session);

  const marking: Marking = {
    claim: claimFrom(operation, owner, clock.now()),
    protect: operation.protect,
    session,
    announcer: new Announcer(session),
  };
  const marked = await markAll(prepared, marking);
  if (session.signal.aborted) return interrupted(marked, session);
  await sayWhatIsBlocked(marked, session);
  return operation.claim.mode === 'cordon' ? EXIT.done : drainAll(marked, operation, marking);
}

async function drainAll(
  marked: readonly NodeSnapshot[],
  operation: OnOperation,
  { session, announcer }: Marking,
): Promise<ExitCode> {
  const failures = new Failures(session.screen);
  for (const node of marked) {
    if (session.signal.aborted) break;
    const part = () => drainMarkedNode(node, operation, session, announcer);
    await failures.collect(node.facts.name, marked.length, part).catch(unlessInterrupted(session));
  }
  return session.signal.aborted ? interrupted(marked, session) : failures.worst;
}

/** An interrupted drain is told once, for all nodes. */
function unlessInterrupted({ signal }: Session): (thrown: unknown) => void {
  return (thrown) => {
    if (!signal.aborted) throw thrown;
  };
}

/** Plans every node before any is touched; what kubectl drain would refuse is refused here, all of it at once. */
async function prepare(
  nodes: readonly NodeSnapshot[],
  operation: OnOperation,
  session: Session,
): Promise<readonly Prepared[]> {
  if (operation.claim.mode === 'cordon') return nodes.map((node) => ({ node, plan: undefined }));
  const prepared: Prepared[] = [];
  for (const node of nodes) {
    prepared.push({ node, plan: await readPlan(node.facts.name, operation.drain, session.cluster) });
  }
  const refusals = prepared.flatMap(
    ({ plan }) => plan?.refusals.map((text) => `node ${plan.node}: cannot delete ${text}`) ?? [],
  );
  if (refusals.length > 0) {
    throw new MaintError('denied', refusals.join('\n       '), { hint: 'nothing was changed' });
  }
  return prepared;
}

/** What marking a node needs. */
interface Marking {
  readonly claim: Claim;
  readonly protect: boolean;
  readonly session: Session;
  readonly announcer: Announcer;
}

/** Mark and cordon first, all nodes, so that nothing moves from one of them to the next. */
async function markAll(prepared: readonly Prepared[], marking: Marking): Promise<readonly NodeSnapshot[]> {
  const marked: NodeSnapshot[] = [];
  for (const { node, plan } of prepared) {
    if (marking.session.signal.aborted) break;
    try {
      marked.push(await markNode(node, marking));
    } catch (thrown) {
      throw afterMarking(thrown, namesOf(marked), node.facts.name);
    }
    for (const text of plan?.warnings ?? []) marking.session.screen.warn(text);
  }
  return marked;
}

async function markNode(node: NodeSnapshot, { claim, protect, session, announcer }: Marking): Promise<NodeSnapshot> {
  const { name, unschedulable } = node.facts;
  const state = claim.mode === 'cordon' ? 'complete' : 'initiated';
  const patch = (fresh: NodeSnapshot) => markPatch(fresh, claim, { protect, state: stateFor(fresh, state) });
  const written = await writeNode(node, patch, session.cluster);
  session.screen.result(unschedulable ? `node/${name} already cordoned` : `node/${name} cordoned`);
  const message = `${claim.mode} for ${claim.owner}${claim.reason === undefined ? '' : `: ${claim.reason}`}`;
  await announcer.conditions(written, [
    { type: 'MaintenanceInProgress', status: 'True', reason: 'AdminRequested', message },
  ]);
  await announcer.event(written.facts, { type: 'Normal', reason: 'MaintenanceInitiated', message });
  return written;
}

/** A weaker claim does not undo what a stronger one has reached or is working at. */
function stateFor(node: NodeSnapshot, wanted: 'complete' | 'initiated'): 'complete' | 'initiated' {
  const record = recordOf(node);
  if (record === undefined || wanted === 'initiated') return wanted;
  return record.completedAt === undefined ? 'initiated' : 'complete';
}

/** A write that failed, with the truth about the nodes before it and about itself. */
function afterMarking(thrown: unknown, marked: readonly string[], failed: string): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const undo = `marked and cordoned before: ${marked.join(', ')} (kubectl maint off ${marked.join(' ')} undoes it)`;
  const before = marked.length === 0 ? 'nothing was evicted' : `nothing was evicted; ${undo}`;
  // Without an answer nobody knows whether the write was carried out.
  const itself =
    thrown instanceof ClusterRefusal || thrown.code === 'denied'
      ? `node ${failed} was not changed`
      : `look what became of it: kubectl maint status ${failed}`;
  const message = `unable to mark and cordon node ${failed}: ${thrown.message}`;
  return new MaintError(thrown.code, message, { hint: `${before}; ${itself}`, cause: thrown });
}

function claimFrom({ claim, allowLastNode }: OnOperation, owner: string, now: number): Claim {
  const until = untilFrom(claim, now);
  return {
    owner,
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

async function sayWhatIsBlocked(marked: readonly NodeSnapshot[], session: Session): Promise<void> {
  const names = namesOf(marked);
  const [first] = names;
  if (first !== undefined) renderBlocked(names, await readEnforcement(first, session.cluster), session.screen);
}

function interrupted(marked: readonly NodeSnapshot[], { screen }: Session): ExitCode {
  const names = namesOf(marked).join(' ');
  screen.note(
    marked.length === 0
      ? 'interrupted: nothing was changed'
      : `interrupted: ${names} stay marked and cordoned; run the same command again to go on, or kubectl maint off ${names}`,
  );
  return EXIT.interrupted;
}

function namesOf(nodes: readonly NodeSnapshot[]): readonly string[] {
  return nodes.map((node) => node.facts.name);
}
