import { clean, listAt, MAX_NAME, numberAt, objectPath, textAt, textsAt } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, skipped, type Diagnosis } from '../diagnosis.ts';
import { imageNotPulled, PULL_STEP } from '../image-pull.ts';
import { CONTROLLER_NAME, type Installation } from '../../../policy/installation.ts';

const FENCE = 'fence.kubectl-maint.io';
const UPGRADE = 'helm upgrade of the chart brings it back';

/** Who leads, and what fences them in. */
export interface ControllerReading {
  readonly installation: Installation;
  /** Undefined where there is none. */
  readonly lease: unknown;
  readonly policies: readonly unknown[];
  readonly bindings: readonly unknown[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export const controller = checkOf({
  id: 'controller',
  asks: 'Whether somebody keeps the certificates, the registration and held rollouts, and can change nothing else',
  warns: '',
  fails:
    'no controller holds the Lease; or the policy that fences in its write of DaemonSets is missing or denies nothing',
  read: async (readings): Promise<ControllerReading> => {
    const { cluster, now } = readings;
    const installation = await readings.installation();
    const [lease, policies, bindings] = await Promise.all([
      installation.by === 'service'
        ? cluster.get(objectPath('coordination.k8s.io/v1/leases', installation.namespace, CONTROLLER_NAME))
        : undefined,
      readings.policies(),
      readings.bindings(),
    ]);
    return { installation, lease, policies, bindings, now: now() };
  },
  judge: judgeController,
});

/** Judges Lease and policy. Pure. */
export function judgeController(reading: ControllerReading): readonly Diagnosis[] {
  const { installation } = reading;
  if (installation.by === 'nowhere') return [skipped('no webhook is registered (check webhook)')];
  if (installation.by === 'url') {
    return [ok('the webhook is no Service of this cluster, and what keeps it is not seen from here')];
  }
  const absence = whyNoneLeads(reading);
  const gap = whyNotFenced(reading, installation.namespace);
  const namespace = clean(installation.namespace, 63);
  const look = `kubectl logs -n ${namespace} -l app.kubernetes.io/name=${CONTROLLER_NAME} --prefix says why`;
  const notPulled = imageNotPulled(installation.controllers);
  const why = notPulled === undefined ? '' : ` (no node can pull the image, ${notPulled})`;
  const todo = notPulled === undefined ? look : PULL_STEP;
  const problems = [
    ...(absence === undefined
      ? []
      : [fail(`${absence}${why}: a first node in maintenance arms nothing, and held rollouts are not woken`, todo)]),
    ...(gap === undefined
      ? []
      : [fail(`${gap}: who takes the controller over could have any DaemonSet deleted`, UPGRADE)]),
  ];
  if (problems.length > 0) return problems;
  const [pod = ''] = (textAt(reading.lease, 'spec', 'holderIdentity') ?? '').split('_');
  return [ok(`${clean(pod, MAX_NAME)} leads, and is fenced in by ${FENCE}`)];
}

function whyNoneLeads({ lease, now }: ControllerReading): string | undefined {
  if (lease === undefined) return `no controller has ever held the Lease ${CONTROLLER_NAME}`;
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '');
  const holdsForMs = (numberAt(lease, 'spec', 'leaseDurationSeconds') ?? 0) * 1000;
  // One that was given back has no holder; one that somebody else made may have neither holder nor time.
  if ((textAt(lease, 'spec', 'holderIdentity') ?? '') === '' || Number.isNaN(renewed)) return 'no controller leads';
  return now - renewed < holdsForMs + TOLERANCE_MS
    ? undefined
    : `no controller leads since ${new Date(renewed).toISOString()}`;
}

/** Clocks of nodes differ by some seconds. */
const TOLERANCE_MS = 15_000;

function whyNotFenced({ policies, bindings }: ControllerReading, namespace: string): string | undefined {
  const policy = policies.find((one) => textAt(one, 'metadata', 'name') === FENCE);
  if (policy === undefined) return `the policy ${FENCE} is missing`;
  const account = `system:serviceaccount:${namespace}:${CONTROLLER_NAME}`;
  const conditions = listAt(policy, 'spec', 'matchConditions').map((one) => textAt(one, 'expression') ?? '');
  if (!conditions.some((expression) => expression.includes(`"${account}"`))) {
    return `the policy ${FENCE} is about another service account than ${clean(account, 300)}`;
  }
  const isBound = bindings.some(
    (one) => textAt(one, 'spec', 'policyName') === FENCE && textsAt(one, 'spec', 'validationActions').includes('Deny'),
  );
  return isBound ? undefined : `the policy ${FENCE} has no binding that denies`;
}
