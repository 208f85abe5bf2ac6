import { clean, renderDuration, renderEnd } from '../../../shared/index.ts';
import type { StatusFormat } from './flags.ts';
import { counted, type Deletion, type DeletionBlocker } from './deletion.ts';
import type { NodeStatus } from './node-status.ts';
import type { StatusReport } from './report.ts';
import { renderNode } from './node-text.ts';
import { runInTable, stateWord } from './state.ts';
import { cutLine, renderTable } from '../../terminal/table.ts';

/** The `-o json` and `-o yaml` form: a list, like kubectl's. Only ever extended. */
function asList({ nodes, ...about }: StatusReport): object {
  return { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceStatusList', ...about, items: nodes };
}

/** How tables look. */
export interface TableStyle {
  /** Characters in a line; 0 = nothing is cut. */
  readonly width: number;
  readonly colour: boolean;
  /** Without the names of the columns. */
  readonly noHeaders?: boolean | undefined;
  /** Milliseconds since the epoch: ages count to it. */
  readonly now: number;
}

/** Renders the statuses; empty for tables without rows. */
export async function renderStatus(report: StatusReport, format: StatusFormat, style: TableStyle): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(asList(report), undefined, 2);
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(asList(report)).trimEnd();
    }
    case 'name':
      return report.nodes.map(nameOf).join('\n');
    case 'node':
      return report.nodes.map((node) => renderNode(node, style.now)).join('\n\n');
    case 'table':
    case 'wide':
      return new StatusTable(format, style).render(report.nodes, style.now);
  }
}

/** `node/n1` */
export function nameOf({ name }: NodeStatus): string {
  return `node/${name}`;
}

const HEADER = [
  'NAME',
  'STATE',
  'RUN',
  'MODE',
  'AGE',
  'UNTIL',
  'OWNERS',
  'PODS LEFT',
  'READY',
  'HEARTBEAT',
  'DELETION',
  'EXCEPTIONS',
];
const WIDE = ['HEALTH', 'HELD BACK', 'REASON', 'PROGRESS'];
const NOTHING = '<none>';
const UNKNOWN = '<unknown>';
/** Widest text in a cell, in characters; the whole text is in -o json. */
const MAX_CELL = 60;
/** Where nothing is cut a cell holds what a kubelet may say of every condition (nodes/conditions.ts), and many names. */
const MAX_PIPED = 4096;
/** The last cell pushes nothing aside: it has room for all that a condition may say (nodes/conditions.ts). */
const MAX_LAST_CELL = 512;

/** What a terminal takes for red, and for its usual colour (ECMA-48, SGR). */
const [RED, USUAL] = ['\u001b[31m', '\u001b[0m'];

/** A table that may go on: header first, then rows in columns that stay where they are. */
export class StatusTable {
  readonly #wide: boolean;
  readonly #style: Omit<TableStyle, 'now'>;
  readonly #widths: number[] = [];
  #isBegun: boolean;

  constructor(format: 'table' | 'wide', style: Omit<TableStyle, 'now'>) {
    this.#wide = format === 'wide';
    this.#style = style;
    this.#isBegun = style.noHeaders ?? false;
  }

  /** The next rows, below the header where they are the first; empty without rows. Overdue nodes are red. */
  render(nodes: readonly NodeStatus[], now: number): string {
    if (nodes.length === 0) return '';
    const { width, colour } = this.#style;
    const cell = cellsOf(width === 0 ? MAX_PIPED : MAX_CELL);
    const rows = nodes.map((node) => [...cells(node, now, cell), ...(this.#wide ? wideCells(node, cell) : [])]);
    const header = this.#isBegun ? [] : [[...HEADER, ...(this.#wide ? WIDE : [])]];
    this.#isBegun = true;
    const lines = renderTable([...header, ...rows], this.#widths).split('\n');
    return lines
      .map((line) => (width > 0 ? cutLine(line, width) : line))
      .map((line, index) => (colour && isLate(nodes[index - header.length], now) ? RED + line + USUAL : line))
      .join('\n');
  }
}

/** Text as it stands in a cell. */
type Cell = (text: string) => string;

function cells(status: NodeStatus, now: number, cell: Cell): readonly string[] {
  return [
    status.name,
    stateWord(status),
    status.run === null ? NOTHING : runInTable(status.run),
    status.mode ?? NOTHING,
    status.since === null ? NOTHING : renderDuration(now - Date.parse(status.since)),
    untilCell(status.until, now),
    cell(status.cordonedBy ?? ownersOf(status.claims, now)),
    known(status, status.podsLeft, String),
    status.ready ? 'True' : 'False',
    known(status, status.heartbeat, ({ ageSeconds }) => renderDuration(ageSeconds * 1000)),
    known(status, status.deletion, deletionCell),
    cell(exceptionsOf(status, now)),
  ];
}

/** Of a node that is not in maintenance nothing more is read. */
function known<T>(status: NodeStatus, value: T | null, render: (value: T) => string): string {
  if (value !== null) return render(value);
  return status.deletion === null ? NOTHING : UNKNOWN;
}

/** A view that is drawn anew goes by its own time. */
function isLate(status: NodeStatus | undefined, now: number): boolean {
  return status?.until != null && Date.parse(status.until) < now;
}

function untilCell(until: string | null, now: number): string {
  if (until === null) return NOTHING;
  return renderEnd(Date.parse(until) - now);
}

/** Of several owners, those who are overdue are told apart; of one alone `UNTIL` tells. */
function ownersOf(claims: NodeStatus['claims'], now: number): string {
  const late = (until: string | undefined): string => {
    const left = until === undefined || claims.length === 1 ? 0 : Date.parse(until) - now;
    return left < 0 ? ` (${renderEnd(left)})` : '';
  };
  return claims.map(({ owner, until }) => owner + late(until)).join(',');
}

const BLOCKED_BY: Readonly<Record<DeletionBlocker['kind'], (count: number) => string>> = {
  schedulable: () => 'schedulable',
  pods: (count) => counted(count, 'pod'),
  volumes: (count) => counted(count, 'volume'),
  'control-plane': () => 'quorum',
  claims: (count) => counted(count, 'owner'),
  record: () => 'record',
};

function deletionCell({ verdict, blockers }: Deletion): string {
  if (verdict !== 'blocked') return verdict === 'safe' ? 'safe' : UNKNOWN;
  return `blocked: ${blockers.map(({ kind, names }) => BLOCKED_BY[kind](names.length)).join(', ')}`;
}

/** What is lifted, and for how much longer. */
function exceptionsOf({ exceptions }: NodeStatus, now: number): string {
  return exceptions
    .map(({ rules, until }) => `${rules.join('+')} for ${renderDuration(Date.parse(until) - now)}`)
    .join(', ');
}

function wideCells(status: NodeStatus, cell: Cell): readonly string[] {
  const reasons = status.claims.map(({ reason, ticket }) =>
    [ticket, reason].filter((part) => part !== undefined).join(' '),
  );
  return [
    known(status, status.health, (problems) => (problems.length === 0 ? 'healthy' : cell(problems.join(', ')))),
    known(status, status.heldBack, (pods) => cell(pods.join(','))),
    cell(reasons.filter((text) => text !== '').join('; ')),
    cellsOf(MAX_LAST_CELL)(status.problems.join('; ') || status.progress),
  ];
}

function cellsOf(max: number): Cell {
  return (text) => (text === '' ? NOTHING : clean(text, max));
}
