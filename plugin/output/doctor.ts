import type { CheckStatus } from '../doctor/diagnosis.ts';
import type { DoctorItem, DoctorReport } from '../doctor/report.ts';
import type { DoctorFormat } from '../operation.ts';

/** Renders the report: a line for each item, what to do below it, and a line that counts. Colour is for the status alone. */
export async function renderDoctor(report: DoctorReport, format: DoctorFormat, colour: boolean): Promise<string> {
  if (format === 'json') return JSON.stringify(report, undefined, 2);
  if (format === 'yaml') return (await import('yaml')).stringify(report).trimEnd();
  const { items } = report;
  const width = Math.max(0, ...items.map(({ check }) => check.length));
  const lines = items.flatMap((item, index) => linesOf(item, items[index + 1], { width, colour }));
  return [...lines, summary(items)].join('\n');
}

/** SGR codes of the terminal (ECMA-48): green, yellow, red. */
const COLOURS: Readonly<Record<CheckStatus, number>> = { ok: 32, warn: 33, fail: 31 };

/** Longest status, and two spaces. */
const STATUS_WIDTH = 6;

function linesOf(
  { check, status, message, todo }: DoctorItem,
  next: DoctorItem | undefined,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): readonly string[] {
  const word = colour ? `\u001b[${COLOURS[status]}m${status}\u001b[0m` : status;
  const line = `${word}${' '.repeat(STATUS_WIDTH - status.length)}${check.padEnd(width)}  ${message}`;
  // What helps several lines in a row is said once, below the last.
  if (todo === null || next?.todo === todo) return [line];
  return [line, `${' '.repeat(STATUS_WIDTH + width + 2)}-> ${todo}`];
}

function summary(items: readonly DoctorItem[]): string {
  const count = (wanted: CheckStatus): number => items.filter(({ status }) => status === wanted).length;
  return `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`;
}
