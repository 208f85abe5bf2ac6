import { LIFTABLE_RULES, MaintError, RULES, type RuleId } from '../../../shared/index.ts';
import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable, type FlagValues } from '../../command-line/flag.ts';
import { SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { durationFlag, momentFlag, textFlag } from '../../command-line/values.ts';
import type { ExceptionChange } from '../../nodes/exceptions.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import type { NodeChoice } from '../../nodes/choose.ts';

/** Lines for people, or one JSON object. */
export type AllowFormat = 'text' | 'json' | 'yaml' | 'name';

/** `kubectl maint allow` */
export interface AllowOperation {
  readonly verb: 'allow';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly change: ExceptionChange;
  readonly dryRun: DryRun;
  readonly format: AllowFormat;
}

/** The flags of `allow`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  ...SELECTOR_FLAG,
  rules: {
    kind: 'value',
    value: rulesFlag,
    completes: { list: LIFTABLE_RULES },
    describe: `What is allowed, with commas: ${LIFTABLE_RULES.join(', ')}`,
  },
  for: {
    kind: 'value',
    value: durationFlag,
    excludes: 'until',
    describe: 'For how long from now, like 30m; 24h at most',
  },
  until: {
    kind: 'value',
    value: momentFlag,
    describe: 'Until when, like 2026-01-31T06:00:00Z; 24h from now at most',
  },
  reason: { kind: 'value', value: textFlag, describe: 'Why; kept in the record and in an Event of the node' },
  revoke: {
    kind: 'switch',
    default: false,
    describe: 'Take exceptions back: from the rules of --rules, or all of them',
  },
  'dry-run': {
    ...oneOf('none', 'client', 'server'),
    default: 'none',
    implied: 'client',
    describe: 'client prints what would change; server lets the API server judge it; neither changes anything',
  },
  output: {
    short: 'o',
    ...oneOf('json', 'yaml', 'name'),
    describe: 'json, yaml: one object with what each node allows, and what a trial said; name: the nodes',
  },
} as const satisfies FlagTable;

type AllowValues = FlagValues<typeof FLAGS>;

const EXAMPLE = 'kubectl maint allow NODE --rules backup --for 30m --reason TEXT';

export function grant(values: AllowValues): ExceptionChange {
  const { rules, reason, until } = values;
  if (rules === undefined)
    throw new MaintError('usage', '--rules is missing: what is to be allowed?', { hint: EXAMPLE });
  if (reason === undefined) throw new MaintError('usage', '--reason is missing: why is it allowed?', { hint: EXAMPLE });
  if (until !== undefined) return { kind: 'grant', rules, until: { at: until }, reason };
  if (values.for !== undefined) return { kind: 'grant', rules, until: { inMs: values.for }, reason };
  throw new MaintError('usage', 'neither --for nor --until says when it ends', { hint: EXAMPLE });
}

export function revocation(values: AllowValues): ExceptionChange {
  if (values.for !== undefined || values.until !== undefined || values.reason !== undefined) {
    throw new MaintError('usage', '--revoke takes no --for, --until or --reason: it takes exceptions back at once');
  }
  return { kind: 'revoke', rules: values.rules };
}

/** The rules as they were typed, each once. */
function rulesFlag(text: string): readonly RuleId[] {
  return [...new Set(text.split(',').map((word) => ruleFrom(word.trim())))];
}

function ruleFrom(word: string): RuleId {
  const rule = LIFTABLE_RULES.find((known) => known === word);
  if (rule !== undefined) return rule;
  const isRule = RULES.some(({ id }) => id === word);
  const why = isRule ? `${word} cannot be lifted` : `"${word}" is not a rule that can be lifted`;
  throw new MaintError('usage', `--rules: ${why}; these can: ${LIFTABLE_RULES.join(', ')}`);
}
