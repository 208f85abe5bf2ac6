import { MaintError, textAt, type Cluster } from '../../shared/index.ts';

/** The name under which a claim is made: `--owner`, or the caller as the API server knows it (authentication.k8s.io/v1 SelfSubjectReview). */
export async function ownerFor(flag: string | undefined, cluster: Cluster): Promise<string> {
  if (flag !== undefined) return flag;
  const answer = await cluster.send({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  });
  const name = textAt(answer.body, 'status', 'userInfo', 'username');
  if (answer.status < 300 && name !== undefined && name !== '') return name;
  const said = textAt(answer.body, 'message') ?? `status ${answer.status}`;
  throw new MaintError('cluster', `the API server does not say who you are: ${said}`, {
    hint: 'name the owner of this maintenance yourself: --owner NAME',
  });
}
