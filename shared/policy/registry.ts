import { addon } from './rules/addon.ts';
import { backup } from './rules/backup.ts';
import { machine } from './rules/machine.ts';
import { nodeGuard } from './rules/node-guard.ts';
import { placement } from './rules/placement.ts';
import { scan } from './rules/scan.ts';
import type { AskedEntry } from './entry.ts';
import type { Rule } from './rule.ts';

/** Every rule by its id, in the order of ids. A new rule is one file, one line here and one folder of fixtures. */
const BY_ID = { addon, backup, machine, 'node-guard': nodeGuard, placement, scan };

export type RuleId = keyof typeof BY_ID;

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = Object.values(BY_ID);

/** What the API server asks the webhook about, each once though several rules share it; what asks about most comes first. */
export const ENTRIES: readonly AskedEntry[] = [...new Set(RULES.flatMap(({ entries }) => entries))].sort(
  (a, b) => Number(b.ofTools !== undefined) - Number(a.ofTools !== undefined),
);

/** First parts of the names of entries that come with the first node in maintenance and go with the last. */
export const ARMED_ENTRIES: readonly string[] = ENTRIES.filter(({ always }) => always !== true).map(({ name }) => name);

/** The rule with an id. */
export function ruleWithId(id: RuleId): Rule {
  return BY_ID[id];
}

/** Whether a text names a rule. */
export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(BY_ID, text);
}

/** Something for each rule. */
export function byRule<T>(make: (rule: Rule) => T): Readonly<Record<RuleId, T>> {
  const made = Object.fromEntries(RULES.map((rule) => [rule.id, make(rule)]));
  if (isForEach(made)) return made;
  throw new Error('a rule calls itself otherwise than the registry');
}

function isForEach<T>(made: Readonly<Record<string, T>>): made is Readonly<Record<RuleId, T>> {
  return Object.keys(BY_ID).every((id) => Object.hasOwn(made, id));
}
