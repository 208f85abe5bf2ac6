import { clean, REGISTRATION_NAME } from '../../../../shared/index.ts';
import { modesText, placeOf, type PolicyInForce } from '../../../policy/in-force.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';
import { refusalText } from '../quotation.ts';

export const policy = checkOf({
  id: 'policy',
  asks: 'Which modes the configuration in the cluster gives the rules',
  warns:
    'it may not be read, or is that of a process whose registration does not tell it: the other checks then go by the defaults',
  fails: 'it is not valid: a replica that starts with it ends at once',
  read: (readings) => readings.policy(),
  judge: judgePolicy,
});

/** Longest list of problems, and longest name or address, in a line, in characters. */
const MAX_PROBLEMS = 300;
const MAX_ADDRESS = 200;

/** Judges the configuration. Pure. */
export function judgePolicy({ policy: { config }, source }: PolicyInForce): readonly Diagnosis[] {
  const modes = modesText(config);
  switch (source.from) {
    case 'cluster':
      return [ok(`by the configuration in namespace ${clean(source.namespace, MAX_ADDRESS)}: ${modes}`)];
    case 'registration':
      return [ok(`by the configuration that the registration was made with: ${modes}`)];
    case 'nowhere':
      return [ok(`nothing is configured beside the webhook, so the defaults apply: ${modes}`)];
    case 'unregistered':
      return [ok(`no webhook is registered; one without a configuration would go by the defaults: ${modes}`)];
    case 'process':
      return [
        warn(
          `not known: the webhook is a process (${clean(source.url, MAX_ADDRESS)}), and its registration tells no configuration; the other checks go by the defaults`,
          'if it has one: apply what maint-webhook configuration --policy FILE prints, with the same file',
        ),
      ];
    case 'invalid':
      return [
        fail(
          `the configuration in ${placeOf(source.namespace)} is not valid: ${clean(source.problems.join('; '), MAX_PROBLEMS)}`,
          `${showing(source.namespace)}; kubectl maint check --policy FILE --validate says what is wrong`,
        ),
      ];
    case 'unreadable':
      return [
        warn(
          `not known: ${refusalText(source.why)}; the other checks go by the defaults`,
          'ask for the ClusterRole kubectl-maint-viewer of the chart',
        ),
      ];
  }
}

function showing(namespace: string | undefined): string {
  return namespace === undefined
    ? `kubectl get validatingwebhookconfiguration ${REGISTRATION_NAME} -o yaml shows it`
    : `kubectl get configmap kubectl-maint-policy -n ${clean(namespace, MAX_ADDRESS)} -o yaml shows it`;
}
