import { DEFAULT_POLICY, withRules, type PolicyConfig, type RuleConfig } from '../../shared/policy/config.ts';
import type { RuleId } from '../../shared/policy/registry.ts';

/** The default configuration, but for what is said of some rules. */
export function configWith(rules: Partial<Readonly<Record<RuleId, Partial<RuleConfig>>>>): PolicyConfig {
  return withRules(DEFAULT_POLICY, (rule, id) => ({ ...rule, ...rules[id] }));
}
