import { clean, refusalFromAnswer, textAt } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, unknown, type Diagnosis } from '../diagnosis.ts';

/** Match conditions and ValidatingAdmissionPolicies are stable since this minor version of Kubernetes 1. */
const OLDEST_MINOR = 30;

const POLICY_KINDS = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];

const UPGRADE = 'upgrade Kubernetes: docs/support.md lists the versions that were tried';

/** What the API server says of itself. */
export interface ApiServerReading {
  /** `gitVersion`, for example `v1.34.2-eks-1`; undefined where it does not tell. */
  readonly version: string | undefined;
  /** What admissionregistration.k8s.io/v1 serves. */
  readonly resources: readonly string[] | undefined;
}

export const apiServer = checkOf({
  id: 'api-server',
  asks: 'Whether the API server has what the webhook and the floor need',
  warns: 'it does not tell its version',
  fails: 'Kubernetes is older than 1.30, or does not serve ValidatingAdmissionPolicies',
  read: async (readings): Promise<ApiServerReading> => {
    const [{ answer }, resources] = await Promise.all([
      readings.greeting(),
      readings.served('admissionregistration.k8s.io/v1'),
    ]);
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    return { version: textAt(answer.body, 'gitVersion'), resources };
  },
  judge: judgeApiServer,
});

/** Judges version and resources. Pure. */
export function judgeApiServer({ version, resources }: ApiServerReading): readonly Diagnosis[] {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (version === undefined || major === undefined || minor === undefined) {
    return [unknown('the API server does not tell its version', UPGRADE)];
  }
  const name = `Kubernetes ${clean(version, 60)}`;
  if (Number(major) === 1 && Number(minor) < OLDEST_MINOR) {
    return [fail(`${name} is older than 1.${OLDEST_MINOR}: it has no match conditions and no floor`, UPGRADE)];
  }
  const missing = POLICY_KINDS.filter((kind) => resources?.includes(kind) !== true);
  if (missing.length === 0) return [ok(`${name} has what the webhook and the floor need`)];
  return [
    fail(
      `${name} does not serve ${missing.join(' and ')}: there is no floor`,
      'the API server has to serve admissionregistration.k8s.io/v1 whole (--runtime-config)',
    ),
  ];
}
