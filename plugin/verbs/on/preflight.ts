import { isInMaintenance, MaintError } from '../../../shared/index.ts';
import type { OnOperation } from './flags.ts';
import { endWith, leastEndWith } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { data } from '../../preflight/checks/data.ts';
import { filters } from '../../preflight/checks/filters.ts';
import { guards } from '../../preflight/checks/guards.ts';
import { findingsOf } from '../../preflight/checks/registry.ts';
import { readMovedByCordon } from '../../preflight/data/cordon.ts';
import { readDataSystems } from '../../preflight/data/read.ts';
import { DATA_SYSTEMS } from '../../preflight/data/registry.ts';
import type { Finding } from '../../preflight/finding.ts';
import { renderRight } from '../../preflight/rights.ts';
import { planAll } from '../../hooks/plan.ts';
import { readSurvey, type SurveyInputs } from '../../preflight/read.ts';
import type { Survey } from '../../preflight/survey.ts';
import { planAgain, planDrains, type LookOnly } from './plan.ts';
import type { OnRun, Target } from './on-run.ts';
import { standingOn } from './standing.ts';

/** Nodes with the plans of their drains, and everything that the checks look at. */
interface Surveyed {
  readonly targets: readonly Target[];
  readonly survey: Survey;
}

/** Looks for everything that speaks against it, and tells what is on the nodes already. Throws MaintError where it refuses. */
export async function preflight(nodes: readonly NodeSnapshot[], run: OnRun): Promise<Surveyed> {
  const surveyed = await surveyNodes(nodes, run);
  refuseOrWarn(findingsOf(surveyed.survey), run);
  const { report, claim, operation } = run;
  for (const text of nodes.flatMap(({ facts }) => standingOn(facts, claim, operation.adopt)))
    report.tell({ type: 'note', text });
  return surveyed;
}

/**
 * Plans the drain of each node and reads what the checks look at. What is watched ends with the session's signal. A look
 * without a claim knows of no end of the maintenance.
 */
export async function surveyNodes(
  nodes: readonly NodeSnapshot[],
  run: Pick<OnRun, 'operation' | 'session' | 'report' | 'view' | 'shared'> & Partial<Pick<OnRun, 'claim'>> & LookOnly,
): Promise<Surveyed> {
  const { operation, session, view, shared, claim } = run;
  const [targets, hooks] = await Promise.all([planDrains(nodes, run), askOfHooks(nodes, run)]);
  const chosen = nodes.map(({ facts }) => facts);
  const plans = targets.flatMap(({ plan }) => plan ?? []);
  const survey = await readSurvey({
    operation,
    chosen,
    plans,
    budgets: shared.budgets(),
    // A look at nodes whose turn comes later says nothing of who is missing by then.
    outOfTurn:
      run.isLook === true
        ? Promise.resolve(new Map())
        : shared.databases().predict(plans.flatMap(({ evict }) => evict)),
    inside: await shared.workInside(),
    inForce: await shared.policy(),
    rules: view.rules(),
    ...hooks,
    nodes: view.nodes(),
    endOf: (node) => claim && endWith(node, claim),
    leastEndOf: (node) => claim && leastEndWith(node, claim),
    now: session.clock.now(),
    pods: () => view.pods(),
    nodeClaims: view.nodeClaims(chosen),
    data: askDataSystems(run),
    movedByCordon:
      operation.claim.mode === 'cordon'
        ? readMovedByCordon(chosen, DATA_SYSTEMS, () => view.served(), session.cluster)
        : Promise.resolve([]),
    cluster: session.cluster,
  });
  // A watch that is behind may not have seen that the last node is back.
  const isBroken = guards.find(survey).length > 0;
  return { targets, survey: isBroken ? { ...survey, nodes: await view.nodesNow() } : survey };
}

/**
 * What carrying out hooks and undoing them takes, and what they wait for on every node. Throws MaintError('usage') where a step
 * could never be carried out.
 */
async function askOfHooks(
  nodes: readonly NodeSnapshot[],
  { operation, shared }: Pick<OnRun, 'operation' | 'shared'>,
): Promise<Pick<SurveyInputs, 'hookRights' | 'awaitedData'>> {
  const { owner = '', reason } = operation.claim;
  const plans = await planAll(nodes, await shared.hooks(), { ...operation.claim, owner, reason });
  const rights = plans.flatMap((plan) => plan.rights);
  // Steps of one hook ask for the same.
  const hookRights = [...new Map(rights.map((right) => [renderRight(right), right])).values()];
  const [first, ...others] = plans.map(({ awaitedData }) => awaitedData);
  return { hookRights, awaitedData: (first ?? []).filter((name) => others.every((names) => names.includes(name))) };
}

