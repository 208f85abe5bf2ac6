import type { WorkObject } from '../../facts/work.ts';
import { WORK_LABEL } from '../../labels.ts';
import { overdueMs } from '../../record/claims.ts';
import { isDaemonSetControllers } from '../controllers.ts';
import { confirmationsFor, unknownAmong } from '../confirm.ts';
import type { Reach } from '../../scheduling/reach.ts';
import { are, keptOffNodes, keptOutOfCluster } from '../details.ts';
import { lookupsFor } from '../lookups.ts';
import { unlessPipelineStep } from '../pipeline-owner.ts';
import { nodeSourceOf, SCHEDULE_KIND, type Classification } from '../../targets/classify.ts';
import {
  needing,
  NO_OBJECTION,
  objection,
  type Judgement,
  type Objection,
  type Subject,
  type RuleContext,
} from '../rule.ts';
import { joinNames } from '../../words.ts';

/** Why work is kept off, or advised about. */
export type WorkReason = keyof typeof WORK_REASONS;

/** What these reasons mean, and what to do where that does not depend on the work. */
export const WORK_REASONS = {
  Unread: {
    means: 'more is written on it than is read: owners, containers, what they run, or where',
    next: (end: string) => `Put its script into a ConfigMap or an image, or start it after ${end}`,
  },
  NodeInMaintenance: { means: 'the work names a node in maintenance' },
  OnlyMaintenanceNodesLeft: { means: 'the work could only run on nodes in maintenance' },
  ClusterInMaintenance: { means: 'the rule looks at the whole cluster, and some node is in maintenance' },
  MayLand: { means: 'the work tolerates the cordon and may be placed on a node in maintenance' },
  LabelNotPassedOn: { means: 'the label that says what the work is stands where its Jobs do not get it' },
  Unknown: { means: 'what decides could not be found out' },
};

/**
 * What the rules `backup` and `scan` share: classified work is kept off nodes, or out of a cluster, in maintenance.
 * A DaemonSet that does such work is refused itself; its controller's pods pass, since one that is refused stops the
 * DaemonSet on every node (see addon-hold.ts).
 */
export function judgeWork(subject: Subject, context: RuleContext): Judgement<WorkReason> {
  const { isUnread, pattern } = subject.classification;
  if (pattern?.role === 'schedule') return labelAdvice(subject.object);
  if (isDaemonSetControllers(subject)) return NO_OBJECTION;
  const judged = context.rule.scope === 'cluster' ? ofCluster(subject, context) : ofNodes(subject, context);
  const found = isUnread === true ? inDoubt(judged) : judged;
  const weighed = { ...found, objections: found.objections.map((one) => weighedBy(one, context)) };
  const refuses = weighed.objections.some(({ weight }) => weight === undefined);
  return unlessPipelineStep(refuses ? weighed : confirmed(weighed, subject, context), subject, context);
}

/** An objection because of nodes alone that are all long overdue weighs less where the configuration says so. */
function weighedBy(
  found: Objection<WorkReason>,
  { rule: { afterOverdue }, nodeIndex, now }: RuleContext,
): Objection<WorkReason> {
  if (found.weight !== undefined || afterOverdue === undefined || found.nodes.length === 0) return found;
  const isForgotten = found.nodes.every((name) => {
    const reading = nodeIndex.node(name)?.record;
    return reading?.kind === 'record' && overdueMs(reading.record, now) > afterOverdue.forMs;
  });
  if (!isForgotten) return found;
  return { ...found, detail: `${found.detail}, long past the announced end`, weight: 'overdue' };
}

/** Whether a rule about some work has to look at an object: it is such work, or nobody knows whether it is. */
export function mayBe(work: 'backup' | 'scan', { work: is, isUnread }: Classification): boolean {
  return is === work || isUnread === true;
}

/** What is too long to be read may be such work or none: the configured answer for what is not known decides. */
function inDoubt({ objections, needs }: Judgement<WorkReason>): Judgement<WorkReason> {
  const refused = objections.filter(({ weight }) => weight === undefined);
  return { objections: refused.map((found) => ({ ...found, reason: 'Unread', weight: 'unknown' })), needs };
}

