import { clean, MAX_QUOTE, type Exception } from '../../../shared/index.ts';
import type { CanaryAnswer } from '../../policy/canary.ts';
import type { CronJobAfter } from '../../kept-off/cron-jobs.ts';
import type { ChangedExceptions, PlannedChange } from '../../nodes/exceptions.ts';
import type { AllowFormat } from './flags.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import type { Screen } from '../../terminal/screen.ts';

/** What the API server said to work of a rule, tried in a dry run. */
export type Trial = CanaryAnswer & { readonly rule: string };

/** What a node allows now; also the shape of `-o json`. */
export interface Allowance {
  readonly node: string;
  readonly exceptions: readonly Exception[];
  readonly trials: readonly Trial[];
  /** What becomes of the CronJobs whose refused runs may pass now. */
  readonly cronJobs: readonly CronJobAfter[];
}

/** All of them in a form for programs: a list, like kubectl's, or the names alone. */
export async function renderAllowances(
  allowances: readonly Allowance[],
  format: Exclude<AllowFormat, 'text'>,
): Promise<string> {
  const list = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'ExceptionList', items: allowances };
  switch (format) {
    case 'json':
      return JSON.stringify(list, undefined, 2);
    case 'yaml':
      return (await import('yaml')).stringify(list).trimEnd();
    case 'name':
      return allowances.map(({ node }) => `node/${node}`).join('\n');
  }
}

const SUFFIX: Readonly<Record<DryRun, string>> = { none: '', client: ' (dry run)', server: ' (server dry run)' };
/** Longest answer of an API server in a line, in characters. */
const MAX_ANSWER = 1000;

/** Tells what became of a node's exceptions. */
export function tellChange(
  { node, rules, former }: ChangedExceptions,
  change: PlannedChange,
  dryRun: DryRun,
  screen: Screen,
): void {
  const { name } = node.facts;
  if (change.kind === 'revoke') {
    const what = rules.length === 0 ? 'has no such exception' : `${rules.join(', ')} no longer allowed`;
    screen.result(`node/${name} ${what}${SUFFIX[dryRun]}`);
    return;
  }
  screen.result(`node/${name} ${rules.join(', ')} allowed until ${change.exception.until}${SUFFIX[dryRun]}`);
  for (const { rules: earlier, by, until } of former) {
    const replaced = earlier.filter((rule) => rules.includes(rule)).join(', ');
    screen.note(
      `it takes the place of what ${clean(by, MAX_QUOTE)} allowed: ${replaced} until ${clean(until, MAX_QUOTE)}`,
    );
  }
}

/** Tells how an exception ends. */
export function tellEnd(node: string, screen: Screen): void {
  screen.note(`it ends by itself; sooner: kubectl maint allow ${node} --revoke`);
}

/** Tells what the trial of a rule showed. */
export function tellTrial(trial: Trial, { node }: ChangedExceptions, { kind }: PlannedChange, screen: Screen): void {
  const what = `a ${trial.rule} on node ${node.facts.name}`;
  if (trial.said === 'unknown') {
    screen.warn(`whether ${what} passes could not be tried: ${clean(trial.why, MAX_ANSWER)}`);
  } else if (trial.said === 'accepted') {
    if (kind === 'grant') screen.note(`${what} passes: tried in a server dry run`);
    else
      screen.warn(
        `${what} still passes: the API server accepted one in a dry run (is the webhook installed and ready?)`,
      );
  } else if (kind === 'grant') screen.warn(`${what} is still refused: ${clean(trial.why, MAX_ANSWER)}`);
  else screen.note(`${what} is refused again`);
}
