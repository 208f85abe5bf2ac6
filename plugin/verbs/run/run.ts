import { MaintError, messageOf } from '../../../shared/index.ts';
import { EXIT, EXIT_OF, type ExitCode } from '../../terminal/exit-codes.ts';
import { placeOf, prepareOutput } from '../../command/files.ts';
import { localCarrier, type Inherited } from './local.ts';
import { SignalRelay, type SignalSource } from '../../command/signals.ts';
import { eventScreen, tellingFor, type RunEvent } from './events.ts';
import type { RunOperation } from './flags.ts';
import { type OnEvent, findingsOnce, newClaimId, tellInWords } from '../on/index.ts';
import { reportFor } from '../../session/report.ts';
import { claimIdOf } from '../../nodes/done.ts';
import { ownerFor } from '../../nodes/owner.ts';
import { refusalEventsFollowed, type RefusalEvents } from '../../kept-off/refusal-events.ts';
import { forEachNode } from '../../nodes/for-each-node.ts';
import { viewFollowed, type ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';
import type { Carrier } from './carrier.ts';
import { readBetween, turnsOf, type Between } from './between/turns-of.ts';
import { Closing, type RunTarget, type NodesRun, type Phase } from './nodes-run.ts';
import { onNodeCarrier } from './on-node/carrier.ts';
import { refuseBootless } from './reboot.ts';
import { dryRunOnNodes } from './dry-run.ts';
import { isUntouched, tellEnding, tellSummary } from './ending.ts';
import { takeThrough } from './take-through.ts';
import { chooseForRun, type ChosenNodes } from './nodes.ts';
import { refuseAhead } from './preflight.ts';
import { refusePassedEnd } from './on-operation.ts';

/** What a run over nodes needs of the process. */
interface RunPorts extends Inherited {
  readonly signals: SignalSource;
}

/**
 * `kubectl maint run`: for each node: into maintenance, the command, back when healthy; some at once where that was asked
 * for. The first failure, or an interruption, stops the run: commands that run end, and no other begins. What failed stays
 * in maintenance, and the nodes' records are all that a later run needs to go on.
 */
export async function runCommandOnNodes(operation: RunOperation, given: Session, ports: RunPorts): Promise<ExitCode> {
  if (operation.format !== 'json') return run(operation, given, ports);
  const session = { ...given, screen: eventScreen(given) };
  try {
    return await run(operation, session, ports);
  } catch (thrown) {
    const report = reportFor<RunEvent>('json', session, () => undefined);
    if (thrown instanceof MaintError)
      report.tell({ type: 'failed', node: undefined, message: thrown.message, hint: thrown.hint });
    throw thrown;
  }
}

async function run(operation: RunOperation, session: Session, ports: RunPorts): Promise<ExitCode> {
  const chosen = await chooseForRun(operation, session);
  refusePassedEnd(operation, session);
  const names = chosen.nodes.map(({ facts }) => facts.name);
  const carrier = carrierFor(operation, session, ports);
  if (operation.reboot) refuseBootless(chosen.nodes);
  await carrier.refuseAhead(chosen.nodes);
  const between = await readBetween(operation.between, session);
  if (names.length === 0) return EXIT.done;
  if (operation.dryRun) return dryRunOnNodes(chosen, operation, session, carrier.line);
  if (names.length > 1) session.screen.note(`looking at ${names.length} nodes before the first is touched`);
  const over = new AbortController();
  const note = (text: string): void => {
    session.screen.note(text);
  };
  const followed = { ...session, signal: AbortSignal.any([session.signal, over.signal]) };
  const view = viewFollowed(followed, { chosen: names.length, areReturned: true, note });
  const events = refusalEventsFollowed(session, followed.signal);
  try {
    await refuseAhead(chosen, operation, session, view);
    const place = placeOf(operation);
    if (place !== undefined) await prepareOutput(place, names);
    return await goThrough(chosen, operation, session, { ...ports, carrier, view, events, between });
  } finally {
    over.abort();
  }
}

function carrierFor({ onNode, ...operation }: RunOperation, session: Session, ports: RunPorts): Carrier {
  return onNode === undefined ? localCarrier(operation, ports) : onNodeCarrier({ ...operation, onNode }, session);
}

interface GoingPorts extends RunPorts {
  readonly carrier: Carrier;
  readonly view: ClusterView;
  readonly events: RefusalEvents;
  readonly between: Between;
}

async function goThrough(
  { nodes, owner, continued, returning }: ChosenNodes,
  operation: RunOperation,
  session: Session,
  { signals, carrier, view, events, between, ...inherited }: GoingPorts,
): Promise<ExitCode> {
  const failed = new AbortController();
  const atOnce = Math.min(nodes.length, operation.maxParallel === 0 ? nodes.length : operation.maxParallel);
  // The live views of several nodes would draw over each other.
  const shared = atOnce > 1 ? { ...session, screen: { ...session.screen, live: undefined } } : session;
  const run: NodesRun = {
    id: newClaimId(),
    operation,
    session: shared,
    report: findingsOnce(reportFor<OnEvent>(operation.format, shared, tellInWords)),
    ...tellingFor(operation, shared),
    owner,
    by: operation.onNode === undefined ? undefined : await ownerFor(undefined, session.cluster).catch(() => undefined),
    continued,
    carrier,
    view,
    events,
    relay: new SignalRelay(signals),
    halt: AbortSignal.any([session.signal, failed.signal]),
    closing: new Closing(),
  };
  const targets = nodes.map((node, index): RunTarget => ({
    node,
    number: index + 1,
    of: nodes.length,
    phase: 'waiting',
    claim: { owner, id: returning.get(node.facts.name) ?? claimIdFor(operation) },
    isCommandDone: returning.has(node.facts.name),
    isMarked: false,
    times: {},
    exitCode: null,
    healthyWithinMs: undefined,
    stopped: undefined,
    failure: undefined,
  }));
  const beginning = AbortSignal.any([run.halt, run.closing.signal]);
  const turns = turnsOf(run, { ...between, signal: beginning, atOnce, inherited });
  const { maxFailures } = operation.between;
  let failures = 0;
  const task = async (target: RunTarget): Promise<void> => {
    if (!(await turns.comes(target))) return;
    const begun = session.clock.now();
    target.times.begun = begun;
    await takeThrough(target, run).finally(() => {
      const ended = session.clock.now();
      target.times.ended = ended;
      turns.ended(target.phase === 'done' ? ended - begun : undefined);
    });
  };
  await forEachNode(targets, task, {
    session: { ...shared, signal: beginning },
    parallel: operation.maxParallel,
    failures: (target, thrown) => {
      target.failure = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
      target.stopped = thrown instanceof MaintError ? thrown.message : 'a bug in kubectl maint';
      failures += 1;
      run.failed(target);
      if (thrown instanceof MaintError && failures <= maxFailures) {
        tellGoesOn(target, failures, run);
        return;
      }
      failed.abort();
      tellWhoGoesOn(target, targets, run.session);
    },
  });
  return end(targets, run);
}

/** By the claims of a run with a name whoever goes on with it knows its nodes. */
function claimIdFor({ runId }: RunOperation): string {
  return runId === undefined ? newClaimId() : claimIdOf(runId, newClaimId());
}

/** Says at once that a node failed, where others are under way: it takes a while until the run ends. */
function tellWhoGoesOn(
  { node, stopped = '' }: RunTarget,
  targets: readonly RunTarget[],
  { screen, signal }: Session,
): void {
  const isBusy = targets.some((other) => other.stopped === undefined && BUSY.includes(other.phase));
  if (!isBusy || signal.aborted) return;
  screen.note(
    `node/${node.facts.name} failed: ${stopped}; no other node is begun, commands that run come to their end`,
  );
}

/** Says that a node failed, and that the run goes on all the same. */
function tellGoesOn(
  { node, stopped = '' }: RunTarget,
  failures: number,
  { operation, session: { screen, signal } }: NodesRun,
): void {
  const { maxFailures } = operation.between;
  if (!signal.aborted)
    screen.note(
      `node/${node.facts.name} failed: ${stopped}; the run goes on (${failures} of --max-failures=${maxFailures})`,
    );
}

const BUSY: readonly Phase[] = ['draining', 'running', 'returning'];

/** A run that has changed nothing ends like a command that was refused, without a line that goes on, unless it can begin later. */
async function end(targets: readonly RunTarget[], run: NodesRun): Promise<ExitCode> {
  const { signal, screen } = run.session;
  const failures = targets.flatMap(({ failure }) => failure ?? []);
  if (run.closing.reason !== undefined || !(await isUntouched(targets, run))) {
    const code = await tellEnding(targets, run);
    const bug = failures.find((failure) => !(failure instanceof MaintError));
    if (bug !== undefined) throw bug;
    return code;
  }
  const [first] = failures;
  if (first !== undefined && !signal.aborted) {
    await tellSummary(targets, first instanceof MaintError ? EXIT_OF[first.code] : EXIT.bug, run);
    throw first;
  }
  screen.note('interrupted: nothing was changed');
  await tellSummary(targets, EXIT.interrupted, run);
  return EXIT.interrupted;
}