/** Before work is allowed, what the cache said is read again; what cannot be read takes the configured answer. */
function confirmed(found: Judgement<WorkReason>, subject: Subject, context: RuleContext): Judgement<WorkReason> {
  const needs = [...found.needs, ...confirmationsFor(subject, context)];
  if (needs.length > 0) return { ...found, needs };
  const why = unknownAmong(context.answers);
  if (why === undefined) return found;
  const detail = `whether it reaches a node in maintenance could not be found out (${why})`;
  return { objections: [...found.objections, { reason: 'Unknown', detail, nodes: [], weight: 'unknown' }], needs: [] };
}

function ofCluster({ classification }: Subject, { nodeIndex }: RuleContext): Judgement<WorkReason> {
  const nodes = nodeIndex.heldNames;
  if (nodes.length === 0) return NO_OBJECTION;
  const detail = keptOutOfCluster(nameOf(classification), nodes);
  return objection({ reason: 'ClusterInMaintenance', detail, nodes });
}

function ofNodes(subject: Subject, context: RuleContext): Judgement<WorkReason> {
  const { object, classification } = subject;
  if (classification.pattern?.role === 'root') return NO_OBJECTION;
  const needs = lookupsFor(object, nodeSourceOf(classification), context);
  if (needs.length > 0) return needing(...needs);
  const reach = context.reach();
  if (object.template?.placement.isExcessive === true && reach.kind === 'only') return notLookedInto(reach.nodes);
  return ofReach(subject, reach);
}

function ofReach(subject: Subject, reach: Reach): Judgement<WorkReason> {
  const names = joinNames(reach.nodes);
  const what = nameOf(subject.classification);
  switch (reach.kind) {
    case 'cannot':
      return NO_OBJECTION;
    case 'pinned':
      return objection({
        reason: 'NodeInMaintenance',
        detail: keptOffNodes(what, reach.nodes),
        nodes: reach.nodes,
      });
    case 'only':
      return objection({
        reason: 'OnlyMaintenanceNodesLeft',
        detail: `${what} could run only on ${names}, and ${are(reach.nodes)} in maintenance`,
        nodes: reach.nodes,
      });
    case 'may':
      return mayLand(isRepeated(subject), names, reach.nodes);
  }
}

function notLookedInto(nodes: readonly string[]): Judgement<WorkReason> {
  const detail = 'whether it reaches a node in maintenance was not found out: it says more about nodes than is read';
  return objection({ reason: 'Unread', detail, nodes, weight: 'unknown' });
}

/** Advice goes to whoever wrote the object; a controller's pods and Jobs would only repeat it where nobody reads. */
function isRepeated({ request, object }: Subject): boolean {
  const { name } = request.user;
  return object.owners.length > 0 && (name === '' || name.startsWith('system:'));
}

function mayLand(repeated: boolean, names: string, nodes: readonly string[]): Judgement<WorkReason> {
  if (repeated) return NO_OBJECTION;
  const detail = `tolerates the cordon of ${names}: require kubectl-maint.io/maintenance DoesNotExist (node affinity)`;
  return objection({ reason: 'MayLand', detail, nodes, weight: 'advise' });
}

/** A CronJob's controller copies the labels of the job template to the Jobs, and none of the CronJob's own. */
function labelAdvice({ groupKind, labels, jobLabels, template }: WorkObject): Judgement<WorkReason> {
  const isPassedOn = jobLabels.has(WORK_LABEL) || template?.labels.has(WORK_LABEL) === true;
  if (groupKind !== SCHEDULE_KIND.groupKind || !labels.has(WORK_LABEL) || isPassedOn) return NO_OBJECTION;
  const detail = `Jobs of a CronJob do not get its own label ${WORK_LABEL}: write it under spec.jobTemplate.metadata.labels`;
  return objection({ reason: 'LabelNotPassedOn', detail, nodes: [], weight: 'advise' });
}

function nameOf(classification: Subject['classification']): string {
  return classification.isUnread === true ? UNREAD : (classification.pattern?.what ?? 'the work');
}

const UNREAD = 'work that has more written on it than is read, so that it may be a backup or a scan,';
