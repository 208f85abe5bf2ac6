import { makersOf, RECORD_ANNOTATION, STATE_LABEL, WORK_LABEL } from '../../shared/index.ts';

/** A CEL condition of a webhook entry: the API server calls us only where all of them hold. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Whether the DaemonSet controller asks. */
const CONTROLLERS = `request.userInfo.username in [${makersOf('apps/DaemonSet')
  .map((name) => `'${name}'`)
  .join(', ')}]`;

/** Whether the pod (`object`, or `oldObject` of a DELETE) belongs to a DaemonSet. */
const OF_DAEMONSET =
  "(request.operation == 'DELETE' ? oldObject : object).metadata.?ownerReferences.orValue([])" +
  ".exists(o, o.kind == 'DaemonSet' && o.apiVersion.startsWith('apps/') && o.?controller.orValue(false))";

/** Whether the DaemonSet controller asks about a pod of a DaemonSet. */
export const ROLLOUT_POD = `${CONTROLLERS} && ${OF_DAEMONSET}`;

/** Pods that the DaemonSet controller makes or deletes: what a rollout does, and the hold rule judges. */
export const ROLLOUT: readonly MatchCondition[] = [
  { name: 'daemonset-controller', expression: CONTROLLERS },
  { name: 'daemonset-pod', expression: OF_DAEMONSET },
  {
    name: 'living',
    expression:
      "request.operation == 'CREATE' || (!has(oldObject.metadata.deletionTimestamp) && " +
      "!(oldObject.?status.?phase.orValue('') in ['Failed', 'Succeeded']))",
  },
];

function hasWorkLabel(object: string): string {
  return `${object}.?metadata.?labels[?'${WORK_LABEL}'].hasValue()`;
}

/** Work that starts or moves: not what is being deleted, nor an update of metadata other than labels. */
export const STARTING: readonly MatchCondition[] = [
  {
    name: 'starts',
    expression:
      "request.operation != 'UPDATE' || (!has(object.metadata.deletionTimestamp) && " +
      '(object.?spec != oldObject.?spec || object.metadata.?labels != oldObject.metadata.?labels))',
  },
  {
    // Of Secrets only the credentials that a scan makes for itself are decided (shared/targets/trivy-operator.ts).
    name: 'no-other-secret',
    expression:
      "request.resource.resource != 'secrets' || " +
      "(request.operation == 'CREATE' && object.metadata.?name.orValue('').startsWith('scan-vulnerabilityreport-'))",
  },
  {
    // A CronJob starts nothing; who labels it where its Jobs do not get the label is told so.
    name: 'no-other-cronjob',
    expression:
      `request.resource.resource != 'cronjobs' || (${hasWorkLabel('object')} && ` +
      `!${hasWorkLabel('object.spec.jobTemplate')} && !${hasWorkLabel('object.spec.jobTemplate.spec.template')})`,
  },
  {
    // The entry for rollouts has these; asked twice, the API server would wait for two equal answers.
    name: 'no-rollout',
    expression: `!(request.resource.resource == 'pods' && request.operation == 'CREATE' && ${ROLLOUT_POD})`,
  },
];

/** Workloads whose pod template changes: not their scale, status or metadata. */
export const TEMPLATE_CHANGES: readonly MatchCondition[] = [
  {
    name: 'template',
    expression: '!has(object.metadata.deletionTimestamp) && object.?spec.?template != oldObject.?spec.?template',
  },
];

/** Whether an object carries our annotation. */
const marked = (object: string): string => `${object}.metadata.?annotations[?'${RECORD_ANNOTATION}'].hasValue()`;

/** Writes of a Node that the guard judges: its record or state label changes, it is uncordoned in maintenance, it goes. */
export const NODE_CHANGES: readonly MatchCondition[] = [
  {
    name: 'record',
    expression:
      `request.operation == 'DELETE' || (request.operation == 'CREATE' && ${marked('object')}) || ` +
      `(request.operation == 'UPDATE' && (` +
      `object.metadata.?annotations[?'${RECORD_ANNOTATION}'] != oldObject.metadata.?annotations[?'${RECORD_ANNOTATION}'] || ` +
      `object.metadata.?labels[?'${STATE_LABEL}'] != oldObject.metadata.?labels[?'${STATE_LABEL}'] || ` +
      `(${marked('oldObject')} && oldObject.spec.?unschedulable.orValue(false) && !object.spec.?unschedulable.orValue(false))))`,
  },
];
