import * as z from 'zod/mini';
import { DURATION, parseDuration } from '../duration.ts';
import { at, isObject, listAt, textAt } from '../facts/json.ts';
import { parsed, type Parsed, type Problem } from '../problem.ts';
import { echo, joinStep, problemsFromIssue, strict } from '../schema.ts';
import { catalogueFromTools } from '../targets/classify.ts';
import { TOOLS } from '../targets/registry.ts';
import type { Tool } from '../targets/tool.ts';
import { parseUserTools, RESERVED } from '../targets/user-tools.ts';
import {
  PRESETS,
  withRules,
  type AfterOverdue,
  type PolicyConfig,
  type RuleConfig,
  type RuleMode,
  type Scope,
  type ToolConfig,
} from './config.ts';
import { BUILT_IN_POLICY, LABELLED_TOOL, type Policy } from './policy.ts';
import { RULES, ruleWithId, type RuleId } from './registry.ts';
import type { Rule, Setting } from './rule.ts';
import type { Decision } from './verdict.ts';

const mode = z.optional(z.enum(['enforce', 'warn', 'audit', 'off'] satisfies readonly RuleMode[]));
const scope = z.optional(z.enum(['node', 'cluster'] satisfies readonly Scope[]));
const unknown = z.optional(z.enum(['allow', 'warn', 'deny'] satisfies readonly Decision[]));
const duration = z.string().check(z.regex(DURATION, 'is no duration: write it like 30s, 10m, 1h30m or 2d'));

interface RuleForm {
  readonly mode?: RuleMode | undefined;
  readonly scope?: Scope | undefined;
  readonly unknown?: Decision | undefined;
  readonly afterOverdue?: AfterOverdue['mode'] | undefined;
  readonly overdueFor?: string | undefined;
  readonly change?: PolicyConfig['addonChange'] | undefined;
  readonly brokenAfter?: string | undefined;
  readonly tools?: Readonly<Record<string, ToolRuleForm>> | undefined;
}

interface ToolRuleForm {
  readonly mode?: RuleMode | undefined;
  readonly scope?: Scope | undefined;
}

/** The fields of what may be configured of some rules. */
const SETTINGS = {
  scope: { scope },
  afterOverdue: { afterOverdue: z.optional(z.enum(['warn', 'audit'] satisfies readonly AfterOverdue['mode'][])) },
  overdueFor: { overdueFor: z.optional(duration) },
  change: { change: z.optional(z.enum(['hold', 'deny'])) },
  brokenAfter: { brokenAfter: z.optional(duration) },
} as const satisfies Record<Exclude<Setting, 'tools'>, object>;

/** The form of one rule's entry. Only rules that look at nodes or at the whole cluster may do so otherwise for a tool. */
function formOf({ settings }: Rule): z.ZodMiniType<RuleForm> {
  const own = settings.map((setting) => (setting === 'tools' ? {} : SETTINGS[setting]));
  const forTool = settings.includes('scope') ? strict({ mode, scope }) : strict({ mode });
  const tools = settings.includes('tools') ? { tools: z.optional(z.record(z.string(), forTool)) } : {};
  return strict(Object.assign({ mode, unknown }, ...own, tools));
}

const rules = strict(
  Object.fromEntries(RULES.map((rule) => [rule.id, z.optional<z.ZodMiniType<RuleForm>>(formOf(rule))] as const)),
);

/** The form of a configuration file; what it cannot say is checked by policyFromValue. */
export const POLICY_FORM = strict({
  apiVersion: z.literal('kubectl-maint.io/v1alpha1'),
  kind: z.literal('MaintenancePolicy'),
  preset: z._default(z.enum(['default', 'palette'] satisfies readonly (keyof typeof PRESETS)[]), 'default'),
  rules: z._default(rules, {}),
  tools: z.optional(z.unknown()),
});

/**
 * The policy from the value of a configuration file (`kind: MaintenancePolicy`). Every problem at once: what is unknown,
 * of a wrong type, said twice, or could never apply. A configuration that is half understood is none.
 */