/** What storage and databases say now. Where nothing is moved, nothing is asked. */
async function askDataSystems({
  operation,
  session,
  view,
}: Pick<OnRun, 'operation' | 'session' | 'view'>): Promise<Survey['data']> {
  return operation.claim.mode === 'cordon' ? [] : readDataSystems(DATA_SYSTEMS, await view.served(), session.cluster);
}

/** The preflight of one batch. The first was looked at just now, with all the others; a later one is looked at again. */
export async function preflightOfBatch(batch: readonly Target[], survey: Survey, run: OnRun): Promise<Surveyed> {
  return run.marked.length === 0 ? { targets: batch, survey: surveyOf(batch, survey) } : lookAgain(batch, survey, run);
}

/** Only what is asked of these nodes now: those behind them stay in service until their turn. */
function surveyOf(batch: readonly Target[], survey: Survey): Survey {
  const names = namesOf(batch);
  return {
    ...survey,
    chosen: survey.chosen.filter(({ name }) => names.has(name)),
    plans: survey.plans.filter(({ node }) => names.has(node)),
  };
}

/**
 * The preflight may be hours old when a later batch begins: pods that came to its nodes since, nodes that somebody else
 * took out of service, and what data systems say are judged as they are now. Throws MaintError where they refuse; nothing of the batch was changed.
 */
async function lookAgain(batch: readonly Target[], survey: Survey, run: OnRun): Promise<Surveyed> {
  const { view } = run;
  const [targets, nodes, answers] = await Promise.all([
    Promise.all(batch.map((target) => planAgain(target, run))),
    view.nodes(),
    askDataSystems(run),
  ]);
  const before = { ...survey, data: answers };
  const seen = surveyNow(targets, { ...before, nodes }, run);
  // A watch that is behind may not have seen that the last node is back.
  const now =
    guards.find(seen).length > 0 ? surveyNow(targets, { ...before, nodes: await view.nodesNow() }, run) : seen;
  const refusals = [...filters.find(now), ...guards.find(now), ...data.find(now)].filter(
    ({ severity }) => severity === 'refuse',
  );
  refuseOrWarn(refusals, run, `nothing was changed on ${[...namesOf(targets)].join(' ')}`);
  return { targets, survey: now };
}

/** What is asked of a batch behind others, with those that are in maintenance by then. */
function surveyNow(batch: readonly Target[], survey: Survey, { touched }: OnRun): Survey {
  const names = namesOf(batch);
  const chosen = (survey.nodes ?? [])
    .map(({ facts }) => facts)
    .filter((facts) => names.has(facts.name) || (touched.has(facts.name) && isInMaintenance(facts)));
  return { ...survey, chosen, plans: batch.flatMap(({ plan }) => plan ?? []) };
}

function namesOf(targets: readonly Target[]): ReadonlySet<string> {
  return new Set(targets.map(({ node }) => node.facts.name));
}

/** Tells all findings at once, or only those that refuse where some do. Throws MaintError then: nothing is changed. */
function refuseOrWarn(
  findings: readonly Finding[],
  { report, operation }: Pick<OnRun, 'report' | 'operation'>,
  hint?: string,
): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  for (const finding of refusals.length === 0 ? findings : refusals) report.tell({ type: 'finding', ...finding });
  if (refusals.length > 0) throw refusedFor(refusals, operation, hint);
}

/** All reasons to refuse as one failure: `cluster` where only rights are missing, else `denied`. */
export function refusedFor(
  refusals: readonly Finding[],
  operation: Pick<OnOperation, 'cluster'>,
  hint = 'nothing was changed',
): MaintError {
  const code = refusals.every(({ check }) => check === 'rights') ? 'cluster' : 'denied';
  const lines = refusals.flatMap(({ text, pods = [], nodes = [], objects = [] }) => {
    const names = wantsAllNames(operation) ? [nodes, pods, objects].filter((some) => some.length > 0) : [];
    return [text, ...names.map((some) => `  ${some.join(', ')}`)];
  });
  return new MaintError(code, lines.join('\n       '), { hint });
}

/** Whether all names are told where a line names the first of many: from -v=1 on. */
export function wantsAllNames({ cluster }: Pick<OnOperation, 'cluster'>): boolean {
  return (cluster.logLevel ?? 0) > 0;
}
