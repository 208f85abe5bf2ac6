import { KUBERNETES } from '../../kinds.ts';
import { WORK_LABEL } from '../../labels.ts';
import { LABELLED, SCHEDULE_KIND } from '../../targets/classify.ts';
import type { Tool, WorkPattern } from '../../targets/tool.ts';
import { decidingLabels, hasBegunInCel } from '../change.ts';
import type { AskedEntry, MatchCondition } from '../entry.ts';
import { EPHEMERAL_CONTAINERS } from '../ephemeral.ts';
import { ROLLOUT_POD } from './addon-entries.ts';

function hasWorkLabel(object: string): string {
  return `${object}.?metadata.?labels[?'${WORK_LABEL}'].hasValue()`;
}

/**
 * Of an update: whether work starts or moves by it. Where it begins by another field than the spec, its tool says so. Other
 * labels than those of the catalogue start nothing: operators write them on pods that run, as the role of a database.
 */
function startsBy(tools: readonly Tool[]): MatchCondition {
  const patterns = tools.flatMap((tool) => tool.patterns);
  const starts = [
    'object.?spec != oldObject.?spec',
    relabels([...decidingLabels([...Object.values(LABELLED), ...patterns]), ...patterns.flatMap(nodeLabel)]),
    ...patterns.flatMap(beginning),
  ];
  const expression = `request.operation != 'UPDATE' || (!has(object.metadata.deletionTimestamp) && (${starts.join(' || ')}))`;
  return { name: 'starts', expression };
}

function relabels(keys: readonly string[]): string {
  const list = JSON.stringify([...new Set(keys)]);
  return `${list}.exists(k, object.metadata.?labels[?k] != oldObject.metadata.?labels[?k])`;
}

function nodeLabel({ node }: WorkPattern): readonly string[] {
  return node.in === 'label' ? [node.key] : [];
}

function beginning({ match, begins }: WorkPattern): readonly string[] {
  if (begins === undefined) return [];
  return (match.kinds ?? []).map(({ kind }) => `(request.kind.kind == '${kind}' && ${hasBegunInCel(begins)})`);
}

/** Work that starts or moves: not what is being deleted, nor an update of metadata other than labels. */
export const WORK_ENTRY: AskedEntry = {
  name: 'work',
  kinds: [
    { kind: SCHEDULE_KIND, operations: ['CREATE', 'UPDATE'] },
    // `kubectl debug` may bring any image and command into a pod that runs on a node in maintenance.
    { kind: KUBERNETES.Pod, subresource: EPHEMERAL_CONTAINERS, operations: ['UPDATE'] },
  ],
  ofTools: (tools) => [startsBy(tools)],
  conditions: [
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
  ],
};
