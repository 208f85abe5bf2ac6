import { byRule, isRuleId, ruleWithId, type RuleId } from './registry.ts';
import type { Decision } from './verdict.ts';

/** `enforce` denies, `warn` lets pass with a warning, `audit` lets pass and records, `off` does not look. */
export type RuleMode = 'enforce' | 'warn' | 'audit' | 'off';

/** Whether a rule looks at the nodes that work reaches, or at any node in maintenance of the cluster. */
export type Scope = 'node' | 'cluster';

/** How one rule is applied. */
export interface RuleConfig {
  readonly mode: RuleMode;
  readonly scope: Scope;
  /** What to answer where the facts that decide cannot be found out. */
  readonly unknown: Decision;
  /** What applies instead of `mode` once every maintenance in the way is long overdue; undefined: the same. */
  readonly afterOverdue?: AfterOverdue;
  /** What differs for the work of single tools, by the tool's id. */
  readonly tools: ReadonlyMap<string, ToolConfig>;
}

/** A milder answer because of nodes that somebody seems to have forgotten. */
export interface AfterOverdue {
  readonly mode: Exclude<RuleMode, 'enforce' | 'off'>;
  /** How long ago a maintenance was to end before it counts as forgotten, in ms. One without an announced end never does. */
  readonly forMs: number;
}

/** What may differ for one tool; what is left out is as the rule has it. */
export interface ToolConfig {
  readonly mode?: RuleMode;
  readonly scope?: Scope;
}

/** The whole policy configuration. */
export interface PolicyConfig {
  readonly rules: Readonly<Record<RuleId, RuleConfig>>;
  /** `hold`: the change is accepted and waits on nodes in maintenance. `deny`: the change itself is refused. */
  readonly addonChange: 'hold' | 'deny';
  /**
   * How long an add-on's pod may be not Ready on a Ready node before it may be replaced although it is held.
   * Counted from when the node is Ready, ten minutes outlast any start after a reboot; held longer, a broken pod stops
   * the rollout everywhere else.
   */
  readonly brokenAfterMs: number;
}

const NO_TOOLS: RuleConfig['tools'] = new Map();

/** What applies where nothing is configured: each rule says it of itself. */
export const DEFAULT_POLICY: PolicyConfig = {
  rules: byRule(({ defaults }) => ({ ...defaults, tools: NO_TOOLS })),
  addonChange: 'hold',
  brokenAfterMs: 10 * 60_000,
};

/** What the vendor documents: backups, scans and add-on changes stay off. Our own record is guarded as ever. */
const PALETTE = withRules(DEFAULT_POLICY, (rule, id) => (ruleWithId(id).inPalette ? rule : { ...rule, mode: 'off' }));

/** The configurations that others start from, by name. */
export const PRESETS = { default: DEFAULT_POLICY, palette: PALETTE };

/** How a rule is applied to the work of one tool; null is work of no tool. */
export function ruleForTool({ rules }: PolicyConfig, id: RuleId, tool: string | null): RuleConfig {
  const rule = rules[id];
  const own = tool === null ? undefined : rule.tools.get(tool);
  return own === undefined ? rule : { ...rule, ...own };
}

/** Whether a rule refuses anything at all. */
export function isEnforced({ rules }: PolicyConfig, id: RuleId): boolean {
  const { mode, tools } = rules[id];
  return mode === 'enforce' || [...tools.values()].some((tool) => tool.mode === 'enforce');
}

/** The same configuration with its rules changed one by one. */
export function withRules(config: PolicyConfig, change: (rule: RuleConfig, id: RuleId) => RuleConfig): PolicyConfig {
  const rules = { ...config.rules };
  for (const id of Object.keys(rules).filter(isRuleId)) rules[id] = change(rules[id], id);
  return { ...config, rules };
}
