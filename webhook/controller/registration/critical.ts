import type { RegistrationEntry } from './entries.ts';

/**
 * What a cluster needs to come back: the start of whatever is in kube-system, and of pods whose class puts them before all
 * that users may ask for (scheduling/v1 SystemCriticalPriority, 2,000,000,000), as network and storage add-ons have it
 * wherever they are. The API server works the number out from the class before it asks a webhook.
 */
const IS_CRITICAL =
  "(request.operation == 'CREATE' && (request.?namespace.orValue('') == 'kube-system' || " +
  "(request.resource.resource == 'pods' && object.?spec.?priority.orValue(0) >= 2000000000)))";

/** The whole name of the entry for what is critical among what another one asks about. */
export function criticalName(name: string): string {
  return `critical-${name}`;
}

/**
 * An entry that fails closed, in two: nodes could not join or heal, nor the webhook come back, while the start of the network
 * waits for a webhook that no replica serves. Nothing is exempt: while somebody answers, both are asked about.
 */
export function partedByCritical(entry: RegistrationEntry): readonly RegistrationEntry[] {
  const starting = entry.rules.filter(({ operations }) => operations.includes('CREATE'));
  if (starting.every(({ resources }) => !resources.includes('pods'))) return [entry];
  return [
    { ...entry, matchConditions: [...entry.matchConditions, { name: 'not-critical', expression: `!${IS_CRITICAL}` }] },
    {
      name: criticalName(entry.name),
      rules: starting.map((rule) => ({ ...rule, operations: ['CREATE'] })),
      matchConditions: [...entry.matchConditions, { name: 'critical', expression: IS_CRITICAL }],
      failurePolicy: 'Ignore',
    },
  ];
}
