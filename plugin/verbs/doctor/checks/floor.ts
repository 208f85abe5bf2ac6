import { clean, listAt, MAX_NAME, textAt, textsAt, type Policy } from '../../../../shared/index.ts';
import { whyNoChartFloor } from '../../../policy/chart-floor.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';
import { quoted } from '../quotation.ts';

/** The policies of ours by the first part of their names, the rule each one belongs to, and what passes without it. */
const PARTS = [
  { part: 'backup', rule: 'backup', without: 'backups pass while no webhook answers' },
  { part: 'scan', rule: 'scan', without: 'scans pass while no webhook answers' },
  { part: 'record', rule: 'node-guard', without: 'whoever may write nodes may change their records' },
] as const;

const APPLY =
  'it comes with the chart (floor.enabled, recordGuard.enabled), or by: maint-webhook policies | kubectl apply -f - (docs/floor.md)';

const APPLY_YOURS =
  'apply those of your configuration: maint-webhook policies --policy FILE | kubectl apply -f - (docs/floor.md)';

const ALONE = 'the webhook alone decides it: keep replicas on two nodes that are not drained at once';

/** What the API server has of the floor. */
export interface FloorReading {
  readonly policies: readonly unknown[];
  readonly bindings: readonly unknown[];
  readonly policy: Pick<Policy, 'config' | 'written'>;
}

export const floor = checkOf({
  id: 'floor',
  asks: 'Whether the API server holds by itself while no webhook answers: the floor, and the guard of the record',
  warns: 'a policy is missing, or the API server finds something wrong with its expressions',
  fails: 'a policy has no binding: it looks installed, and does nothing',
  read: async (readings): Promise<FloorReading> => {
    const [policies, bindings, { policy }] = await Promise.all([
      readings.policies(),
      readings.bindings(),
      readings.policy(),
    ]);
    return { policies, bindings, policy };
  },
  judge: judgeFloor,
});

/** Judges policies and bindings. Pure. */
export function judgeFloor({ policies, bindings, policy: { config, written } }: FloorReading): readonly Diagnosis[] {
  const bound = new Set(bindings.map((binding) => textAt(binding, 'spec', 'policyName') ?? ''));
  const problems = PARTS.flatMap(({ part, rule, without }): readonly Diagnosis[] => {
    const mine = policies.filter((policy) => isPartOf(policy, part));
    const loose = mine.map(nameOf).filter((name) => !bound.has(name));
    if (loose.length > 0) return [fail(`the policy ${loose.join(', ')} has no binding: ${without}`, APPLY)];
    if (mine.length > 0 || config.rules[rule].mode === 'off') return [];
    const why = rule === 'node-guard' ? undefined : whyNoChartFloor(written, rule);
    const as = why === undefined ? '' : `, since the chart has none where ${why}`;
    const missing = `the policy ${part}.kubectl-maint.io is missing${as}: ${without}`;
    return [
      warn(missing, config.rules[rule].afterOverdue !== undefined ? ALONE : why === undefined ? APPLY : APPLY_YOURS),
    ];
  });
  const all = [...problems, ...policies.flatMap(typeWarnings)];
  return all.length > 0 ? all : [ok(sentence(policies, bindings))];
}

function sentence(policies: readonly unknown[], bindings: readonly unknown[]): string {
  if (policies.length === 0) return 'every rule of the floor is switched off by the configuration';
  const told = policies.map(nameOf).map((name) => {
    const binding = bindings.find((one) => textAt(one, 'spec', 'policyName') === name);
    return `${name} (${textsAt(binding, 'spec', 'validationActions').join(', ')})`;
  });
  return `the API server evaluates by itself: ${clean(told.join(', '), 400)}`;
}

/** `backup.kubectl-maint.io`, or with scope and mode: `backup-cluster-warn.kubectl-maint.io`. */
function isPartOf(policy: unknown, part: string): boolean {
  return /^([a-z]+)[-.].*kubectl-maint\.io$/.exec(nameOf(policy))?.[1] === part;
}

function nameOf(policy: unknown): string {
  return clean(textAt(policy, 'metadata', 'name') ?? '', MAX_NAME);
}

/** What the API server says of expressions that do not fit the kinds they are about (status.typeChecking). */
function typeWarnings(policy: unknown): readonly Diagnosis[] {
  const warnings = listAt(policy, 'status', 'typeChecking', 'expressionWarnings').filter(isAboutThePolicy);
  const [first] = warnings;
  if (first === undefined) return [];
  const said = quoted(textAt(first, 'warning') ?? '', 200);
  const where = clean(textAt(first, 'fieldRef') ?? '', 100);
  return [
    warn(
      `the API server finds something wrong with ${nameOf(policy)} (${warnings.length}, the first at ${where}): ${said}`,
      'what cannot be evaluated passes: apply the policies of the same release again (maint-webhook policies)',
    ),
  ];
}

/**
 * Up to Kubernetes 1.35 a policy that is checked before the register's definition is published is said to have no `params`, and not
 * checked again (k8s apiserver pkg/admission/plugin/policy/validating/typechecking.go). It is evaluated as it should be.
 */
const PARAMS_UNKNOWN = "undeclared reference to 'params'";

function isAboutThePolicy(warning: unknown): boolean {
  const errors = (textAt(warning, 'warning') ?? '').split('\n').filter((line) => line.includes('ERROR: '));
  return errors.length === 0 || errors.some((line) => !line.includes(PARAMS_UNKNOWN));
}
