import {
  collectionPath,
  isForbidden,
  listAt,
  MaintError,
  objectPath,
  readAll,
  textAt,
  type ClusterReader,
} from '../../shared/index.ts';

/** The chart's role for who takes nodes into maintenance. */
export const OPERATOR_ROLE = 'kubectl-maint-operator';

/** A ServiceAccount by its name. */
export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Refuses a service account that is not there, or not bound to the operator's role by a ClusterRoleBinding. Returns what
 * the caller may not read, and so is not known: the Job finds it out before the first node. Throws MaintError.
 */
export async function refuseUnfit(account: AccountName, cluster: ClusterReader): Promise<readonly string[]> {
  const isThere = await unlessForbidden(async () => {
    const found = await cluster.get(objectPath('v1/serviceaccounts', account.namespace, account.name));
    return found !== undefined;
  });
  if (isThere === false) throw missing(account);
  const isBound = await unlessForbidden(() => isBoundTo(OPERATOR_ROLE, account, cluster));
  if (isBound === false) throw unbound(account);
  return [
    ...(isThere === undefined ? [`get serviceaccounts in namespace ${account.namespace}`] : []),
    ...(isBound === undefined ? ['list clusterrolebindings'] : []),
  ];
}

async function unlessForbidden<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isForbidden(thrown)) return undefined;
    throw thrown;
  }
}

async function isBoundTo(role: string, account: AccountName, cluster: ClusterReader): Promise<boolean> {
  const path = collectionPath('rbac.authorization.k8s.io/v1/clusterrolebindings', '');
  const bindings = await readAll(cluster, { path }, (binding) => binding);
  return bindings.some((binding) => isBindingOf(binding, role, account));
}

/** Whether a ClusterRoleBinding gives a role to a service account, by its name, as a user or by one of its groups. */
export function isBindingOf(binding: unknown, role: string, { namespace, name }: AccountName): boolean {
  if (textAt(binding, 'roleRef', 'kind') !== 'ClusterRole' || textAt(binding, 'roleRef', 'name') !== role) return false;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return listAt(binding, 'subjects').some((subject) => {
    const [kind, called] = [textAt(subject, 'kind'), textAt(subject, 'name') ?? ''];
    const isItself = called === name && textAt(subject, 'namespace') === namespace;
    return (
      (kind === 'ServiceAccount' && isItself) ||
      (kind === 'User' && called === `system:serviceaccount:${namespace}:${name}`) ||
      (kind === 'Group' && groups.includes(called))
    );
  });
}

function missing({ namespace, name }: AccountName): MaintError {
  return new MaintError('usage', `there is no service account ${name} in namespace ${namespace}; nothing was changed`, {
    hint: `kubectl create serviceaccount ${name} -n ${namespace}`,
  });
}

function unbound({ namespace, name }: AccountName): MaintError {
  return new MaintError(
    'denied',
    `the service account ${name} in namespace ${namespace} is not bound to the ClusterRole ${OPERATOR_ROLE}; nothing was changed`,
    {
      hint: `who may grant it: kubectl create clusterrolebinding ${name} --clusterrole=${OPERATOR_ROLE} --serviceaccount=${namespace}:${name}`,
    },
  );
}
