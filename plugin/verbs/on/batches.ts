import { isHeld } from '../../../shared/index.ts';
import { Limiter } from '../../drain/limiter.ts';
import type { Planner } from '../../drain/read.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { alsoHinted } from '../../session/hint.ts';
import type { OnOperation } from './flags.ts';
import type { OnReport } from './events.ts';
import { filters } from '../../preflight/checks/filters.ts';
import { guards, UNASKED_NODES } from '../../preflight/checks/guards.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Survey } from '../../preflight/survey.ts';
import { Unrecorded } from './complete.ts';
import type { Shared } from './drain-node.ts';
import { drainBatch, summaryOf, unlessInterrupted, type Drains } from './drain-batch.ts';
import { ended, notBegunText, stopped, type OnEnd } from './end.ts';
import { tellEnforcement } from './enforcement.ts';
import { refuseOrWarn, type Foresight } from './look-ahead.ts';
import { refuseIfLate } from './guard.ts';
import { markAll } from './mark.ts';
import type { OnRun } from './on-run.ts';
import { endedWith, undoMarks } from './undo.ts';
import type { Marked, Prepared } from './prepared.ts';

/** Evictions in flight at once; as many as the transport keeps connections, more would only queue there. */
const EVICTIONS_AT_ONCE = 32;

/**
 * Nodes in the order of their turns. A few nodes without `--max-unavailable` are one batch: all of them are cordoned before
 * the first is drained, so that no pod moves from one to the next. Where a limit is named, or so many are taken that one
 * applies by default, as many as are drained at once: no more are out of service than are worked on or done.
 */
export function batchesOf<T>(nodes: readonly T[], { claim, pace }: OnOperation): readonly (readonly T[])[] {
  const { maxParallel, maxUnavailable } = pace;
  const isLimited = maxUnavailable !== undefined || nodes.length > UNASKED_NODES;
  if (claim.mode === 'cordon' || maxParallel === 0 || !isLimited) return [nodes];
  const count = Math.ceil(nodes.length / maxParallel);
  return Array.from({ length: count }, (_, index) => nodes.slice(index * maxParallel, (index + 1) * maxParallel));
}

interface Begun extends Foresight {
  readonly view: ClusterView;
}

/**
 * Marks and drains one batch after the other. The marks of a batch are all or none. The first batch in which something
 * fails is the last: nodes behind it are not touched, and are told. Throws MaintError.
 */
export async function takeInBatches({ preparation, survey, view }: Begun, run: OnRun): Promise<OnEnd> {
  const { operation } = run;
  const { prepared } = preparation;
  const shared = { ...preparation, limiter: new Limiter(EVICTIONS_AT_ONCE) };
  const drains: Drains = { drained: new Set(), lanes: [], outOf: prepared.length };
  const marked: Marked[] = [];
  const batches = { preparation, survey, view, shared, drains, marked, report: findingsOnce(run.report) };
  try {
    const worst = await takeEach(batchesOf(prepared, operation), batches, run);
    const notBegun = tellSummary(prepared, drains, run);
    if (run.session.signal.aborted) return await stopped(marked, notBegun, run);
    if (operation.rollback && isUnfinished(marked, drains, run)) await undoMarks(marked, run);
    return ended(worst);
  } catch (thrown) {
    const notBegun = tellSummary(prepared, drains, run);
    const told = notBegun.length === 0 ? thrown : alsoHinted(thrown, notBegunText(notBegun));
    // What is drained is not given back because its record could not be written.
    throw operation.rollback && !(thrown instanceof Unrecorded) ? endedWith(told, await undoMarks(marked, run)) : told;
  }
}

async function takeEach(all: readonly (readonly Prepared[])[], batches: Batches, run: OnRun): Promise<ExitCode> {
  for (const batch of all) {
    if (run.session.signal.aborted) break;
    const worst = await takeBatch(batch, batches, run);
    if (worst !== EXIT.done) return worst;
  }
  return EXIT.done;
}

/** What the batches of a run share. */
interface Batches extends Begun {
  readonly shared: Shared;
  readonly drains: Drains;
  /** Nodes that carry the run's mark. */
  readonly marked: Marked[];
  /** Tells no finding twice. */
  readonly report: OnReport;
}