export function policyFromValue(value: unknown): Parsed<Policy> {
  const result = z.safeParse(POLICY_FORM, value);
  const tools = at(value, 'tools') === undefined ? parsed([]) : parseUserTools(at(value, 'tools'));
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap((issue) => problemsFromIssue(issue, value, ''))),
    ...(tools.ok ? [] : tools.problems),
    ...strangersIn(value, tools.ok ? tools.value : undefined),
  ];
  if (!result.success || !tools.ok || problems.length > 0) return { ok: false, problems };
  const config = configFrom(result.data);
  if (tools.value.length === 0) return parsed({ ...BUILT_IN_POLICY, config, written: value });
  const all = [...TOOLS, ...tools.value];
  return parsed({ config, tools: all, catalogue: catalogueFromTools(all), written: value });
}

function configFrom({ preset, rules: entries }: z.infer<typeof POLICY_FORM>): PolicyConfig {
  const base = withRules(PRESETS[preset], (rule, id) => ruleFrom(entries[id] ?? {}, rule));
  const { change, brokenAfter } = entries['addon'] ?? {};
  const span = brokenAfter === undefined ? undefined : parseDuration(brokenAfter);
  return {
    ...base,
    addonChange: change ?? base.addonChange,
    brokenAfterMs: span?.ok === true ? span.value : base.brokenAfterMs,
  };
}

function ruleFrom(entry: RuleForm, rule: RuleConfig): RuleConfig {
  return {
    mode: entry.mode ?? rule.mode,
    scope: entry.scope ?? rule.scope,
    unknown: entry.unknown ?? rule.unknown,
    ...afterOverdueFrom(entry),
    tools: new Map(Object.entries(entry.tools ?? {}).map(([id, own]) => [id, toolFrom(own)])),
  };
}

/** A day: who works on a node overnight is late, and has not forgotten it. */
const OVERDUE_FOR_MS = 24 * 3_600_000;

function afterOverdueFrom({ afterOverdue, overdueFor }: RuleForm): Pick<RuleConfig, 'afterOverdue'> {
  if (afterOverdue === undefined) return {};
  const span = overdueFor === undefined ? undefined : parseDuration(overdueFor);
  return { afterOverdue: { mode: afterOverdue, forMs: span?.ok === true ? span.value : OVERDUE_FOR_MS } };
}

function toolFrom(entry: ToolRuleForm): ToolConfig {
  return { ...(entry.mode && { mode: entry.mode }), ...(entry.scope && { scope: entry.scope }) };
}

/**
 * Tools that a rule's exceptions name and that the rule never meets. Read from the raw value, so that these are told
 * beside all other problems; where the user's own tools have problems (undefined), what they do is not yet known.
 */
function strangersIn(value: unknown, own: readonly Tool[] | undefined): readonly Problem[] {
  const named = own === undefined ? listAt(value, 'tools').map((tool) => textAt(tool, 'id')) : [];
  return RULES_WITH_TOOLS.flatMap((rule) => {
    const entries = at(value, 'rules', rule, 'tools');
    if (!isObject(entries)) return [];
    const met = toolsMetBy(rule, [...TOOLS, ...(own ?? [])]);
    const strangers = Object.keys(entries).filter((id) => !met.includes(id) && !named.includes(id));
    return strangers.map((id) => ({
      path: joinStep(`rules.${rule}.tools`, id),
      value: echo(entries[id]),
      message: `is no tool that this rule meets: ${met.join(', ')}`,
    }));
  });
}

/** Rules that may make exceptions of tools. */
export const RULES_WITH_TOOLS: readonly RuleId[] = RULES.filter(({ settings }) => settings.includes('tools')).map(
  ({ id }) => id,
);

/**
 * Ids of the tools that a rule may make exceptions of. A rule about work meets the tools that do it; the rule for add-ons
 * meets what any tool delivers or runs.
 */
export function toolsMetBy(rule: RuleId, tools: readonly Tool[]): readonly string[] {
  const { work: about } = ruleWithId(rule);
  if (about === undefined) return [...tools.map(({ id }) => id), ...RESERVED];
  const doing = tools.filter(({ patterns }) => patterns.some(({ work }) => work === about));
  return [...doing.map(({ id }) => id), LABELLED_TOOL];
}
