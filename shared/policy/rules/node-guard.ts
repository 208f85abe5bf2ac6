import { isTrueAt } from '../../facts/json.ts';
import { nodeFromObject, type NodeFacts } from '../../facts/node.ts';
import type { NodeFactsIndex } from '../../facts/node-table.ts';
import { isAlive, type PodFacts } from '../../facts/pod.ts';
import { KUBERNETES } from '../../kinds.ts';
import { HOOKS_ANNOTATION, RECORD_ANNOTATION, STATE_LABEL } from '../../labels.ts';
import { renderProblem } from '../../problem.ts';
import { NO_RECORD } from '../../record/record.ts';
import type { AskedEntry } from '../entry.ts';
import { breaksGuard } from '../guards.ts';
import { needKey } from '../needs.ts';
import { needing, type Judgement, type Objection, type Rule, type Subject, type RuleContext } from '../rule.ts';
import { clean, MAX_QUOTE } from '../../words.ts';

/** Whether an object carries our annotation. */
const marked = (object: string): string => `${object}.metadata.?annotations[?'${RECORD_ANNOTATION}'].hasValue()`;

/** Whether an object says what hooks have done for it. */
const prepared = (object: string): string => `${object}.metadata.?annotations[?'${HOOKS_ANNOTATION}'].hasValue()`;

/** Writes of a Node that the guard judges: its record or state label changes, it is uncordoned in maintenance, it goes. */
const NODE_ENTRY: AskedEntry = {
  name: 'node-guard',
  kinds: [{ kind: KUBERNETES.Node, operations: ['CREATE', 'UPDATE', 'DELETE'] }],
  conditions: [
    {
      name: 'record',
      expression:
        `request.operation == 'DELETE' || (request.operation == 'CREATE' && (${marked('object')} || ${prepared('object')})) || ` +
        `(request.operation == 'UPDATE' && (` +
        `object.metadata.?annotations[?'${RECORD_ANNOTATION}'] != oldObject.metadata.?annotations[?'${RECORD_ANNOTATION}'] || ` +
        `object.metadata.?annotations[?'${HOOKS_ANNOTATION}'] != oldObject.metadata.?annotations[?'${HOOKS_ANNOTATION}'] || ` +
        `object.metadata.?labels[?'${STATE_LABEL}'] != oldObject.metadata.?labels[?'${STATE_LABEL}'] || ` +
        `(${marked('oldObject')} && oldObject.spec.?unschedulable.orValue(false) && !object.spec.?unschedulable.orValue(false))))`,
    },
  ],
  always: true,
};

type GuardReason = 'NotYours' | 'UnreadableRecord' | 'LastNode' | 'StaysCordoned' | 'StillInUse' | 'RecordLost';

/** What to do for whoever may not write records. */
export const RECORD_STEP = 'Take nodes into maintenance with kubectl maint on, and back with kubectl maint off';

/**
 * The record of a node is written by those who may, readably, and never so that the control plane loses its quorum or the
 * cluster its last worker.
 */
export const nodeGuard: Rule<GuardReason> = {
  id: 'node-guard',
  denies:
    "changes of the record by a node's own identity; uncordoning a node in maintenance; an unreadable record; a mark that breaks control-plane quorum or takes the last worker",
  reasons: {
    NotYours: { means: "the record is not this identity's to write", next: () => RECORD_STEP },
    UnreadableRecord: { means: 'the record could not be read back', next: () => 'Write it with kubectl maint on' },
    LastNode: {
      means: "the mark would take the control plane's quorum, or the last worker",
      next: () => 'To take it all the same: kubectl maint on --allow-last-node',
    },
    StaysCordoned: {
      means: 'a node in maintenance is not uncordoned without ending the maintenance',
      next: (end) => `It takes work again after ${end}`,
    },
    StillInUse: { means: 'the node that is deleted still runs pods' },
    RecordLost: { means: 'the node that is deleted is in maintenance' },
  },
  defaults: { mode: 'enforce', scope: 'node', unknown: 'warn' },
  settings: [],
  inPalette: true,
  liftable: false,
  entries: [NODE_ENTRY],
  concerns: ({ object }) => object.groupKind === '/Node',
  judge: (subject, context) =>
    subject.request.operation === 'DELETE'
      ? judgeDelete(subject, context)
      : { objections: judgeWrite(subject, context), needs: [] },
};

/** A write of a Node, as the checks below see it. */
interface Write {
  readonly after: NodeFacts;
  readonly groups: readonly string[];
  readonly nodeIndex: NodeFactsIndex;
  readonly wasMarked: boolean;
  readonly wasCordoned: boolean;
  /** The record differs from what was there. */
  readonly rewrites: boolean;
  /** The state label, or what hooks have done, differs from what was there. */
  readonly relabels: boolean;
}

