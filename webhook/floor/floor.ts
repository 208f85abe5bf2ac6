import type { PolicyConfig, Tool } from '../../shared/index.ts';
import { coverageOf, judgedPatterns } from './coverage.ts';
import { policyWithBinding } from './objects.ts';
import { recordGuard } from './record-guard.ts';
import { registerGuard } from './register-guard.ts';
import { workPolicies } from './work-policies.ts';

/**
 * What the API server enforces by itself, as ValidatingAdmissionPolicies with their bindings: the floor (exact cases of
 * `backup` and `scan`, see coverage.ts) and the guard of the record. Nothing where the rules are off.
 */
export function floorObjects(tools: readonly Tool[], config: PolicyConfig): readonly object[] {
  const judged = judgedPatterns(tools, config);
  const covered = judged.map(coverageOf).filter((one) => typeof one !== 'string');
  const { mode } = config.rules['node-guard'];
  return [...workPolicies(covered, judged), ...(mode === 'off' ? [] : [recordGuard(mode)])].flatMap(policyWithBinding);
}

/** Who keeps the register, by the user name that the API server knows the controller by. */
export function registerGuardObjects(controller: string): readonly object[] {
  return policyWithBinding(registerGuard(controller));
}
