import {
  REGISTER_KIND,
  REGISTER_NAME,
  REGISTER_VERSION,
  REGISTRATION_NAME,
  type MatchCondition,
  type RuleMode,
} from '../../shared/index.ts';

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
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
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
  /** Whether it reads the register. */
  readonly hasRegister: boolean;
}

const ACTIONS: Readonly<Record<PolicyParts['mode'], string>> = { enforce: 'Deny', warn: 'Warn', audit: 'Audit' };

/** A ValidatingAdmissionPolicy with its binding (admissionregistration.k8s.io/v1, Kubernetes 1.30 and newer). */
export function policyWithBinding(parts: PolicyParts): readonly object[] {
  const { name, mode, hasRegister, resourceRules, failurePolicy, matchConditions, validations } = parts;
  const variables = usedIn(parts);
  const metadata = { name, labels: { 'app.kubernetes.io/name': REGISTRATION_NAME } };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy,
        ...(hasRegister && { paramKind: { apiVersion: REGISTER_VERSION, kind: REGISTER_KIND } }),
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
        ...(hasRegister && { paramRef: { name: REGISTER_NAME, parameterNotFoundAction: 'Allow' } }),
        validationActions: [ACTIONS[mode]],
      },
    },
  ];
}

/** The variables that some check needs, or a variable that is needed; in their order, by which each sees those before it. */
function usedIn({ variables, validations }: PolicyParts): readonly Variable[] {
  const texts = validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression]);
  return variables.reduceRight<readonly Variable[]>((used, variable) => {
    const isUsed = new RegExp(`variables\\.${variable.name}\\b`);
    const all = [...texts, ...used.map(({ expression }) => expression)];
    return all.some((text) => isUsed.test(text)) ? [variable, ...used] : used;
  }, []);
}
