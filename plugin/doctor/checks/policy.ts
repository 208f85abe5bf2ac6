import { clean, DEFAULT_POLICY, type PolicyConfig } from '../../../shared/index.ts';
import { checkOf, forbidden } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';
import type { PolicyReading } from '../policy.ts';

export const policy = checkOf({
  id: 'policy',
  asks: 'Which modes the configuration in the cluster gives the rules',
  warns: 'it may not be read: the other checks then go by the defaults',
  fails: 'it is not valid: a replica that starts with it ends at once',
  read: (readings) => readings.policy(),
  judge: judgePolicy,
});

/** Longest list of problems in a line, in characters. */
const MAX_PROBLEMS = 300;

/** Judges the configuration. Pure. */
export function judgePolicy(reading: PolicyReading): readonly Diagnosis[] {
  switch (reading.from) {
    case 'cluster':
      return [ok(`by the configuration in namespace ${clean(reading.namespace, 63)}: ${modesOf(reading.config)}`)];
    case 'nowhere':
      return [ok(`nothing is configured beside the webhook, so the defaults apply: ${modesOf(DEFAULT_POLICY)}`)];
    case 'invalid':
      return [
        fail(
          `the configuration in namespace ${clean(reading.namespace, 63)} is not valid: ${clean(reading.problems.join('; '), MAX_PROBLEMS)}`,
          `kubectl get configmap kubectl-maint-policy -n ${clean(reading.namespace, 63)} -o yaml shows it; kubectl maint check --policy FILE --validate says what is wrong`,
        ),
      ];
    case 'unreadable':
      return [
        warn(
          `not known: ${forbidden(reading.why)}; the other checks go by the defaults`,
          'ask for the ClusterRole kubectl-maint-viewer of the chart',
        ),
      ];
  }
}

function modesOf({ rules }: PolicyConfig): string {
  return Object.entries(rules)
    .map(([id, { mode }]) => `${id} ${mode}`)
    .join(', ');
}
