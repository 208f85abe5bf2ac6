import { clean, explainRecord, modeOf, overdueClaims, type NodeEvent, type NodeFacts } from '../../../shared/index.ts';

/** An Event about a Node. Every controller gives it the same name, so that it is written once. */
export interface MaintenanceEvent {
  readonly node: { readonly name: string; readonly uid: string };
  readonly name: string;
  readonly event: Pick<NodeEvent, 'type' | 'reason' | 'message'>;
}

/** Longest list of owners in an Event, in characters. */
const MAX_OWNERS = 160;

/** The announced end of somebody's claim has passed; undefined where none has, or none was announced. */
export function overdueEvent(node: NodeFacts, now: number): MaintenanceEvent | undefined {
  const { name, uid, record } = node;
  const late = record.kind === 'record' ? overdueClaims(record.record, now) : [];
  if (record.kind !== 'record' || late.length === 0) return undefined;
  const ends = late.map(({ until = '' }) => Math.floor(Date.parse(until) / 1000));
  const owners = clean(late.map(({ owner }) => owner).join(', '), MAX_OWNERS);
  const on = `kubectl maint on ${name} --mode=${modeOf(record.record)} --for DURATION`;
  return {
    node: { name, uid },
    // With another end, or one more that has passed, it is another reminder.
    name: `maintenance-overdue.${uid}.${Math.max(...ends)}`,
    event: {
      type: 'Warning',
      reason: 'MaintenanceOverdue',
      message: `overdue for ${owners}: ${explainRecord(record, now)}. Nothing ends by itself: kubectl maint off ${name} brings the node back, ${on} announces a later end`,
    },
  };
}

/** A node was deleted with its record. */
export function lostEvent({ name, uid, record }: NodeFacts, now: number): MaintenanceEvent {
  return {
    node: { name, uid },
    name: `maintenance-lost.${uid}`,
    event: {
      type: 'Warning',
      reason: 'MaintenanceLost',
      message: `deleted while ${explainRecord(record, now)}. It comes back without a record, and takes pods and work again: kubectl maint on ${name} takes it into maintenance anew`,
    },
  };
}
