/** A small world for the policy's tests: nodes, requests and situations, each written down in one line. */
import { nodeFromObject, type NodeFacts } from '../../../shared/facts/node.ts';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import { workFromObject } from '../../../shared/facts/work.ts';
import { RECORD_ANNOTATION, STATE_LABEL } from '../../../shared/labels.ts';
import type { Situation } from '../../../shared/policy/evaluate.ts';
import { creationOf, type ReviewRequest } from '../../../shared/policy/request.ts';
import type { MaintenanceRecord } from '../../../shared/record/record.ts';
import { situationWith } from '../../support/situations.ts';

export const NOW = Date.parse('2026-01-06T08:00:00Z');
export const SINCE = '2026-01-06T07:46:00Z';

export const RECORD: MaintenanceRecord = {
  version: 1,
  claims: [{ owner: 'ana', mode: 'drain', reason: 'new disk', since: SINCE }],
  before: { cordoned: false },
  exceptions: [],
  initiatedAt: SINCE,
};

/** How a node differs from a Ready one with nothing on it. */
export interface NodeSketch {
  /** A text stands for itself. */
  readonly record?: Partial<MaintenanceRecord> | string;
  readonly state?: string;
  readonly ready?: boolean;
  /** Milliseconds since its Ready condition changed; without it nobody says when. */
  readonly readyChangedFor?: number;
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly object[];
}

export function node(name: string, sketch: NodeSketch = {}): NodeFacts {
  const { record, state = 'complete', ready = true, hostname = name, labels = {}, taints = [] } = sketch;
  const { readyChangedFor } = sketch;
  const text = typeof record === 'object' ? JSON.stringify({ ...RECORD, ...record }) : record;
  const facts = nodeFromObject({
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': hostname, ...labels, ...(text !== undefined && { [STATE_LABEL]: state }) },
      annotations: text === undefined ? {} : { [RECORD_ANNOTATION]: text },
    },
    spec: { unschedulable: text !== undefined, taints },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          ...(readyChangedFor !== undefined && {
            lastTransitionTime: new Date(NOW - readyChangedFor).toISOString(),
          }),
        },
      ],
    },
  });
  if (facts === undefined) throw new Error('a node has a name');
  return facts;
}

/** A node in maintenance. */
export function held(name: string, sketch: NodeSketch = {}): NodeFacts {
  return node(name, { record: {}, ...sketch });
}

/** Everything decided by the nodes alone, unless said otherwise. */
export function situation(nodes: Iterable<NodeFacts>, more: Partial<Situation> = {}): Situation {
  return situationWith(NOW, new NodeTable(nodes), more);
}

/** The CREATE of an object, by somebody. */
export function creation(object: object, more: Partial<ReviewRequest> = {}): ReviewRequest {
  return { ...creationOf(object), user: { name: 'ana', groups: [] }, ...more };
}

/** The UPDATE of an object. */
export function update(before: object, after: object, more: Partial<ReviewRequest> = {}): ReviewRequest {
  return creation(after, { operation: 'UPDATE', oldObject: workFromObject(before), ...more });
}

/** The DELETE of an object. */
export function deletion(object: object, more: Partial<ReviewRequest> = {}): ReviewRequest {
  return creation(object, { operation: 'DELETE', object: undefined, oldObject: workFromObject(object), ...more });
}

/** A backup of a ZFS volume on a node, which it names itself. */
export function volumeBackup(name: unknown): object {
  return {
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSBackup',
    metadata: { name: 'nightly', namespace: 'openebs' },
    spec: { ownerNodeID: name },
  };
}

/** A Job that its user labelled. */
export function labelledJob(work: string, spec: object = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job', labels: { 'kubectl-maint.io/work': work } },
    spec: { template: { spec } },
  };
}
