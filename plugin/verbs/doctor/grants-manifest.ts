import { mergedGrants, type Grant } from '../../../shared/index.ts';
import type { Right } from '../../preflight/rights.ts';

/** The name of the roles; whoever applies them may give them another. */
const NAME = 'kubectl-maint-missing';

/** Roles with some rights, and how they are bound, as YAML for `kubectl apply`; undefined without rights. */
export function grantsManifest(rights: readonly Right[]): string | undefined {
  if (rights.length === 0) return undefined;
  const documents = [...Map.groupBy(rights, ({ namespace }) => namespace)].map(([namespace, some]) =>
    roleFor(namespace, mergedGrants(some.map(grantFrom))),
  );
  return `# every right that is missing; who may grant it: kubectl apply -f -\n${documents.join('---\n')}`;
}

function grantFrom({ verb, group, resource, subresource, name }: Right): Grant {
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return { group, resource: whole, verbs: [verb], ...(name !== '' && { names: [name] }) };
}

function roleFor(namespace: string, grants: readonly Grant[]): string {
  const isCluster = namespace === '';
  const [kind, bind] = isCluster ? ['ClusterRole', 'clusterrolebinding'] : ['Role', 'rolebinding'];
  const where = isCluster ? '' : ` --namespace=${namespace}`;
  const role = `${kind.toLowerCase()}=${NAME}`;
  return [
    `# kubectl create ${bind} ${NAME} --${role} --user=NAME${where}`,
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${NAME}`,
    ...(isCluster ? [] : [`  namespace: ${namespace}`]),
    'rules:',
    ...grants.flatMap(ruleLines),
    '',
  ].join('\n');
}

/** JSON is YAML, so that an empty group and a slash need no thought. */
function ruleLines({ group, resource, verbs, names }: Grant): readonly string[] {
  return [
    `  - apiGroups: ${JSON.stringify([group])}`,
    `    resources: ${JSON.stringify([resource])}`,
    ...(names === undefined ? [] : [`    resourceNames: ${JSON.stringify(names)}`]),
    `    verbs: ${JSON.stringify(verbs)}`,
  ];
}
