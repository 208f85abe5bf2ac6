import { isInMaintenance, MaintError, messageOf, nodePath } from '../../../shared/index.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import { timestamp } from '../../session/clock.ts';
import { hasClaim, holdsClaim } from '../../nodes/mark.ts';
import { snapshotFromObject } from '../../nodes/snapshot.ts';
import { tellUnseen } from '../off/index.ts';
import type { NodeSummary, RunSummary } from './events.ts';
import type { RunTarget, NodesRun } from './nodes-run.ts';
import { passedEnd } from './on-operation.ts';

/** How long the API server may take to tell the state of a node, in ms: the person who interrupted waits for it. */
const ASK_MS = 10_000;

/** Tells how a run ended: about every node what the cluster says of it, and the line that goes on. */
export async function tellEnding(targets: readonly RunTarget[], run: NodesRun): Promise<ExitCode> {
  const { screen, signal } = run.session;
  const left = targets.filter((target) => !isDone(target));
  const done = targets.length - left.length;
  if (done > 0) {
    await tellUnseen(run.session, (text) => {
      screen.note(text);
    });
  }
  if (left.length === 0) {
    screen.note(`${done} of ${targets.length} nodes done`);
    await tellSummary(targets, EXIT.done, run);
    return EXIT.done;
  }
  const ends = await Promise.all(targets.map((target) => endOf(target, run)));
  if (!signal.aborted) tellWhy(targets, run);
  screen.note(`${signal.aborted ? 'interrupted' : 'stopped'}: ${done} of ${targets.length} nodes done`);
  for (const { target, words } of ends) screen.note(`node/${target.node.facts.name} ${words}`);
  const resumed = ends.flatMap(({ target, isAnotherRuns }) =>
    left.includes(target) && !isAnotherRuns ? [target] : [],
  );
  tellHowToGoOn(resumed, run);
  const code = signal.aborted ? EXIT.interrupted : EXIT.gaveUp;
  await tellSummary(targets, code, run, resumed);
  return code;
}

/** For programs: the whole run as one event, its last. */
export async function tellSummary(
  targets: readonly RunTarget[],
  code: ExitCode,
  run: NodesRun,
  left: readonly RunTarget[] = [],
): Promise<void> {
  const { operation, closing } = run;
  if (operation.format !== 'json') return;
  const states = await Promise.all(targets.map((target) => stateNow(target, run)));
  const summary: RunSummary = {
    type: 'summary',
    code,
    done: targets.filter(isDone).length,
    nodes: targets.map((target, index) => summaryOf(target, states[index]?.state ?? null)),
    closed: closing.reason?.why ?? null,
    resume: left.length === 0 ? null : wordsToGoOn(left, run),
  };
  run.summary(summary);
}

function summaryOf({ node, phase, exitCode, stopped, times }: RunTarget, state: string | null): NodeSummary {
  const at = (ms: number | undefined): string | null => (ms === undefined ? null : timestamp(ms));
  return {
    node: node.facts.name,
    step: phase,
    state,
    exitCode,
    stopped: stopped ?? null,
    begunAt: at(times.begun),
    commandBegunAt: at(times.commandBegun),
    commandEndedAt: at(times.commandEnded),
    endedAt: at(times.ended),
  };
}

function isDone({ phase }: RunTarget): boolean {
  return phase === 'done' || phase === 'gone';
}

/** Why it was stopped: what failed on nodes, and why no other was begun. */
function tellWhy(targets: readonly RunTarget[], { closing, session: { screen } }: NodesRun): void {
  for (const { node, failure } of targets)
    if (failure instanceof MaintError) screen.note(`error: node ${node.facts.name}: ${failure.message}`);
  if (closing.reason !== undefined) screen.note(`error: ${closing.reason.why}`);
}

/** How one node ended. */
interface TargetEnd {
  readonly target: RunTarget;
  readonly words: string;
  /** Another run has it in maintenance now, and this one leaves it to that. */
  readonly isAnotherRuns: boolean;
}

async function endOf(target: RunTarget, run: NodesRun): Promise<TargetEnd> {
  const now = await stateNow(target, run);
  return isAnotherRuns(target, now, run)
    ? { target, words: `${now.words} for ${run.owner} by another run: left to it`, isAnotherRuns: true }
    : { target, words: sentence(target, now), isAnotherRuns: false };
}

