import { REGISTRATION_NAME, type RuleMode } from '../../shared/index.ts';
import type { MatchCondition } from '../../shared/index.ts';

/** A named expression of a policy; evaluated when it is first read. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** A check of a policy: refused where the expression does not hold. */
export interface Validation {
  readonly expression: string;
  readonly messageExpression: string;
  /** What is said where the other cannot be worked out. */
  readonly message: string;
  readonly reason: 'Forbidden';
}

/** Which resources a policy is about (admissionregistration.k8s.io/v1 NamedRuleWithOperations). */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE')[];
}

/** What differs between our policies. */
export interface PolicyParts {
  /** Name of policy and binding. It ends with our domain, by which a denial is known to be ours. */
  readonly name: string;
  readonly mode: Exclude<RuleMode, 'off'>;
  /** `Ignore`: what cannot be evaluated is left to the webhook. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly resourceRules: readonly ResourceRule[];
  readonly matchConditions: readonly MatchCondition[];
  readonly variables: readonly Variable[];
  readonly validations: readonly Validation[];
  /** Requirements on the labels of the Nodes with which the policy is evaluated, one by one; undefined: without. */
  readonly nodes: readonly object[] | undefined;
}

const ACTIONS: Readonly<Record<PolicyParts['mode'], string>> = { enforce: 'Deny', warn: 'Warn', audit: 'Audit' };

/** A ValidatingAdmissionPolicy with its binding (admissionregistration.k8s.io/v1, Kubernetes 1.30 and newer). */
export function policyWithBinding(parts: PolicyParts): readonly object[] {
  const { name, mode, nodes, resourceRules, ...spec } = parts;
  const { failurePolicy, matchConditions, variables, validations } = spec;
  const metadata = { name, labels: { 'app.kubernetes.io/name': REGISTRATION_NAME } };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy,
        ...(nodes !== undefined && { paramKind: { apiVersion: 'v1', kind: 'Node' } }),
        matchConstraints: { resourceRules },
        matchConditions,
        ...(variables.length > 0 && { variables }),
        validations,
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: name,
        ...(nodes !== undefined && {
          paramRef: { selector: { matchExpressions: nodes }, parameterNotFoundAction: 'Allow' },
        }),
        validationActions: [ACTIONS[mode]],
      },
    },
  ];
}
