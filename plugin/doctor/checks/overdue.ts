import { clean, overdueClaims, renderDuration, type MaintenanceRecord } from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { checkOf } from '../check.ts';
import { ok, warn, type Diagnosis } from '../diagnosis.ts';

/** The nodes in maintenance, and what time it is (ms since the epoch). */
export interface OverdueReading {
  readonly held: readonly NodeSnapshot[];
  readonly now: number;
}

export const overdue = checkOf({
  id: 'overdue',
  asks: 'Whether a maintenance or an exception should be over',
  warns: 'an announced end has passed, or an exception that is over still stands in a record',
  fails: '',
  read: async (readings): Promise<OverdueReading> => ({ held: await readings.held(), now: readings.now() }),
  judge: judgeOverdue,
});

/** Judges the ends. Nothing ends by itself. Pure. */
export function judgeOverdue({ held, now }: OverdueReading): readonly Diagnosis[] {
  const found = held.flatMap(({ facts: { name, record } }) =>
    record.kind === 'record' ? [...late(name, record.record, now), ...stale(name, record.record, now)] : [],
  );
  return found.length > 0 ? found : [ok('no maintenance and no exception is overdue')];
}

function late(node: string, record: MaintenanceRecord, now: number): readonly Diagnosis[] {
  return overdueClaims(record, now).map(({ owner, until = '' }) =>
    warn(
      `node ${node} was to be back for ${clean(owner, 80)} ${renderDuration(now - Date.parse(until))} ago (${clean(until, 40)})`,
      `kubectl maint off ${node}, or announce another end: kubectl maint on ${node} --for 2h`,
    ),
  );
}

function stale(node: string, record: MaintenanceRecord, now: number): readonly Diagnosis[] {
  return record.exceptions
    .filter(({ until }) => Date.parse(until) <= now)
    .map(({ rules, until, by }) =>
      warn(
        `the exception of node ${node} from ${clean(rules.join(', '), 80)} by ${clean(by, 80)} ended at ${clean(until, 40)}; the floor goes by its label, and lets pass until that is gone`,
        `kubectl maint allow ${node} --revoke`,
      ),
    );
}
