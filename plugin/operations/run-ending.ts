import { MaintError, messageOf, nodePath } from '../../shared/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { shellLine } from '../node-command/quote.ts';
import { recordOf } from '../nodes/mark.ts';
import { snapshotFromObject } from '../nodes/snapshot.ts';
import type { Course, NodesRun } from './run-course.ts';
import { passedEnd } from './run-turn.ts';

/** How long the truth about a node is asked for, in ms: whoever interrupted wants an answer. */
const ASK_MS = 10_000;

/** Tells how a run ended: about every node what the cluster says of it, and the line that goes on. */
export async function tellEnding(courses: readonly Course[], run: NodesRun): Promise<ExitCode> {
  const { screen, signal } = run.session;
  const left = courses.filter(({ phase }) => phase !== 'done' && phase !== 'gone');
  const done = courses.length - left.length;
  if (left.length === 0) {
    screen.note(`${done} of ${courses.length} nodes done`);
    return EXIT.done;
  }
  const ends = await Promise.all(courses.map((course) => endOf(course, run)));
  for (const { node, failure } of courses)
    if (failure instanceof MaintError && !signal.aborted)
      screen.note(`error: node ${node.facts.name}: ${failure.message}`);
  screen.note(`${signal.aborted ? 'interrupted' : 'stopped'}: ${done} of ${courses.length} nodes done`);
  for (const { course, words } of ends) screen.note(`node/${course.node.facts.name} ${words}`);
  tellHowToGoOn(
    ends.flatMap(({ course, isElsewhere }) => (left.includes(course) && !isElsewhere ? [course] : [])),
    run,
  );
  return signal.aborted ? EXIT.interrupted : EXIT.gaveUp;
}

/** How one node ended. */
interface CourseEnd {
  readonly course: Course;
  readonly words: string;
  /** It is another run's. */
  readonly isElsewhere: boolean;
}

async function endOf(course: Course, run: NodesRun): Promise<CourseEnd> {
  const state = await stateNow(course, run);
  return isElsewhere(course, state, run)
    ? { course, words: `${state} for ${run.owner} by another run: left to it`, isElsewhere: true }
    : { course, words: sentence(course, state), isElsewhere: false };
}

/** Whether a run that was stopped has changed nothing: no node is done, and none came into maintenance by it. */
export async function isUntouched(courses: readonly Course[], run: NodesRun): Promise<boolean> {
  if (courses.some(({ phase }) => phase !== 'waiting' && phase !== 'draining')) return false;
  const begun = courses.filter(({ phase }) => phase === 'draining');
  const states = await Promise.all(begun.map((course) => stateNow(course, run)));
  return begun.every((course, index) => {
    const state = states[index] ?? '';
    return state === NOT_HELD || isElsewhere(course, state, run);
  });
}

/** Whether it is in somebody else's maintenance for the same owner: to go on there would be to end that one. */
function isElsewhere({ node, phase, isMarked, failure }: Course, state: string, { continued }: NodesRun): boolean {
  if (isMarked || continued.has(node.facts.name) || !state.startsWith(HELD)) return false;
  // Where a write had no answer it may be ours; a refusal says that it is not.
  return phase === 'waiting' || (failure instanceof MaintError && failure.code === 'denied');
}

const NOT_HELD = 'not in maintenance';
const HELD = 'in maintenance';
const TITLES = { initiated: 'Initiated', complete: 'Complete', returning: 'Returning' } as const;

/** What the cluster says of a node now. */
async function stateNow({ node }: Course, { session, owner }: NodesRun): Promise<string> {
  try {
    const object = await session.cluster.get(nodePath(node.facts.name), { signal: AbortSignal.timeout(ASK_MS) });
    const now = snapshotFromObject(object);
    if (now === undefined) return 'does not exist any more';
    const isHeld = recordOf(now)?.claims.some((claim) => claim.owner === owner) === true;
    return isHeld ? `${HELD} (${TITLES[now.facts.state]})` : NOT_HELD;
  } catch (thrown) {
    return `in a state that could not be read (${messageOf(thrown)})`;
  }
}

function sentence({ phase, stopped }: Course, state: string): string {
  switch (phase) {
    case 'done':
      return 'done';
    case 'gone':
      return 'done, and does not exist any more';
    case 'waiting':
      return state === NOT_HELD ? 'not begun' : `${state}, not begun`;
    case 'draining':
    case 'running':
    case 'returning':
      return `${state}: ${stopped ?? 'stopped'}`;
  }
}

/** The last line is a command line for what is left: a POSIX shell takes it as it is. */
function tellHowToGoOn(left: readonly Course[], { operation, session: { screen, signal, clock } }: NodesRun): void {
  if (left.length === 0) return;
  const { flags, command } = operation;
  const passed = passedEnd(operation, clock.now());
  if (passed !== undefined)
    screen.note(`--until=${passed} has passed, and is left out below; --for=2h names a new end`);
  screen.note(signal.aborted ? 'to go on:' : 'to go on, once what stopped it is mended:');
  const names = left.map(({ node }) => node.facts.name);
  const again = flags.filter((flag) => passed === undefined || !flag.startsWith('--until='));
  screen.note(
    shellLine(['kubectl', 'maint', 'run', ...names, ...again, '--resume', '--', command.program, ...command.args]),
  );
}
