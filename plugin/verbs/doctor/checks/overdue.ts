import {
  clean,
  explainScansKeptOff,
  keepsScansOff,
  MAX_TEXT,
  overdueClaims,
  renderDuration,
  scansKeptOff,
  type MaintenanceRecord,
} from '../../../../shared/index.ts';
import { shellLine } from '../../../terminal/shell-line.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import type { PolicyInForce } from '../../../policy/in-force.ts';
import { checkOf } from '../check.ts';
import { ok, warn, type Diagnosis } from '../diagnosis.ts';

/** The nodes in maintenance, the policy in force, and what time it is (ms since the epoch). */
export interface OverdueReading {
  readonly held: readonly NodeSnapshot[];
  readonly policy: PolicyInForce;
  readonly now: number;
}

export const overdue = checkOf({
  id: 'overdue',
  asks: 'Whether a maintenance should be over',
  warns: 'an announced end has passed, or one node has kept scans off the whole cluster for more than a day',
  fails: '',
  read: async (readings): Promise<OverdueReading> => {
    const [held, policy] = await Promise.all([readings.held(), readings.policy()]);
    return { held, policy, now: readings.now() };
  },
  judge: judgeOverdue,
});

/** Judges the ends. Nothing ends by itself. Pure. */
export function judgeOverdue({ held, policy, now }: OverdueReading): readonly Diagnosis[] {
  const ends = held.flatMap(({ facts: { name, record } }) =>
    record.kind === 'record' ? late(name, record.record, now) : [],
  );
  const found = [...ends, ...noScans({ held, policy, now })];
  return found.length > 0 ? found : [ok('no maintenance is overdue')];
}

function noScans({ held, policy, now }: OverdueReading): readonly Diagnosis[] {
  // Where no webhook is registered, other checks say that nothing is kept off.
  const found =
    policy.source.from !== 'unregistered' && keepsScansOff(policy.policy.config)
      ? scansKeptOff(
          held.map(({ facts }) => facts),
          now,
        )
      : undefined;
  if (found === undefined) return [];
  const { node } = found;
  return [
    warn(
      explainScansKeptOff(found, now),
      `kubectl maint off ${node}, or let scans pass for a while: kubectl maint allow ${node} --rules scan --for 2h --reason TEXT (rules.scan.afterOverdue does so for all that is long overdue)`,
    ),
  ];
}

function late(node: string, record: MaintenanceRecord, now: number): readonly Diagnosis[] {
  return overdueClaims(record, now).map(({ owner, until = '' }) =>
    warn(
      `node ${node} was to be back for ${clean(owner, 80)} ${renderDuration(now - Date.parse(until))} ago (${clean(until, 40)})`,
      endOrChange(node, owner),
    ),
  );
}

/** Both lines are about this owner's claim, whoever reads them. A name that cannot be shown as it is cannot be typed. */
function endOrChange(node: string, owner: string): string {
  if (clean(owner, MAX_TEXT) !== owner) return `kubectl maint status ${node} tells whose it is`;
  const end = shellLine(['kubectl', 'maint', 'off', node, '--owner', owner]);
  const change = shellLine(['kubectl', 'maint', 'on', node, '--owner', owner, '--no-drain', '--for', '2h']);
  return `${end}, or announce another end (nothing is evicted): ${change}`;
}
