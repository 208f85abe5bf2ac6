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

/** Whether the API server itself lets only those change the records of nodes who may; undefined where that cannot be seen. */
export async function guardsRecords(cluster: Pick<Cluster, 'pages'>): Promise<boolean | undefined> {
  const query = { labelSelector: `app.kubernetes.io/name=${REGISTRATION_NAME}` };
  try {
    const bindings = await readAll(cluster, { path: POLICY_BINDINGS, query }, (binding) => binding);
    return bindings.filter(refuses).some((binding) => /^record[-.]/.test(textAt(binding, 'spec', 'policyName') ?? ''));
  } catch {
    return undefined;
  }
}

function refuses(binding: unknown): boolean {
  return textsAt(binding, 'spec', 'validationActions').includes('Deny');
}

/** Rules for which some ValidatingAdmissionPolicyBinding of ours refuses. Names of policies begin with their rule. */
export function refusedByFloor(bindings: readonly unknown[]): readonly string[] {
  const rules = bindings
    .filter(refuses)
    .map((binding) => /^(backup|scan)[-.]/.exec(textAt(binding, 'spec', 'policyName') ?? '')?.[1]);
  return [...new Set(rules.filter((rule) => rule !== undefined))].sort();
}
