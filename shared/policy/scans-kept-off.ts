import { renderDuration } from '../duration.ts';
import type { NodeFacts } from '../facts/node.ts';
import { untilOf } from '../record/claims.ts';
import type { PolicyConfig } from './config.ts';
import { clean, MAX_QUOTE } from '../words.ts';

/** A day without scans is what people should hear of: most scanners run once a day. */
const LONG_MS = 24 * 3_600_000;

/** The node that has kept scans off the cluster for longest. Times are RFC 3339. */
export interface ScansKeptOff {
  readonly node: string;
  readonly since: string;
  /** When it was, or is, to be back; null where no end was announced. */
  readonly until: string | null;
}

/** Whether one node in maintenance is enough for no scan to run anywhere. */
export function keepsScansOff({ rules: { scan } }: PolicyConfig): boolean {
  return scan.mode === 'enforce' && scan.scope === 'cluster';
}

/** The node because of which scans have been kept off for longer than a day; undefined where there is none. */
export function scansKeptOff(held: readonly NodeFacts[], now: number): ScansKeptOff | undefined {
  const [longest] = held
    .flatMap(({ name, record }) =>
      record.kind === 'record'
        ? [{ node: name, since: record.record.initiatedAt, until: untilOf(record.record) ?? null }]
        : [],
    )
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  return longest !== undefined && now - Date.parse(longest.since) > LONG_MS ? longest : undefined;
}

/** That as a sentence without a full stop. */
export function explainScansKeptOff({ node, since, until }: ScansKeptOff, now: number): string {
  const span = renderDuration(now - Date.parse(since));
  const late = until === null ? -1 : now - Date.parse(until);
  const overdue = late < 0 ? '' : `, overdue for ${renderDuration(late)}`;
  return `scans have been kept off the whole cluster for ${span} because of node ${clean(node, MAX_QUOTE)}${overdue}`;
}
