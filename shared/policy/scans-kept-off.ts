import { renderDuration } from '../duration.ts';
import type { NodeFacts } from '../facts/node.ts';
import { overdueMs } from '../record/claims.ts';
import type { PolicyConfig } from './config.ts';
import { clean } from './words.ts';

/** A day without scans is what people should hear of: most scanners run once a day. */
const LONG_MS = 24 * 3_600_000;

/** Longest name of a node in the sentence, in characters. */
const MAX_NAME = 80;

/** The node that has kept scans off the cluster for longest. Spans are milliseconds. */
export interface ScansKeptOff {
  readonly node: string;
  readonly forMs: number;
  /** How long ago it was to be back; below 0 before that, and where no end was announced. */
  readonly overdueMs: number;
}

/** Whether one node in maintenance is enough for no scan to run anywhere. */
export function keepsScansOff({ rules: { scan } }: PolicyConfig): boolean {
  return scan.mode === 'enforce' && scan.scope === 'cluster';
}

/** Because of which node no scan has run for a day or longer; undefined where none does so. */
export function scansKeptOff(held: readonly NodeFacts[], now: number): ScansKeptOff | undefined {
  const [longest] = held
    .flatMap(({ name, record }) =>
      record.kind === 'record'
        ? [{ node: name, forMs: now - Date.parse(record.record.initiatedAt), overdueMs: overdueMs(record.record, now) }]
        : [],
    )
    .sort((a, b) => b.forMs - a.forMs);
  return longest !== undefined && longest.forMs > LONG_MS ? longest : undefined;
}

/** That as a sentence without a full stop. */
export function explainScansKeptOff({ node, forMs, overdueMs: late }: ScansKeptOff): string {
  const overdue = late < 0 ? '' : `, overdue for ${renderDuration(late)}`;
  return `no scan has run in the cluster for ${renderDuration(forMs)} because of node ${clean(node, MAX_NAME)}${overdue}`;
}
