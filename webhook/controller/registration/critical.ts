import type { EntryOperation } from '../../../shared/index.ts';
import type { RegistrationEntry } from './entries.ts';

/** What starts a pod or goes on with one. Deletions and new templates are a rollout's, which waits for an answer. */
const STARTING: readonly EntryOperation[] = ['CREATE', 'UPDATE'];

/** Classes that put pods before all that users may ask for (scheduling/v1 SystemPriorityClasses). */
const CLASSES = "['system-node-critical', 'system-cluster-critical']";

/**
 * What a cluster needs to come back: whatever starts or runs in kube-system, and pods that their class puts before all
 * others, as network and storage add-ons have it wherever they are, with the workloads that make such pods. Of a pod the
 * API server works the class's number out before it asks a webhook (SystemCriticalPriority, 2,000,000,000).
 */
const IS_CRITICAL =
  `(request.operation in ${JSON.stringify(STARTING)} && (request.?namespace.orValue('') == 'kube-system' || ` +
  "(request.resource.resource == 'pods' && object.?spec.?priority.orValue(0) >= 2000000000) || " +
  "(request.resource.group in ['apps', 'batch'] && " +
  `object.?spec.?template.?spec.?priorityClassName.orValue('') in ${CLASSES})))`;

/** The whole name of the entry for what is critical among what another one asks about. */
export function criticalName(name: string): string {
  return `critical-${name}`;
}

/**
 * An entry that fails closed, in two: nodes could not join or heal, nor the webhook come back, while the network waits for
 * a webhook that no replica serves. Nothing is exempt: while somebody answers, both are asked about.
 */
export function partedByCritical(entry: RegistrationEntry): readonly RegistrationEntry[] {
  const starting = entry.rules.map(({ operations, ...rule }) => ({
    ...rule,
    operations: operations.filter((operation) => STARTING.includes(operation)),
  }));
  const rules = starting.filter(({ operations }) => operations.length > 0);
  if (rules.every(({ resources }) => !resources.includes('pods'))) return [entry];
  return [
    { ...entry, matchConditions: [...entry.matchConditions, { name: 'not-critical', expression: `!${IS_CRITICAL}` }] },
    {
      name: criticalName(entry.name),
      rules,
      matchConditions: [...entry.matchConditions, { name: 'critical', expression: IS_CRITICAL }],
      failurePolicy: 'Ignore',
    },
  ];
}
