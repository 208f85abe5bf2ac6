import type { Decision, RuleId } from './verdict.ts';

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

/** What applies where nothing is configured (product.md section 4). */
export const DEFAULT_POLICY: PolicyConfig = {
  rules: {
    backup: { mode: 'enforce', scope: 'node', unknown: 'deny', tools: NO_TOOLS },
    scan: { mode: 'enforce', scope: 'cluster', unknown: 'deny', tools: NO_TOOLS },
    'node-guard': { mode: 'enforce', scope: 'node', unknown: 'warn', tools: NO_TOOLS },
    placement: { mode: 'warn', scope: 'node', unknown: 'allow', tools: NO_TOOLS },
    // Denying what is not surely a rollout can stop a DaemonSet on every node: without facts it passes, with a warning.
    addon: { mode: 'enforce', scope: 'node', unknown: 'warn', tools: NO_TOOLS },
  },
  addonChange: 'hold',
  brokenAfterMs: 10 * 60_000,
};

/** What the vendor documents: backups, scans and add-on changes stay off. Our own record is guarded as ever. */
const DOCUMENTED: readonly string[] = ['backup', 'scan', 'addon', 'node-guard'] satisfies readonly RuleId[];

/** The configurations that others start from, by name. */
export const PRESETS = { default: DEFAULT_POLICY, palette: onlyRules(DEFAULT_POLICY, DOCUMENTED) };

/** Whether a text names a rule. */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(DEFAULT_POLICY.rules, text);
}

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

function onlyRules(config: PolicyConfig, ids: readonly string[]): PolicyConfig {
  return withRules(config, (rule, id) => (ids.includes(id) ? rule : { ...rule, mode: 'off' }));
}
