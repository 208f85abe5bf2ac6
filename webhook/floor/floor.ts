import type { PolicyConfig, Tool } from '../../shared/index.ts';
import { claimOf, entriesOf } from './claims.ts';
import { policyWithBinding } from './objects.ts';
import { recordGuard } from './record-guard.ts';
import { workPolicies } from './work-policies.ts';

/**
 * What the API server enforces by itself, as ValidatingAdmissionPolicies with their bindings: the floor (exact cases of
 * `backup` and `scan`, see claims.ts) and the guard of the record. Nothing where the rules are off.
 */
export function floorObjects(tools: readonly Tool[], config: PolicyConfig): readonly object[] {
  const entries = entriesOf(tools, config);
  const claims = entries.map(claimOf).filter((claim) => typeof claim !== 'string');
  const { mode } = config.rules['node-guard'];
  return [...workPolicies(claims, entries), ...(mode === 'off' ? [] : [recordGuard(mode)])].flatMap(policyWithBinding);
}
