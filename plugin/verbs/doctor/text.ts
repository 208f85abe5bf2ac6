import type { CheckStatus } from './diagnosis.ts';
import type { DoctorItem, DoctorReport } from './report.ts';
import type { DoctorFormat } from './flags.ts';

/** Renders the report: a line for each item, what to do below it, and a line that counts. Colour is for the status alone. */
export async function renderDoctor(report: DoctorReport, format: DoctorFormat, colour: boolean): Promise<string> {
  if (format === 'json') return JSON.stringify(report, undefined, 2);
  if (format === 'yaml') return (await import('yaml')).stringify(report).trimEnd();
  const { items, grants } = report;
  const columns: Columns = {
    status: Math.max(USUAL_STATUS, ...items.map(({ status }) => status.length)) + GAP,
    check: Math.max(0, ...items.map(({ check }) => check.length)),
    colour,
  };
  const lines = items.flatMap((item, index) => linesOf(item, items[index + 1], columns));
  const manifest = grants === null ? [] : ['', grants.trimEnd(), ''];
  return [...lines, ...manifest, summary(items)].join('\n');
}

/** SGR codes of the terminal (ECMA-48): green, cyan, yellow, red. */
const COLOURS: Readonly<Record<CheckStatus, number>> = { ok: 32, skipped: 36, warn: 33, fail: 31 };

/** The longest status of most reports, in characters. */
const USUAL_STATUS = 4;
/** Spaces between two columns. */
const GAP = 2;

interface Columns {
  readonly status: number;
  readonly check: number;
  readonly colour: boolean;
}

function linesOf(
  { check, status, message, todo }: DoctorItem,
  next: DoctorItem | undefined,
  { status: width, check: checkWidth, colour }: Columns,
): readonly string[] {
  const word = colour ? `\u001b[${COLOURS[status]}m${status}\u001b[0m` : status;
  const line = `${word}${' '.repeat(width - status.length)}${check.padEnd(checkWidth)}  ${message}`;
  // What helps several lines in a row is said once, below the last.
  if (todo === null || next?.todo === todo) return [line];
  return [line, `${' '.repeat(width + checkWidth + GAP)}-> ${todo}`];
}

function summary(items: readonly DoctorItem[]): string {
  const count = (wanted: CheckStatus): number => items.filter(({ status }) => status === wanted).length;
  const left = count('skipped') === 0 ? '' : `${count('skipped')} skipped, `;
  return `${count('ok')} ok, ${left}${count('warn')} warn, ${count('fail')} fail`;
}
