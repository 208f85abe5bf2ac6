import { clean, renderDuration } from '../../shared/index.ts';
import type { NodeStatus } from '../operations/node-status.ts';
import type { StatusFormat } from '../operation.ts';
import { renderTable } from './table.ts';

/** The `-o json` and `-o yaml` form: a list, like kubectl's. */
function asList(statuses: readonly NodeStatus[]): object {
  return { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenanceStatusList', items: statuses };
}

/** Renders the statuses; empty for tables without rows. */
export async function renderStatus(
  statuses: readonly NodeStatus[],
  format: StatusFormat,
  now: number,
): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(asList(statuses), undefined, 2);
    case 'yaml': {
      const { stringify } = await import('yaml');
      return stringify(asList(statuses)).trimEnd();
    }
    case 'name':
      return statuses.map(({ name }) => `node/${name}`).join('\n');
    case 'table':
    case 'wide':
      return statuses.length === 0 ? '' : renderTable(rowsFrom(statuses, format === 'wide', now));
  }
}

const HEADER = ['NAME', 'STATE', 'MODE', 'AGE', 'UNTIL', 'OWNERS', 'PODS LEFT', 'READY'];
const WIDE = ['REASON', 'PROGRESS'];
const NOTHING = '<none>';
/** Widest reason or owner in a cell, in characters; the whole text is in -o json. */
const MAX_CELL = 60;

function rowsFrom(statuses: readonly NodeStatus[], wide: boolean, now: number): readonly (readonly string[])[] {
  const rows = statuses.map((status) => [...cells(status, now), ...(wide ? wideCells(status) : [])]);
  return [[...HEADER, ...(wide ? WIDE : [])], ...rows];
}

function cells(status: NodeStatus, now: number): readonly string[] {
  return [
    status.name,
    status.state,
    status.mode ?? NOTHING,
    status.since === null ? NOTHING : renderDuration(now - Date.parse(status.since)),
    untilCell(status.until, now),
    cell(status.claims.map(({ owner }) => owner).join(',')),
    status.podsLeft === null ? NOTHING : String(status.podsLeft),
    status.ready ? 'True' : 'False',
  ];
}

function untilCell(until: string | null, now: number): string {
  if (until === null) return NOTHING;
  const left = Date.parse(until) - now;
  return left < 0 ? `overdue ${renderDuration(-left)}` : `in ${renderDuration(left)}`;
}

function wideCells(status: NodeStatus): readonly string[] {
  const reasons = status.claims.map(({ reason, ticket }) =>
    [ticket, reason].filter((part) => part !== undefined).join(' '),
  );
  return [cell(reasons.filter((text) => text !== '').join('; ')), cell(status.problems.join('; ') || status.progress)];
}

function cell(text: string): string {
  return text === '' ? NOTHING : clean(text, MAX_CELL);
}
