import { explainRecord, isOverdue, modeOf, untilOf, type NodeEvent, type NodeFacts } from '../../shared/index.ts';

/** An Event about a Node. Every replica gives it the same name, so that it is written once. */
export interface LifeEvent {
  readonly node: { readonly name: string; readonly uid: string };
  readonly name: string;
  readonly event: Pick<NodeEvent, 'type' | 'reason' | 'message'>;
}

/** The announced end of a maintenance has passed; undefined where it has not, or none was announced. */
export function overdueEvent(node: NodeFacts, now: number): LifeEvent | undefined {
  const { name, uid, record } = node;
  if (record.kind !== 'record' || !isOverdue(record.record, now)) return undefined;
  const until = Date.parse(untilOf(record.record) ?? '') / 1000;
  const on = `kubectl maint on ${name} --mode=${modeOf(record.record)} --for DURATION`;
  return {
    node: { name, uid },
    // With another end it is another reminder.
    name: `maintenance-overdue.${uid}.${Math.floor(until)}`,
    event: {
      type: 'Warning',
      reason: 'MaintenanceOverdue',
      message: `${explainRecord(record, now)}. Nothing ends by itself: kubectl maint off ${name} brings the node back, ${on} announces a later end`,
    },
  };
}

/** A node was deleted with its record. */
export function lostEvent({ name, uid, record }: NodeFacts, now: number): LifeEvent {
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
