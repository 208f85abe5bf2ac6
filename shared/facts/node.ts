import { HOSTNAME_LABEL, RECORD_ANNOTATION, STATE_LABEL } from '../labels.ts';
import { stateFromLabel, type MaintenanceState } from '../record/state.ts';
import { readRecord, type RecordReading } from '../record/record.ts';
import type { SchedulableNode } from '../scheduling/node-index.ts';
import { taintsFromNode } from '../scheduling/taints.ts';
import { conditionAt, isTrueAt, stringMapAt, textAt, timeAt } from './json.ts';

/** A Node as decisions see it. */
export interface NodeFacts extends SchedulableNode {
  readonly uid: string;
  /** The machine that it is, as its provider names it; empty where nobody said. */
  readonly providerId: string;
  /** What the record annotation says. Anything but `none` means the node is in maintenance. */
  readonly record: RecordReading;
  /** What the state label says; meaningful only while there is a record. */
  readonly state: MaintenanceState;
  /** Condition Ready is True. */
  readonly ready: boolean;
  /** Milliseconds since the epoch of the last change of the Ready condition; undefined where it was never set. */
  readonly readyChangedAt: number | undefined;
  /** Condition Ready is Unknown: its kubelet has not been heard of, so nobody confirms what happens to its pods. */
  readonly unreachable: boolean;
}

/** Whether the node is in maintenance: it carries our annotation, readable or not. */
export function isInMaintenance(node: NodeFacts): boolean {
  return node.record.kind !== 'none';
}

/** A Node object as facts; undefined where the object has no name. Missing fields read as empty. */
export function nodeFromObject(object: unknown): NodeFacts | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined || name === '') return undefined;
  const labels = stringMapAt(object, 'metadata', 'labels');
  const ready = conditionAt(object, 'Ready');
  return {
    name,
    uid: textAt(object, 'metadata', 'uid') ?? '',
    providerId: textAt(object, 'spec', 'providerID') ?? '',
    labels,
    taints: taintsFromNode(object),
    unschedulable: isTrueAt(object, 'spec', 'unschedulable'),
    record: readRecord(textAt(object, 'metadata', 'annotations', RECORD_ANNOTATION)),
    state: stateFromLabel(labels.get(STATE_LABEL)),
    ready: textAt(ready, 'status') === 'True',
    readyChangedAt: timeAt(ready, 'lastTransitionTime'),
    unreachable: textAt(ready, 'status') === 'Unknown',
  };
}

/** The name that the scheduler knows the node by: its hostname label, else its name. */
export function hostnameOf(node: SchedulableNode): string {
  return node.labels.get(HOSTNAME_LABEL) ?? node.name;
}
