import type { Argv } from 'yargs';
import { LIFTABLE_RULES, MaintError, type LiftableRule } from '../../shared/index.ts';
import type { AllowOperation, DryRun, ExceptionChange } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { durationFlag, last, momentFlag, textFlag } from './values.ts';

/** The flags of `kubectl maint allow`. */
export function allowOptions<T>(yargs: Argv<T>) {
  return clusterOptions(yargs)
    .positional('node', { type: 'string', array: true, describe: 'Nodes in maintenance' })
    .option('selector', SELECTOR)
    .option('rules', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: `What is allowed, with commas: ${LIFTABLE_RULES.join(', ')}`,
    })
    .option('for', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      conflicts: 'until',
      describe: 'For how long from now, like 30m; 24h at most',
    })
    .option('until', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Until when, like 2026-01-31T06:00:00Z; 24h from now at most',
    })
    .option('reason', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Why; kept in the record and in an Event of the node',
    })
    .option('revoke', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Take exceptions back: from the rules of --rules, or all of them',
    })
    .option('dry-run', {
      type: 'string',
      choices: ['none', 'client', 'server'] as const,
      default: 'none' as const,
      requiresArg: true,
      coerce: last<DryRun>,
      describe: 'client prints what would change; server lets the API server judge it; neither changes anything',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['json', 'yaml', 'name'] as const,
      requiresArg: true,
      coerce: last<'json' | 'yaml' | 'name'>,
      describe: 'json, yaml: one object with what each node allows, and what a trial said; name: the nodes',
    })
    .example('$0 allow worker-3 --rules backup --for 30m --reason "last backup before the swap"', 'let a backup pass')
    .example('$0 allow worker-3 --revoke', 'refuse everything again');
}

type AllowArguments = Awaited<ReturnType<typeof allowOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function allowOperation(argv: AllowArguments): AllowOperation {
  return {
    verb: 'allow',
    cluster: clusterFlags(argv),
    nodes: requiredNodes('allow', argv.node ?? [], argv.selector),
    change: argv.revoke === true ? revocation(argv) : grant(argv),
    dryRun: argv['dry-run'] ?? 'none',
    format: argv.output ?? 'text',
  };
}

const EXAMPLE = 'kubectl maint allow NODE --rules backup --for 30m --reason TEXT';

function grant(argv: AllowArguments): ExceptionChange {
  const rules = rulesFlag(argv.rules);
  if (rules === undefined)
    throw new MaintError('usage', '--rules is missing: what is to be allowed?', { hint: EXAMPLE });
  const reason = textFlag('--reason', argv.reason);
  if (reason === undefined) throw new MaintError('usage', '--reason is missing: why is it allowed?', { hint: EXAMPLE });
  if (argv.until !== undefined)
    return { kind: 'grant', rules, until: { at: momentFlag('--until', argv.until) }, reason };
  if (argv.for !== undefined) return { kind: 'grant', rules, until: { inMs: durationFlag('--for', argv.for) }, reason };
  throw new MaintError('usage', 'neither --for nor --until says when it ends', { hint: EXAMPLE });
}

function revocation(argv: AllowArguments): ExceptionChange {
  if (argv.for !== undefined || argv.until !== undefined || argv.reason !== undefined) {
    throw new MaintError('usage', '--revoke takes no --for, --until or --reason: it takes exceptions back at once');
  }
  return { kind: 'revoke', rules: rulesFlag(argv.rules) };
}

/** The rules as they were typed, each once. */
function rulesFlag(text: string | undefined): readonly LiftableRule[] | undefined {
  if (text === undefined) return undefined;
  return [...new Set(text.split(',').map((word) => ruleFrom(word.trim())))];
}

function ruleFrom(word: string): LiftableRule {
  const rule = LIFTABLE_RULES.find((known) => known === word);
  if (rule !== undefined) return rule;
  const why = word === 'node-guard' ? 'node-guard cannot be lifted' : `"${word}" is not a rule that can be lifted`;
  throw new MaintError('usage', `--rules: ${why}; these can: ${LIFTABLE_RULES.join(', ')}`);
}
