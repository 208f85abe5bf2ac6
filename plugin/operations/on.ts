import { randomUUID } from 'node:crypto';
import { MaintError, type Claim, type ClaimKey } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { mergeGroups } from '../drain/cause.ts';
import { Limiter } from '../drain/limiter.ts';
import { Progress, wordFor } from '../drain/progress.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Announcer } from '../nodes/announce.ts';
import { chooseNodes } from '../nodes/choose.ts';
import { hasClaim, recordOf } from '../nodes/mark.ts';
import { ownerFor } from '../nodes/owner.ts';
import type { ClaimFlags, OnOperation } from '../operation.ts';
import type { NodeProgress, OnEvent, OnReport } from '../output/on-events.ts';
import { renderDrains } from '../output/on-live.ts';
import { tellInWords } from '../output/on-text.ts';
import { showLive } from '../output/live.ts';
import { reportFor } from '../output/report.ts';
import { findingsOf } from '../preflight/checks/registry.ts';
import { viewOnce, type ClusterView } from '../preflight/cluster-view.ts';
import type { Finding } from '../preflight/finding.ts';
import type { Survey } from '../preflight/survey.ts';
import type { Session } from '../session.ts';
import { Failures } from './failures.ts';
import { drainMarkedNode, type Shared } from './on-drain.ts';
import { dryRunOn } from './on-dry-run.ts';
import { tellEnforcement } from './on-enforcement.ts';
import { lookAhead, refusedFor, type Foresight } from './on-foresight.ts';
import { refuseIfLate } from './on-late.ts';
import { markAll } from './on-mark.ts';
import type { OnRun } from './on-run.ts';
import { standingOn, whereabouts } from './on-standing.ts';
import { endedWith, undoMarks, undoneInWords } from './on-undo.ts';
import type { Marked, Preparation } from './prepared.ts';

/** Evictions in flight at once; as many as the transport keeps connections, more would only queue there. */
const EVICTIONS_AT_ONCE = 32;

/**
 * `kubectl maint on`: read everything and refuse before the first write; mark and cordon every node; then drain them,
 * several at once. Each node's record tells how far it came, whatever happens.
 */
export async function runOn(operation: OnOperation, session: Session): Promise<ExitCode> {
  const allNames = (operation.cluster.logLevel ?? 0) > 0;
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

/** How an `on` ended. */
export interface OnEnd {
  readonly code: ExitCode;
  /** What an interrupted one leaves behind, and how to go on or undo it. */
  readonly leaves: string | undefined;
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
    const marked = await markAll(preparation.prepared, run);
    await backOutIfLate(marked, survey, run);
    return await drainAndComplete(marked, { ...preparation, limiter: new Limiter(EVICTIONS_AT_ONCE) }, run);
  } finally {
    await run.announcer.settled();
  }
}

/** Nothing is evicted where the guards are broken by another run, or where nobody can tell. */
async function backOutIfLate(marked: readonly Marked[], survey: Survey, run: OnRun): Promise<void> {
  try {
    await refuseIfLate(marked, survey, run);
  } catch (thrown) {
    throw endedWith(thrown, await undoMarks(marked, run), 'nothing was evicted');
  }
}

function ended(code: ExitCode): OnEnd {
  return { code, leaves: undefined };
}

function interrupted(leaves: string): OnEnd {
  return { code: EXIT.interrupted, leaves };
}

interface Begun extends Foresight {
  readonly run: OnRun;
}

/** Everything before the first write. Throws where the preflight refuses. */
async function begin(operation: OnOperation, session: Session, asked: Asked): Promise<Begun> {
  const { report, isAlone, id, view, tellsWhere = false } = asked;
  const { cluster, clock } = session;
  const note = (text: string): void => {
    report.tell({ type: 'note', text });
  };
  const nodes = await chooseNodes(operation.nodes, cluster);
  if (tellsWhere && (nodes.length > 1 || session.screen.live !== undefined)) note(whereabouts(cluster));
  nodes.forEach(recordOf);
  const owner = await ownerFor(operation.claim.owner, cluster);
  const claim = claimFrom(operation, { owner, id }, clock.now());
  const foresight = await lookAhead(nodes, operation, { session, view: view ?? viewOnce(session), note });
  refuseOrWarn(findingsOf(foresight.survey), report);
  for (const { facts } of nodes) standingOn(facts, claim, operation.adopt).forEach(note);
  const announcer = new Announcer(session, (node) => hasClaim(node, owner));
  return { ...foresight, run: { operation, claim, session, report, announcer, isAlone, ended: new Set() } };
}