/** Returns the gravest failure of one of its nodes. Throws where it was not begun, or its marks were taken back. */
async function takeBatch(batch: readonly Prepared[], batches: Batches, run: OnRun): Promise<ExitCode> {
  const { preparation, shared, drains, marked } = batches;
  const isFirst = marked.length === 0;
  const looking = isFirst ? { batch, survey: surveyOf(batch, batches.survey) } : lookAgain(batch, batches, run);
  const looked = await Promise.resolve(looking).catch(unlessInterrupted(run.session));
  if (looked === undefined) return EXIT.done;
  const before = isFirst ? 'nothing was evicted' : 'nothing was evicted from the nodes of this batch';
  const these = await markAll(looked.batch, run, before);
  await backOutIfLate(these, looked.survey, { run, before });
  marked.push(...these);
  if (run.session.signal.aborted) return EXIT.done;
  const asking = tellEnforcement(these, preparation.inForce, { session: run.session, report: batches.report });
  return whileAsking(asking, () =>
    run.operation.claim.mode === 'cordon' ? Promise.resolve(EXIT.done) : drainBatch(these, { ...shared, drains }, run),
  );
}

/** Whether a node that carries the run's mark is not drained. */
function isUnfinished(marked: readonly Marked[], { drained }: Drains, { operation, unrecorded }: OnRun): boolean {
  if (operation.claim.mode === 'cordon') return false;
  return marked.some(({ node: { facts } }) => !drained.has(facts.name) && !unrecorded.has(facts.name));
}

/** Only what is asked of these nodes now: those behind them stay in service until their turn. */
function surveyOf(batch: readonly Prepared[], survey: Survey): Survey {
  const names = new Set(batch.map(({ node }) => node.facts.name));
  return {
    ...survey,
    chosen: survey.chosen.filter(({ name }) => names.has(name)),
    plans: survey.plans.filter(({ node }) => names.has(node)),
  };
}

/**
 * The preflight may be hours old when a later batch begins: pods that came to its nodes since, and nodes that somebody else
 * took out of service, are judged as they are now. Throws MaintError where they refuse; nothing of the batch was changed.
 */
async function lookAgain(
  batch: readonly Prepared[],
  { preparation: { planner }, survey, view }: Batches,
  run: OnRun,
): Promise<{ readonly batch: readonly Prepared[]; readonly survey: Survey }> {
  const planned = await Promise.all(batch.map((one) => plannedAgain(one, planner)));
  const seen = surveyNow(planned, { ...survey, nodes: await view.nodes() }, run);
  // A watch that is behind may not have seen that the last node is back.
  const now =
    guards.find(seen).length > 0 ? surveyNow(planned, { ...survey, nodes: await view.nodesNow() }, run) : seen;
  const refusals = [...filters.find(now), ...guards.find(now)].filter(({ severity }) => severity === 'refuse');
  refuseOrWarn(refusals, run, `nothing was changed on ${planned.map(({ node }) => node.facts.name).join(' ')}`);
  return { batch: planned, survey: now };
}

/** What is asked of a batch behind others, with those that are in maintenance by then. */
function surveyNow(planned: readonly Prepared[], survey: Survey, { begun }: OnRun): Survey {
  const names = new Set(planned.map(({ node }) => node.facts.name));
  const chosen = (survey.nodes ?? [])
    .map(({ facts }) => facts)
    .filter((facts) => names.has(facts.name) || (begun.has(facts.name) && isHeld(facts)));
  return { ...survey, chosen, plans: planned.flatMap(({ drain }) => drain?.plan ?? []) };
}

async function plannedAgain(one: Prepared, planner: Planner): Promise<Prepared> {
  if (one.drain === undefined) return one;
  const pods = one.drain.follow();
  await pods.first;
  return { ...one, drain: { ...one.drain, plan: await planner.plan(one.node.facts.name, pods.all()) } };
}

/** Nothing is evicted where the guards are broken by another run, or where nobody can tell. */
async function backOutIfLate(
  marked: readonly Marked[],
  survey: Survey,
  { run, before }: { readonly run: OnRun; readonly before: string },
): Promise<void> {
  try {
    await refuseIfLate(marked, survey, run);
  } catch (thrown) {
    throw endedWith(thrown, await undoMarks(marked, run), before);
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

/** What is found out about the webhook is the same for each batch. */
function findingsOnce(report: OnReport): OnReport {
  const told = new Set<string>();
  return {
    tell: (event) => {
      const text = event.type === 'finding' ? event.text : undefined;
      if (text === undefined || !told.has(text)) report.tell(event);
      if (text !== undefined) told.add(text);
    },
  };
}

/** Returns the names of the nodes whose turn never came. */
function tellSummary(prepared: readonly Prepared[], drains: Drains, { report, begun }: OnRun): readonly string[] {
  const notBegun = prepared.map(({ node }) => node.facts.name).filter((name) => !begun.has(name));
  if (drains.outOf > 1 && drains.lanes.length > 0) report.tell(summaryOf(drains, notBegun));
  return notBegun;
}
