import { clean, explainScansKeptOff, joinNames } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import type { StatusFormat } from './flags.ts';
import type { Screen } from '../../terminal/screen.ts';
import { exemptSentences, passingSentences } from '../../policy/keeping-text.ts';
import type { Enforcement } from './enforcement.ts';
import type { LostNode, ReleasedAddon } from './from-events.ts';
import type { NodeStatus } from './node-status.ts';
import { stepInWords } from './state.ts';
import type { StatusReport } from './report.ts';

/** What is said where a table would have no rows. */
export const NO_NODES = 'No nodes in maintenance.';

/** Whether people read it; programs have everything in the list. */
export function isForPeople(format: StatusFormat): boolean {
  return format === 'table' || format === 'wide' || format === 'node';
}

/** What people have to know besides the table, on stderr; programs have it in the list. `now` is ms since the epoch. */
export function tellStatus(report: StatusReport, format: StatusFormat, screen: Screen, now: number): void {
  if (!isForPeople(format)) return;
  if (report.enforcement !== null) tellEnforcement(report.enforcement, format === 'wide', screen);
  if (report.scansKeptOff !== null) screen.warn(explainScansKeptOff(report.scansKeptOff, now));
  for (const node of report.lost) screen.warn(lostText(node));
  for (const addon of report.released) screen.warn(releasedText(addon));
  tellKarpenters(report.nodes, screen);
  tellRuns(report.nodes, screen, now);
  tellStopped(report.nodes, screen);
  tellLeftHooks(report.nodes, screen);
  const cordoned = report.nodes.filter(({ state, cordonedBy }) => state === 'Cordoned' && cordonedBy === null);
  if (cordoned.length === 0) return;
  const names = cordoned.map(({ name }) => name).join(' ');
  screen.note(
    `hint: cordoned without a record; to take over, as they are: kubectl maint on ${names} --adopt --no-drain`,
  );
}

function tellKarpenters(nodes: readonly NodeStatus[], screen: Screen): void {
  for (const { name, expiry, repair } of nodes) {
    if (expiry?.duringMaintenance === true) screen.warn(`node ${name}: ${expiry.text}`);
    if (repair !== null) screen.warn(`node ${name}: ${repair.text}`);
  }
}

/** Longest words of a record in these lines, in characters: others may have written it. */
const MAX_WORDS = 80;

/** Runs over nodes, each with where it is: the record of a node knows of itself alone. */
function tellRuns(nodes: readonly NodeStatus[], screen: Screen, now: number): void {
  const held = nodes.flatMap(({ name, run }) => (run === null ? [] : [{ name, run }]));
  for (const some of Map.groupBy(held, ({ run }) => run.id).values()) {
    const [first] = some;
    if (first === undefined) continue;
    const places = some.map(({ name, run }) => `${run.number} of ${run.of}, ${name}: ${stepInWords(run, now)}`);
    screen.note(`run of ${clean(first.run.owner, MAX_WORDS)}: ${listed(places)}`);
    const silent = some.filter(({ run }) => run.silentSince !== null).map(({ name }) => name);
    if (silent.length > 0) screen.note(`hint: nothing is heard of that run on ${listed(silent)}: ${IF_GONE}`);
  }
}

const IF_GONE = 'where it is gone, kubectl maint run with --resume goes on, or kubectl maint off ends the maintenance';

function tellStopped(nodes: readonly NodeStatus[], screen: Screen): void {
  const stopped = nodes.filter(({ stoppedSince }) => stoppedSince !== null).map(({ name }) => name);
  if (stopped.length === 0) return;
  const names = stopped.join(' ');
  screen.note(
    `hint: nobody goes on with the drain of ${names}: run the same kubectl maint on again, or give it up: kubectl maint off ${names}`,
  );
}

/** Out of maintenance, a node tells only of what could not be undone. */
function tellLeftHooks(nodes: readonly NodeStatus[], screen: Screen): void {
  for (const { name, state, hooks } of nodes) {
    if (hooks.length === 0 || (state !== 'None' && state !== 'Cordoned')) continue;
    const titles = hooks.map(({ hook, step }) => clean(`${hook}/${step}`, MAX_WORDS));
    screen.warn(
      `node ${name} is out of maintenance, and not undone there: ${listed(titles)}; kubectl maint off ${name} tries again`,
    );
  }
}

function lostText({ name, lostAt }: LostNode): string {
  return `node ${name} was deleted in the middle of a maintenance (${lostAt}) and is back without its record: it takes work; to go on: kubectl maint on ${name}`;
}

/** Longest words of the webhook, in characters: Events are written by others. */
const MAX_WHAT = 300;

function releasedText({ node, what, times, lastAt }: ReleasedAddon): string {
  const often = times === 1 ? `once, at ${lastAt}` : `${times} times, last at ${lastAt}`;
  return `an add-on change went on upon node ${node} in its maintenance (${often}): ${clean(what, MAX_WHAT)}`;
}

/** What is missing is said at once; that all is well, to those who look closely. */
function tellEnforcement(enforcement: Enforcement, closely: boolean, screen: Screen): void {
  const missing = missingEnforcement(enforcement);
  if (enforcement.webhook !== 'missing')
    for (const sentence of [...passingSentences(enforcement.keeping), ...exemptSentences(enforcement.exempt)])
      screen.note(sentence);
  if (closely && enforcement.webhook !== 'missing' && enforcement.assumed !== null) screen.warn(enforcement.assumed);
  if (missing !== undefined) screen.warn(`${missing}; kubectl maint doctor says what to do`);
  else if (closely && enforcement.webhook === 'registered') {
    screen.note(
      `the webhook is registered for everything that is kept off${withFloor(enforcement)}; whether it answers: kubectl maint doctor`,
    );
  }
}

function missingEnforcement({ webhook, floor, unregistered }: Enforcement): string | undefined {
  if (webhook === 'partly')
    return 'the webhook is not asked about everything: its controller has not heard of the maintenance';
  const unknown =
    unregistered.length === 0 ? undefined : `the API server's own policies do not know of ${joinNames(unregistered)}`;
  if (webhook !== 'missing') return unknown && `${unknown}: while no webhook answers, nothing is kept off there`;
  if (unknown !== undefined) return `the webhook is not registered, and ${unknown}: nothing is kept off there`;
  if (floor === null || floor.length === 0) {
    return 'the webhook is not registered: nothing keeps backups, scans and add-on changes off';
  }
  return `the webhook is not registered: only ${floor.join(' and ')} work that names its node is kept off, by the API server's own policies`;
}

function withFloor({ floor }: Enforcement): string {
  if (floor === null) return '';
  return floor.length === 0
    ? ', and the API server has no policies of its own'
    : `, and the API server has policies of its own (${floor.join(', ')})`;
}
