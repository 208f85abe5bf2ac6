import { FLOOR_RULES, isInMaintenance, LIFTABLE_RULES, MaintError } from '../../../shared/index.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { Announcer } from '../../nodes/announce.ts';
import { askCanary, byName, type CanaryAnswer } from '../../policy/canary.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import type { CronJobAfter } from '../../kept-off/cron-jobs.ts';
import { changeExceptions, exceptionEnd, type ChangedExceptions, type PlannedChange } from '../../nodes/exceptions.ts';
import { failuresToldOneByOne, forEachNode } from '../../nodes/for-each-node.ts';
import { recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { AllowFormat, AllowOperation } from './flags.ts';
import { renderAllowances, tellChange, tellEnd, tellTrial, type Allowance, type Trial } from './text.ts';
import { cronJobLines } from '../../kept-off/text.ts';
import type { Session } from '../../session/session.ts';
import { pollUntil } from '../../session/wait.ts';
import { wakeAllowedCronJobs, type Tried } from './cron-jobs.ts';

/**
 * `kubectl maint allow`: an exception in the record of each node, or back. The API server is asked afterwards whether
 * the work really passes: what a record says and what is enforced are two things, and people act on the second.
 */
export async function runAllow(operation: AllowOperation, session: Session): Promise<ExitCode> {
  const { screen, signal } = session;
  const run = await prepared(operation, session);
  const changed: ChangedExceptions[] = [];
  const change = async ({ node }: { readonly node: NodeSnapshot }): Promise<void> => {
    changed.push(await changeOne(node, run));
  };
  const code = await forEachNode(
    run.nodes.map((node) => ({ node })),
    change,
    {
      session,
      parallel: 1,
      failures: failuresToldOneByOne(run.nodes.length, {
        tell: ({ node, message, hint }) => {
          screen.note(`error: node ${node}: ${message}`);
          if (hint !== undefined) screen.note(`hint: ${hint}`);
        },
      }),
      notBegun: ({ node }) => {
        screen.note(`node/${node.facts.name} was not begun: its exceptions are as they were`);
      },
    },
  );
  const tried: Tried[] = [];
  for (const one of changed) {
    tried.push({ changed: one, trials: operation.dryRun === 'none' ? await tryOut(one, run) : [] });
  }
  const cronJobs = await wakeRefused(tried, run);
  const allowances: Allowance[] = tried.map(({ changed: { node, current }, trials }) => {
    const { name } = node.facts;
    return { node: name, exceptions: current, trials, cronJobs: cronJobs.get(name) ?? [] };
  });
  await tellPrograms(allowances, operation.format, session);
  if (signal.aborted) return EXIT.interrupted;
  const isRefused = allowances.some(({ trials }) => trials.some(({ said }) => said === 'refused'));
  return code === EXIT.done && run.change.kind === 'grant' && isRefused ? EXIT.gaveUp : code;
}

/** What was refused goes on where it may now; a controller would sleep through a short exception. */
async function wakeRefused(
  tried: readonly Tried[],
  { operation, change, session }: AllowRun,
): Promise<ReadonlyMap<string, readonly CronJobAfter[]>> {
  const { screen, signal } = session;
  if (operation.dryRun !== 'none' || change.kind === 'revoke' || signal.aborted) return new Map();
  const woken = await wakeAllowedCronJobs(tried, session, (text) => {
    screen.note(text);
  });
  const each = new Map([...woken.values()].flat().map((one) => [one.name, one]));
  if (operation.format === 'text') for (const line of [...each.values()].flatMap(cronJobLines)) screen.note(line);
  return woken;
}

/** Everything at once, in the form that programs asked for. */
async function tellPrograms(allowances: readonly Allowance[], format: AllowFormat, { screen }: Session): Promise<void> {
  if (format === 'text') return;
  const text = await renderAllowances(allowances, format);
  if (text !== '') screen.data(text);
}

interface AllowRun {
  readonly operation: AllowOperation;
  readonly session: Session;
  readonly announcer: Announcer;
  readonly nodes: readonly NodeSnapshot[];
  readonly change: PlannedChange;
  /** Whose change it is. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Everything that can be wrong is found before the first write. */
async function prepared(operation: AllowOperation, session: Session): Promise<AllowRun> {
  const { cluster, clock } = session;
  const { change } = operation;
  const chosen = await chooseNodes(operation.nodes, cluster);
  // Its clock is known as soon as the API server has answered.
  const now = clock.now();
  const until = change.kind === 'grant' ? exceptionEnd(change.until, now) : '';
  const nodes = inMaintenance(chosen, operation, session);
  const by = nodes.length === 0 ? '' : await ownerFor(undefined, cluster);
  return {
    operation,
    session,
    announcer: new Announcer(session, isInMaintenance),
    nodes,
    change:
      change.kind === 'revoke'
        ? { kind: 'revoke', rules: change.rules ?? LIFTABLE_RULES }
        : { kind: 'grant', exception: { rules: [...change.rules], until, by, reason: change.reason } },
    by,
    now,
  };
}

/** An exception where nothing is refused would help nobody; to take one back there is nothing to do. */
function inMaintenance(
  nodes: readonly NodeSnapshot[],
  { change, format }: AllowOperation,
  { screen }: Session,
): readonly NodeSnapshot[] {
  const free = nodes.filter((node) => recordOf(node) === undefined).map(({ facts }) => facts.name);
  if (free.length > 0 && change.kind === 'grant') {
    throw new MaintError('denied', `not in maintenance, so there is nothing to except: ${free.join(', ')}`, {
      hint: 'nothing was changed; kubectl maint status shows what is in maintenance',
    });
  }
  if (format === 'text') for (const name of free) screen.result(`node/${name} not in maintenance`);
  return nodes.filter(({ facts }) => !free.includes(facts.name));
}

async function changeOne(node: NodeSnapshot, run: AllowRun): Promise<ChangedExceptions> {
  const { operation, session, announcer, change, by, now } = run;
  const { dryRun, format } = operation;
  const one = await changeExceptions(node, change, { now, dryRun }, session.cluster);
  if (format === 'text') tellChange(one, change, dryRun, session.screen);
  if (dryRun !== 'none' || one.rules.length === 0) return one;
  const rules = one.rules.join(', ');
  await announcer.event(
    one.node.facts,
    change.kind === 'grant'
      ? {
          type: 'Normal',
          reason: 'ExceptionGranted',
          message: `${rules} allowed until ${change.exception.until} by ${by}: ${change.exception.reason}`,
        }
      : { type: 'Normal', reason: 'ExceptionRevoked', message: `${rules} no longer allowed: taken back by ${by}` },
  );
  return one;
}

/** Asks for what was changed, where a dry run can tell; rollouts that waited are let go. */
async function tryOut(one: ChangedExceptions, run: AllowRun): Promise<readonly Trial[]> {
  const { change, operation, session } = run;
  const trials: Trial[] = [];
  for (const rule of FLOOR_RULES.filter((known) => one.rules.includes(known))) {
    const answer = await settled(one.node.facts.name, rule, change.kind === 'grant' ? 'accepted' : 'refused', session);
    trials.push({ rule, ...answer });
  }
  if (operation.format === 'text') {
    if (change.kind === 'grant') tellEnd(one.node.facts.name, session.screen);
    for (const trial of trials) tellTrial(trial, one, change, session.screen);
  }
  return trials;
}

/** How often a canary is sent, and for how long: replicas hear of a change in milliseconds, policies within 0.7 s. */
const ASK_EVERY_MS = 200;
const SETTLES_WITHIN_MS = 2000;

/** What the API server says to a canary as soon as it is what is expected, or at the end. */
function settled(
  node: string,
  work: (typeof FLOOR_RULES)[number],
  expected: 'accepted' | 'refused',
  session: Session,
): Promise<CanaryAnswer> {
  const isDone = ({ said }: CanaryAnswer): boolean => said === expected || said === 'unknown';
  const polling = { everyMs: ASK_EVERY_MS, withinMs: SETTLES_WITHIN_MS, isDone };
  return pollUntil(() => askCanary(work, byName(node), session.cluster), polling, session);
}
