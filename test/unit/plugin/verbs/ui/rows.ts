import type { NodeRow } from '../../../../../plugin/verbs/ui/wire.ts';

/** A node that is not in maintenance, but for what a test says of it. */
export function row(name: string, more: Partial<NodeRow> = {}): NodeRow {
  return {
    name,
    roles: [],
    state: 'None',
    stateText: more.state ?? 'None',
    mode: null,
    since: null,
    until: null,
    overdue: false,
    claims: [],
    cordonedBy: null,
    podsLeft: null,
    unconfirmed: 0,
    progress: '',
    stoppedSince: null,
    ready: true,
    schedulable: true,
    health: null,
    heartbeat: null,
    pressures: [],
    cleanSince: null,
    drain: null,
    deletion: null,
    heldBack: null,
    exceptions: [],
    problems: [],
    ...more,
  };
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