/** Everything that speaks against it at once; nothing is changed when one of it refuses. */
function refuseOrWarn(findings: readonly Finding[], report: OnReport): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  for (const finding of refusals.length === 0 ? findings : refusals) report.tell({ type: 'finding', ...finding });
  if (refusals.length > 0) throw refusedFor(refusals);
}

async function drainAndComplete(
  marked: readonly Marked[],
  { inForce, ...shared }: Shared & Pick<Preparation, 'inForce'>,
  run: OnRun,
): Promise<OnEnd> {
  const { session, operation } = run;
  const isInterrupted = (): boolean => session.signal.aborted;
  try {
    if (isInterrupted()) return await stopped(marked, run);
    const worst = await whileAsking(tellEnforcement(marked, inForce, run), () =>
      operation.claim.mode === 'cordon' ? Promise.resolve(EXIT.done) : drainAll(marked, shared, run),
    );
    if (isInterrupted()) return await stopped(marked, run);
    if (worst !== EXIT.done && operation.rollback) await undoMarks(marked, run);
    return ended(worst);
  } catch (thrown) {
    throw operation.rollback ? endedWith(thrown, await undoMarks(marked, run)) : thrown;
  }
}

/** Does something that need not wait for an answer, and ends when both have. */
async function whileAsking<T>(asked: Promise<void>, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } finally {
    await asked;
  }
}

async function drainAll(marked: readonly Marked[], shared: Shared, run: OnRun): Promise<ExitCode> {
  const { session, report, announcer, operation } = run;
  const failures = new Failures((node, { message, hint }) => {
    report.tell({ type: 'failed', node, message, hint });
  });
  const ports = {
    report,
    announcer,
    clock: session.clock,
    reader: session.cluster,
    budgets: shared.budgets,
    word: wordFor(operation),
  };
  const drained = new Set<string>();
  const lanes = marked.map((one) => ({ one, progress: new Progress({ node: one.written, ...ports }) }));
  const atOnce = new Limiter(operation.pace.maxParallel === 0 ? marked.length : operation.pace.maxParallel);
  const nowOf = ({ progress }: { readonly progress: Progress }) => progress.now;
  const live = showLive((size) => renderDrains(lanes.map(nowOf), size), session);
  try {
    await Promise.all(
      lanes.map(({ one, progress }) => {
        const turn = new AbortController();
        const queued = progress.queue(one.drain?.plan, AbortSignal.any([session.signal, turn.signal]));
        return atOnce.run(async () => {
          turn.abort();
          await queued;
          if (session.signal.aborted) return;
          const { name } = one.node.facts;
          const part = async () => {
            await drainMarkedNode(one, progress, shared, run);
            drained.add(name);
          };
          await failures.collect(name, marked.length, part).catch(unlessInterrupted(session));
        });
      }),
    );
  } finally {
    live.end();
  }
  if (lanes.length > 1) report.tell(summaryOf(lanes.map(nowOf), drained));
  return failures.worst;
}

/** Where every node has said its part, what people want to know is how many are drained, and what the others wait for. */
function summaryOf(nodes: readonly NodeProgress[], drained: ReadonlySet<string>): OnEvent {
  const left = nodes.filter(({ node }) => !drained.has(node));
  return {
    type: 'summary',
    drained: [...drained].sort(),
    left: left.map(({ node }) => node),
    causes: mergeGroups(left.flatMap(({ causes }) => causes)),
  };
}

/** An interrupted drain is told once, for all nodes. */
function unlessInterrupted({ signal }: Session): (thrown: unknown) => void {
  return (thrown) => {
    if (!signal.aborted) throw thrown;
  };
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

async function stopped(marked: readonly Marked[], run: OnRun): Promise<OnEnd> {
  const undone = run.operation.rollback ? undoneInWords(await undoMarks(marked, run)) : '';
  return interrupted(undone === '' ? stateOf(marked, run) : undone);
}

function stateOf(marked: readonly Marked[], { ended }: OnRun): string {
  if (marked.length === 0) return 'nothing was changed';
  const left = marked.map(({ node }) => node.facts.name).filter((name) => !ended.has(name));
  if (left.length === 0) return 'somebody else has ended the maintenance meanwhile';
  const names = left.join(' ');
  return `${names} ${left.length === 1 ? 'stays' : 'stay'} marked and cordoned; run the same command again to go on, or kubectl maint off ${names}`;
}
