import type { NodeRow } from '../../../../../plugin/verbs/ui/wire.ts';
import { IDLE_NODE } from '../../../../support/idle-node.ts';

/** A node that is not in maintenance, but for what a test says of it. */
export function row(name: string, more: Partial<NodeRow> = {}): NodeRow {
  const shown = { roles: [], stateText: more.state ?? IDLE_NODE.state, pressures: [], cleanSince: null, drain: null };
  return { name, ...IDLE_NODE, ...shown, ...more };
}

/** 2026-01-31T12:00:00Z */
export const NOON = Date.parse('2026-01-31T12:00:00Z');

/** So many minutes from noon, RFC 3339. */
export function minutes(count: number): string {
  return new Date(NOON + count * 60_000).toISOString();
}

/** A node in maintenance. */
export function held(name: string, more: Partial<NodeRow> = {}): NodeRow {
  const { until = null } = more;
  const claim = { owner: 'ops', mode: 'drain', since: minutes(-60), ...(until !== null && { until }) };
  return row(name, {
    state: 'Complete',
    mode: 'drain',
    since: minutes(-60),
    schedulable: false,
    claims: [claim],
    ...more,
  });
}