const CHECKS: readonly ((write: Write) => readonly Objection<GuardReason>[])[] = [
  byKubelet,
  unreadable,
  uncordons,
  takesLast,
];

function judgeWrite({ request, object }: Subject, { nodeIndex }: RuleContext): readonly Objection<GuardReason>[] {
  const after = nodeFromObject(object.raw);
  if (after === undefined) return [];
  const before = request.oldObject;
  const write: Write = {
    after,
    groups: request.user.groups,
    nodeIndex,
    wasMarked: before?.annotations.has(RECORD_ANNOTATION) === true,
    wasCordoned: isTrueAt(before?.raw, 'spec', 'unschedulable'),
    rewrites: before?.annotations.get(RECORD_ANNOTATION) !== object.annotations.get(RECORD_ANNOTATION),
    relabels:
      before?.labels.get(STATE_LABEL) !== object.labels.get(STATE_LABEL) ||
      before?.annotations.get(HOOKS_ANNOTATION) !== object.annotations.get(HOOKS_ANNOTATION),
  };
  return CHECKS.flatMap((check) => check(write));
}

/** NodeRestriction lets a kubelet write annotations and most labels of its own Node; ours are not its to write. */
function byKubelet({ after: { name }, groups, rewrites, relabels }: Write): readonly Objection<GuardReason>[] {
  if (!groups.includes('system:nodes') || !(rewrites || relabels)) return [];
  const detail = `a node's own identity may not change the maintenance record of node ${name}`;
  return [{ reason: 'NotYours', detail, nodes: [name] }];
}

function unreadable({ after: { name, record }, rewrites }: Write): readonly Objection<GuardReason>[] {
  if (!rewrites || record.kind !== 'unreadable') return [];
  const detail = `the record of node ${name} could not be read back: ${clean(record.problems.map(renderProblem).join('; '), 200)}`;
  return [{ reason: 'UnreadableRecord', detail, nodes: [name] }];
}

/** With the record gone in the same write, the cordon may go: so maintenance ends. */
function uncordons({ after, wasMarked, wasCordoned }: Write): readonly Objection<GuardReason>[] {
  if (!wasMarked || after.record.kind === 'none' || !wasCordoned || after.unschedulable) return [];
  const detail = `node ${after.name} is in maintenance and stays cordoned`;
  return [{ reason: 'StaysCordoned', detail, nodes: [after.name] }];
}

function takesLast({ after, nodeIndex, wasMarked }: Write): readonly Objection<GuardReason>[] {
  return wasMarked || after.record.kind === 'none' ? [] : breaksGuard(after, nodeIndex);
}

/** Deleting a node is nobody else's business; only what goes with it is said. */
function judgeDelete({ object }: Subject, { answers, live }: RuleContext): Judgement<GuardReason> {
  const need = { need: 'pods-on-node', namespace: '', node: object.name } as const;
  const answer = answers.get(needKey(need));
  if (answer === undefined && live) return needing(need);
  const pods = answer?.answer === 'pods-on-node' ? answer.pods.filter(isOthersWork) : [];
  return { objections: [...stillInUse(object.name, pods.length), ...losesRecord(object)], needs: [] };
}

function stillInUse(name: string, pods: number): readonly Objection<GuardReason>[] {
  if (pods === 0) return [];
  const detail = `node ${name} still runs ${pods} ${pods === 1 ? 'pod' : 'pods'} that nobody moved away`;
  return [{ reason: 'StillInUse', detail, nodes: [name], weight: 'advise' }];
}

/** A node that comes back under the same name takes work, whatever is done to it. */
function losesRecord({ name, raw }: Subject['object']): readonly Objection<GuardReason>[] {
  const record = nodeFromObject(raw)?.record ?? NO_RECORD;
  if (record.kind === 'none') return [];
  const owners = record.kind === 'record' ? record.record.claims.map(({ owner }) => clean(owner, MAX_QUOTE)) : [];
  const by = owners.length === 0 ? '' : ` for ${owners.join(', ')}`;
  const detail = `node ${name} is in maintenance${by}: the record goes with it, and a node that comes back under this name has none`;
  return [{ reason: 'RecordLost', detail, nodes: [name], weight: 'advise' }];
}

function isOthersWork(pod: PodFacts): boolean {
  return isAlive(pod) && !pod.mirror && pod.controller?.kind !== 'DaemonSet';
}
