import { clean, renderDuration, renderEnd } from '../../../shared/index.ts';
import type { NodeRun, NodeStatus } from './node-status.ts';
import { stateInWords, stepInWords } from './state.ts';

/** Longest text in a line, in characters; the whole text is in -o json. */
const MAX_TEXT = 512;
const NOTHING = '<none>';
const UNKNOWN = '<unknown>';

/** A title with what is said under it. */
type Row = readonly [title: string, text: string, below?: readonly string[]];

/** One node line by line, as `kubectl describe` has it: everything that `status` knows of it. */
export function renderNode(status: NodeStatus, now: number): string {
  const rows = [
    ...maintenanceRows(status, now),
    ...leftRows(status),
    ...healthRows(status),
    ...hookRows(status),
    ...exceptionRows(status, now),
  ];
  const width = Math.max(...rows.map(([title]) => title.length)) + 1;
  return rows
    .flatMap(([title, text, below = []]) => [
      `${`${title}:`.padEnd(width)}  ${clean(text, MAX_TEXT)}`.trimEnd(),
      ...below.map((line) => `  ${clean(line, MAX_TEXT)}`),
    ])
    .join('\n');
}

function maintenanceRows(status: NodeStatus, now: number): readonly Row[] {
  const { name, mode, since, until, claims, run, cordonedBy, problems, schedulable } = status;
  return [
    ['Name', name],
    ['State', [stateInWords(status, now), ...(mode === null ? [] : [`(${mode})`])].join(' '), problems],
    ...(run === null ? [] : [['Run', runText(run, now)] as const]),
    ['Since', since === null ? NOTHING : `${since} (${renderDuration(now - Date.parse(since))})`],
    ['Until', untilText(until, now)],
    ['Schedulable', schedulable ? 'yes' : 'no'],
    ...(cordonedBy === null ? [] : [['Cordoned by', cordonedBy] as const]),
    ['Owners', claims.length === 0 ? NOTHING : '', claims.map((claim) => claimText(claim, now))],
  ];
}

function runText(run: NodeRun, now: number): string {
  const { owner, id, number, of } = run;
  return `${number} of ${of}, ${stepInWords(run, now)} (run ${id} of ${owner})`;
}

function untilText(until: string | null, now: number): string {
  if (until === null) return NOTHING;
  return `${until} (${renderEnd(Date.parse(until) - now)})`;
}

function claimText({ owner, mode, since, until, ticket, reason }: NodeStatus['claims'][number], now: number): string {
  const end = until === undefined ? '' : `, until ${untilText(until, now)}`;
  const why = [ticket, reason].filter((part) => part !== undefined).join(' ');
  return `${owner}: ${mode} since ${since}${end}${why === '' ? '' : `; ${why}`}`;
}

/** What stands in the way, of the drain and of deleting the node. */
function leftRows(status: NodeStatus): readonly Row[] {
  const { podsLeft, progress, heldBack, deletion, expiry, repair } = status;
  const blockers = deletion?.blockers ?? [];
  return [
    ['Pods left', known(status, podsLeft, String), progress === '' ? [] : [progress]],
    ['Held back', known(status, heldBack, ({ length }) => (length === 0 ? NOTHING : String(length))), heldBack ?? []],
    [
      'Deletion',
      known(status, deletion, ({ verdict }) => (verdict === 'unknown' ? UNKNOWN : verdict)),
      blockers.map(({ text, names }) => (names.length === 0 ? text : `${text}: ${names.join(', ')}`)),
    ],
    ...(expiry === null ? [] : [['Expires', expiry.text] as const]),
    ...(repair === null ? [] : [['Repair', repair.text] as const]),
  ];
}

function healthRows(status: NodeStatus): readonly Row[] {
  const { ready, heartbeat, health } = status;
  return [
    ['Ready', ready ? 'True' : 'False'],
    ['Heartbeat', known(status, heartbeat, ({ ageSeconds }) => `${renderDuration(ageSeconds * 1000)} ago`)],
    ['Health', known(status, health, ({ length }) => (length === 0 ? 'healthy' : 'off would wait')), health ?? []],
  ];
}

/** Only where there are any: most clusters have no hooks. */
function hookRows({ hooks }: NodeStatus): readonly Row[] {
  if (hooks.length === 0) return [];
  return [
    ['Hooks', '', hooks.map(({ hook, step, done, undo }) => `${hook}/${step}${done ? '' : ' (begun)'}: ${undo}`)],
  ];
}

function exceptionRows({ exceptions }: NodeStatus, now: number): readonly Row[] {
  const lines = exceptions.map(
    ({ rules, until, by, reason }) =>
      `${rules.join(', ')} until ${until} (${renderDuration(Date.parse(until) - now)} more), by ${by}: ${reason}`,
  );
  return [['Exceptions', lines.length === 0 ? NOTHING : '', lines]];
}

/** Of a node that is not in maintenance nothing more is read. */
function known<T>(status: NodeStatus, value: T | null, render: (value: T) => string): string {
  if (value !== null) return render(value);
  return status.deletion === null ? NOTHING : UNKNOWN;
}
