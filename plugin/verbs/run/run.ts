import { MaintError, messageOf } from '../../../shared/index.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { placeOf, prepareOutput } from './command/files.ts';
import { localCarrier, type Inherited } from './command/local.ts';
import { SignalRelay, type SignalSource } from './command/signals.ts';
import type { RunOperation } from './flags.ts';
import { type OnEvent, findingsOnce, newClaimId, tellInWords } from '../on/index.ts';
import { reportFor } from '../../session/report.ts';
import { claimIdOf } from '../../nodes/done.ts';
import { forEachNode } from '../../nodes/for-each-node.ts';
import { viewFollowed, type ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';
import type { Carrier } from './carrier.ts';
import type { RunTarget, NodesRun, Phase } from './nodes-run.ts';
import { dryRunOnNodes } from './dry-run.ts';
import { isUntouched, tellEnding } from './ending.ts';
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
export async function runCommandOnNodes(operation: RunOperation, session: Session, ports: RunPorts): Promise<ExitCode> {
  const chosen = await chooseForRun(operation, session);
  refusePassedEnd(operation, session);
  const names = chosen.nodes.map(({ facts }) => facts.name);
  const carrier = localCarrier(operation, ports);
  await carrier.refuseAhead(chosen.nodes);
  if (names.length === 0) return EXIT.done;
  if (operation.dryRun) return dryRunOnNodes(chosen, operation, session, carrier.line);
  if (names.length > 1) session.screen.note(`looking at ${names.length} nodes before the first is touched`);
  const over = new AbortController();
  const view = viewFollowed({ ...session, signal: AbortSignal.any([session.signal, over.signal]) });
  try {
    await refuseAhead(chosen, operation, session, view);
    const place = placeOf(operation);
    if (place !== undefined) await prepareOutput(place, names);
    return await goThrough(chosen, operation, session, { signals: ports.signals, carrier, view });
  } finally {
    over.abort();
  }
}

interface GoingPorts extends Pick<RunPorts, 'signals'> {
  readonly carrier: Carrier;
  readonly view: ClusterView;
}

async function goThrough(
  { nodes, owner, continued, returning }: ChosenNodes,
  operation: RunOperation,
  session: Session,
  { signals, carrier, view }: GoingPorts,
): Promise<ExitCode> {
  const failed = new AbortController();
  const atOnce = Math.min(nodes.length, operation.maxParallel === 0 ? nodes.length : operation.maxParallel);
  // The live views of several nodes would draw over each other.
  const shared = atOnce > 1 ? { ...session, screen: { ...session.screen, live: undefined } } : session;
  const run: NodesRun = {
    operation,
    session: shared,
    report: findingsOnce(reportFor<OnEvent>('text', shared, tellInWords)),
    owner,
    continued,
    carrier,
    view,
    relay: new SignalRelay(signals),
    halt: AbortSignal.any([session.signal, failed.signal]),
  };
  const targets = nodes.map((node): RunTarget => ({
    node,
    phase: 'waiting',
    claim: { owner, id: returning.get(node.facts.name) ?? claimIdFor(operation) },
    isCommandDone: returning.has(node.facts.name),
    isMarked: false,
    stopped: undefined,
    failure: undefined,
  }));
  await forEachNode(targets, (target) => takeThrough(target, run), {
    session: { ...shared, signal: run.halt },
    parallel: operation.maxParallel,
    failures: (target, thrown) => {
      target.failure = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
      target.stopped = thrown instanceof MaintError ? thrown.message : 'a bug in kubectl maint';
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

const BUSY: readonly Phase[] = ['draining', 'running', 'returning'];

/** A run that has changed nothing ends like a command that was refused, without a line that goes on. */
async function end(targets: readonly RunTarget[], run: NodesRun): Promise<ExitCode> {
  const { signal, screen } = run.session;
  const failures = targets.flatMap(({ failure }) => failure ?? []);
  if (!(await isUntouched(targets, run))) {
    const code = await tellEnding(targets, run);
    const bug = failures.find((failure) => !(failure instanceof MaintError));
    if (bug !== undefined) throw bug;
    return code;
  }
  const [first] = failures;
  if (first !== undefined && !signal.aborted) throw first;
  screen.note('interrupted: nothing was changed');
  return EXIT.interrupted;
}