/** Whether a run that was stopped has changed nothing: no node is done, and none came into maintenance by it. */
export async function isUntouched(targets: readonly RunTarget[], run: NodesRun): Promise<boolean> {
  if (targets.some(({ phase }) => phase !== 'waiting' && phase !== 'draining')) return false;
  const begun = targets.filter(({ phase }) => phase === 'draining');
  const states = await Promise.all(begun.map((target) => stateNow(target, run)));
  return begun.every((target, index) => {
    const now = states[index];
    return now !== undefined && (now.hold === 'none' || isAnotherRuns(target, now, run));
  });
}

/** Whether another run of the same owner has it in maintenance: a run that went on with it would end that maintenance. */
function isAnotherRuns({ node, isMarked }: RunTarget, { hold }: StateNow, { continued }: NodesRun): boolean {
  // With --resume a run goes on with an earlier claim of its owner, until it has written its own.
  return hold === 'another' && (isMarked || !continued.has(node.facts.name));
}

/** A node in words, and whether it is held by the claim of this run or by another one of its owner. */
interface StateNow {
  readonly words: string;
  /** As `status` says it; null: not known, or the node is gone. */
  readonly state: string | null;
  readonly hold: 'none' | 'ours' | 'another' | 'unknown';
}

const TITLES = { initiated: 'Initiated', complete: 'Complete', returning: 'Returning' } as const;

/** What the cluster says of a node now. */
async function stateNow({ node, claim }: RunTarget, { session }: NodesRun): Promise<StateNow> {
  try {
    const object = await session.cluster.get(nodePath(node.facts.name), { signal: AbortSignal.timeout(ASK_MS) });
    const now = snapshotFromObject(object);
    if (now === undefined) return { words: 'does not exist any more', state: null, hold: 'unknown' };
    const state = isInMaintenance(now.facts) ? TITLES[now.facts.state] : 'None';
    if (!hasClaim(now.facts, claim.owner)) return { words: 'not in maintenance', state, hold: 'none' };
    const words = `in maintenance (${TITLES[now.facts.state]})`;
    return { words, state, hold: holdsClaim(now.facts, claim) ? 'ours' : 'another' };
  } catch (thrown) {
    return { words: `in a state that could not be read (${messageOf(thrown)})`, state: null, hold: 'unknown' };
  }
}

function sentence({ phase, stopped }: RunTarget, { words, hold }: StateNow): string {
  switch (phase) {
    case 'done':
      return 'done';
    case 'gone':
      return 'done, and does not exist any more';
    case 'waiting':
      return hold === 'none' ? 'not begun' : `${words}, not begun`;
    case 'draining':
    case 'running':
    case 'returning':
      return `${words}: ${stopped ?? 'stopped'}`;
  }
}

/** The last line is a command line for what is left: a POSIX shell takes it as it is. */
function tellHowToGoOn(left: readonly RunTarget[], run: NodesRun): void {
  if (left.length === 0) return;
  const { operation, session } = run;
  const { screen, clock } = session;
  const passed = passedEnd(operation, clock.now());
  if (passed !== undefined)
    screen.note(`--until=${passed} has passed, and is left out below; --for=2h names a new end`);
  screen.note(`to go on${whenToGoOn(left, run)}:`);
  screen.note(shellLine(wordsToGoOn(left, run)));
}

function wordsToGoOn(left: readonly RunTarget[], { operation, session }: NodesRun): readonly string[] {
  const { flags, given } = operation;
  const names = left.map(({ node }) => node.facts.name);
  const hasPassed = passedEnd(operation, session.clock.now()) !== undefined;
  const again = flags.filter((flag) => !hasPassed || !flag.startsWith('--until='));
  const command = given.length === 0 ? [] : ['--', ...given];
  return ['kubectl', 'maint', 'run', ...names, ...again, '--resume', ...command];
}

/** When the line may be given to a shell: at once after an interruption. */
function whenToGoOn(left: readonly RunTarget[], { closing, session: { signal } }: NodesRun): string {
  if (signal.aborted) return '';
  const isClosedAlone = left.every(({ failure }) => failure === undefined);
  return closing.reason !== undefined && isClosedAlone ? closing.reason.goOn : ', once what stopped it is mended';
}
