import type { V1SelfSubjectAccessReview, V1SelfSubjectRulesReview } from '@kubernetes/client-node';
import { isTrueAt, listAt, textsAt, type ClusterSender, type Written } from '../../shared/index.ts';

/** Something that a caller may do (authorization.k8s.io/v1 ResourceAttributes). */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty: in the whole cluster. */
  readonly namespace: string;
  /** Empty: whatever its name. */
  readonly name: string;
}

/** As `kubectl auth can-i` takes it: `create pods/eviction in namespace shop`, `patch nodes/n1`. */
export function renderRight({ verb, resource, subresource, namespace, name }: Right): string {
  const what = [resource, subresource, name].filter((part) => part !== '').join('/');
  return `${verb} ${what}${namespace === '' ? '' : ` in namespace ${namespace}`}`;
}

/**
 * Those of some rights that the caller does not have. Most callers have them all by a ClusterRole, which one question
 * tells (SelfSubjectRulesReview); what that does not show is asked for one by one. What cannot be asked counts as given:
 * the API server decides in the end.
 */
export async function missingRights(
  wanted: readonly Right[],
  cluster: ClusterSender,
  rules: Promise<readonly OwnRule[]> = ownRules(cluster),
): Promise<readonly Right[]> {
  const own = await rules;
  const open = wanted.filter((right) => !own.some((rule) => gives(rule, right)));
  const answers = await Promise.all(open.map((right) => isAllowed(right, cluster)));
  return open.filter((_, index) => answers[index] === false);
}

/** A rule of RBAC; `*` stands for everything. */
export interface OwnRule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
}

/** What the caller may do in all namespaces; empty where that cannot be asked. */
export async function ownRules(cluster: ClusterSender): Promise<readonly OwnRule[]> {
  const answer = await cluster.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      // Any namespace shows what holds in all of them; one that does not exist shows nothing else.
      spec: { namespace: 'kubectl-maint.rights' },
    } satisfies Written<V1SelfSubjectRulesReview>,
  });
  if (answer.status >= 300) return [];
  return listAt(answer.body, 'status', 'resourceRules').map((rule) => ({
    verbs: textsAt(rule, 'verbs'),
    groups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    names: textsAt(rule, 'resourceNames'),
  }));
}

function gives({ verbs, groups, resources, names }: OwnRule, right: Right): boolean {
  const { verb, group, resource, subresource, name } = right;
  const has = (list: readonly string[], wanted: readonly string[]): boolean =>
    list.some((entry) => entry === '*' || wanted.includes(entry));
  const what = subresource === '' ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
  const isNamed = names.length === 0 || names.includes(name);
  return isNamed && has(verbs, [verb]) && has(groups, [group]) && has(resources, what);
}

async function isAllowed(right: Right, cluster: ClusterSender): Promise<boolean | undefined> {
  const { verb, group, resource, subresource, namespace, name } = right;
  const answer = await cluster.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace, name } },
    } satisfies Written<V1SelfSubjectAccessReview>,
  });
  if (answer.status >= 300) return undefined;
  return isTrueAt(answer.body, 'status', 'allowed');
}
