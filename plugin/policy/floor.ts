import { POLICY_BINDINGS, readAll, REGISTRATION_NAME, textAt, textsAt, type Cluster } from '../../shared/index.ts';

/** Rules for which the API server refuses by itself. Throws what the cluster's port throws. */
export async function floorOf(cluster: Pick<Cluster, 'pages'>): Promise<readonly string[]> {
  const query = { labelSelector: `app.kubernetes.io/name=${REGISTRATION_NAME}` };
  return refusedByFloor(await readAll(cluster, { path: POLICY_BINDINGS, query }, (binding) => binding));
}

/** The same; undefined where the caller may not look, or nobody answers. */
export function floorIfReadable(cluster: Pick<Cluster, 'pages'>): Promise<readonly string[] | undefined> {
  return floorOf(cluster).catch(() => undefined);
}

/** Rules for which some ValidatingAdmissionPolicyBinding of ours refuses. Names of policies begin with their rule. */
export function refusedByFloor(bindings: readonly unknown[]): readonly string[] {
  const refusing = bindings.filter((binding) => textsAt(binding, 'spec', 'validationActions').includes('Deny'));
  const rules = refusing.map((binding) => /^(backup|scan)[-.]/.exec(textAt(binding, 'spec', 'policyName') ?? '')?.[1]);
  return [...new Set(rules.filter((rule) => rule !== undefined))].sort();
}
