import {
  activeExceptions,
  MaintError,
  renderDuration,
  withException,
  withoutExceptions,
  type Cluster,
  type Exception,
  type MaintenanceRecord,
} from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';

import { carriedPatch, recordOf } from './mark.ts';
import type { NodeSnapshot } from './snapshot.ts';
import { writeNode } from './write.ts';
import type { RuleId } from '../../shared/index.ts';

/** What `allow` does to the exceptions of a node: one more, or those from some rules (undefined: from all) taken back. */
export type ExceptionChange =
  | {
      readonly kind: 'grant';
      readonly rules: readonly RuleId[];
      /** RFC 3339, from `--until`; or a span in milliseconds, from `--for`. */
      readonly until: { readonly at: string } | { readonly inMs: number };
      readonly reason: string;
    }
  | { readonly kind: 'revoke'; readonly rules: readonly RuleId[] | undefined };

/**
 * Longest that an exception lasts, in ms: a day. It is for what cannot wait for the end of the maintenance, and the
 * longest of that is a backup that runs over night; what may always pass belongs into the configuration.
 */
export const MAX_EXCEPTION_MS = 24 * 3_600_000;

/** When an exception ends, in RFC 3339. Throws MaintError('usage') where that is over already, or too far away. */
export function exceptionEnd(until: Extract<ExceptionChange, { kind: 'grant' }>['until'], now: number): string {
  const end = 'at' in until ? Date.parse(until.at) : now + until.inMs;
  const text = timestamp(end);
  if (Date.parse(text) <= now) throw new MaintError('usage', `the exception would be over at once: it ends at ${text}`);
  if (end - now <= MAX_EXCEPTION_MS) return text;
  throw new MaintError(
    'usage',
    `the exception would last ${renderDuration(end - now)}: ${renderDuration(MAX_EXCEPTION_MS)} is the most`,
    {
      hint: 'what may pass for longer belongs into the configuration: a mode or scope of its rule, for one tool or all',
    },
  );
}

/** A change of a node's exceptions, with everything that the record will say. */
export type PlannedChange =
  | { readonly kind: 'grant'; readonly exception: Exception }
  | { readonly kind: 'revoke'; readonly rules: readonly string[] };

/** What a change came to on one node. */
export interface ChangedExceptions {
  readonly node: NodeSnapshot;
  /** The rules that are allowed now, or really were allowed until now. */
  readonly rules: readonly string[];
  /** Exceptions that the change has replaced or taken back. */
  readonly former: readonly Exception[];
  /** Exceptions that count now. */
  readonly current: readonly Exception[];
}

/** How a change is written. */
export interface ExceptionWrite {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly dryRun: 'none' | 'client' | 'server';
}

/**
 * Changes the exceptions of a node in maintenance, by compare-and-swap, and its labels with them. Throws MaintError:
 * `denied` where its maintenance has ended, or the caller may not; ClusterRefusal.
 */
export async function changeExceptions(
  node: NodeSnapshot,
  change: PlannedChange,
  { now, dryRun }: ExceptionWrite,
  cluster: Cluster,
): Promise<ChangedExceptions> {
  let before = recordOf(node);
  const patch = (fresh: NodeSnapshot) => {
    before = recordOf(fresh);
    if (before === undefined) return undefined;
    return carriedPatch(fresh, { record: changed(before, change), state: fresh.facts.state, now: timestamp(now) });
  };
  const written = dryRun === 'client' ? node : await writeNode(node, patch, cluster, { dryRun: dryRun === 'server' });
  if (before === undefined) {
    throw new MaintError('denied', `node ${node.facts.name} is not in maintenance any more, so it was not changed`);
  }
  const rules = change.kind === 'grant' ? change.exception.rules : change.rules;
  const former = activeExceptions(before, now).filter((exception) =>
    exception.rules.some((rule) => rules.includes(rule)),
  );
  return {
    node: written,
    rules: change.kind === 'grant' ? rules : rules.filter((rule) => former.some((one) => one.rules.includes(rule))),
    former,
    current: activeExceptions(changed(before, change), now),
  };
}

function changed(record: MaintenanceRecord, change: PlannedChange): MaintenanceRecord {
  return change.kind === 'grant' ? withException(record, change.exception) : withoutExceptions(record, change.rules);
}
