import * as z from 'zod/mini';
import {
  labelSelectorFrom,
  parsed,
  problemsFromIssue,
  strict,
  type Parsed,
  type Problem,
} from '../../../shared/index.ts';
import { MOMENTS, type Hook, type Step } from '../hook.ts';
import { DATA_MODES, type DataMode } from '../preparations/preparation.ts';
import type { OnFailure } from '../record/record.ts';
import { digestOf } from '../record/digest.ts';
import { unknownVariables } from '../template.ts';
import { duration, spanOf } from './duration.ts';
import {
  ACTION_FORMS,
  ACTION_KEYS,
  actionFrom,
  inverseFrom,
  problemsOf,
  WITH_INVERSE,
  type WrittenAction,
} from './actions.ts';

/** How long a step may take where it does not say: a database that hands over, a Job whose image has to be pulled. */
const TIMEOUT_MS = 5 * 60_000;
/** Most steps of a file: each is some calls for every node. */
const MAX_STEPS = 100;

const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const name = z.string().check(z.regex(NAME, 'must be lower-case letters, digits and - (63 at most)'));
const { http, job, command } = ACTION_FORMS;

const step = strict({
  name,
  ...ACTION_FORMS,
  inverse: z.optional(strict({ http, job, command })),
  timeout: z.optional(duration),
  onFailure: z.optional(z.enum(['stop', 'warn'] satisfies readonly OnFailure[])),
});

const hook = strict({
  name,
  at: z.enum(MOMENTS),
  nodeSelector: z.optional(z.record(z.string(), z.unknown())),
  steps: z.array(step).check(z.minLength(1, 'is empty')),
});

const form = strict({
  apiVersion: z.literal('kubectl-maint.io/v1alpha1'),
  kind: z.literal('MaintenanceHooks'),
  prepare: z.optional(z.array(z.string())),
  data: z.optional(z.enum(DATA_MODES)),
  hooks: z._default(z.array(hook), []),
});

type WrittenStep = z.infer<typeof step>;
type WrittenHook = z.infer<typeof hook>;

/** What a hook file asks for. */
export interface HookFile {
  /** Names of built-in preparations. */
  readonly prepare: readonly string[];
  /** What becomes of data on the node. */
  readonly data: DataMode | undefined;
  readonly hooks: readonly Hook[];
}

/** The hooks of a file (`kind: MaintenanceHooks`) from its value. Every problem at once: what is half understood is none. */
export function hooksFromValue(value: unknown): Parsed<HookFile> {
  const result = z.safeParse(form, value);
  if (!result.success)
    return { ok: false, problems: result.error.issues.flatMap((issue) => problemsFromIssue(issue, value, '')) };
  const { prepare = [], data, hooks } = result.data;
  const problems = [...hooks.flatMap(problemsOfHook), ...twice(hooks, 'hooks'), ...tooMany(hooks)];
  return problems.length > 0 ? { ok: false, problems } : parsed({ prepare, data, hooks: hooks.map(hookFrom) });
}

function problemsOfHook(written: WrittenHook, index: number): readonly Problem[] {
  const path = `hooks[${index}]`;
  const isSelector = labelSelectorFrom(written.nodeSelector ?? {}) !== undefined;
  return [
    ...(isSelector
      ? []
      : [{ path: `${path}.nodeSelector`, message: 'is no label selector (matchLabels, matchExpressions)' }]),
    ...selectorKeys(written, path),
    ...written.steps.flatMap((one, at) => problemsOfStep(one, written, `${path}.steps[${at}]`)),
    ...twice(written.steps, `${path}.steps`),
  ];
}

/** A misspelt key would select every node. */
function selectorKeys({ nodeSelector = {} }: WrittenHook, path: string): readonly Problem[] {
  const known = ['matchLabels', 'matchExpressions'];
  return Object.keys(nodeSelector)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: `${path}.nodeSelector.${key}`,
      message: `is not known here; known are ${known.join(', ')}`,
    }));
}

function problemsOfStep(written: WrittenStep, { at: moment }: WrittenHook, path: string): readonly Problem[] {
  const variables = unknownVariables(written).map((variable) => ({
    path,
    message: `${variable} is no variable: $(NODE), $(OWNER), $(REASON) and $(LABELS['KEY']) are; $$( stands for $( itself`,
  }));
  const own = [...problemsOf(written, path), ...momentProblems(written, moment, path)];
  const { inverse } = written;
  if (inverse === undefined) return [...own, ...variables];
  return [
    ...own,
    ...problemsOf(inverse, `${path}.inverse`),
    ...inverseProblems(written, moment, `${path}.inverse`),
    ...variables,
  ];
}

/** On the way in it would take back what LINSTOR has decided. */
function momentProblems({ restoreSatellite }: WrittenAction, moment: string, path: string): readonly Problem[] {
  if (restoreSatellite === undefined || moment.endsWith('-return')) return [];
  return [{ path: `${path}.restoreSatellite`, message: 'is for before-return and after-return' }];
}

function inverseProblems(written: WrittenAction, moment: string, path: string): readonly Problem[] {
  if (moment.endsWith('-return')) return [{ path, message: `is not for ${moment}: nothing undoes a return` }];
  const key = ACTION_KEYS.find((one) => written[one] !== undefined);
  if (key === undefined || WITH_INVERSE.includes(key)) return [];
  const why = key === 'wait' || key === 'safe' ? 'a wait changes nothing' : 'what it changes is put back by itself';
  return [{ path, message: `is not for ${key}: ${why}` }];
}

function twice(named: readonly { readonly name: string }[], path: string): readonly Problem[] {
  const names = named.map((one) => one.name);
  return [...new Set(names.filter((one, index) => names.indexOf(one) < index))].map((one) => ({
    path,
    message: `has "${one}" twice: give each a name of its own`,
  }));
}

function tooMany(hooks: readonly WrittenHook[]): readonly Problem[] {
  const count = hooks.reduce((sum, { steps }) => sum + steps.length, 0);
  return count > MAX_STEPS ? [{ path: 'hooks', message: `have ${count} steps; ${MAX_STEPS} is the most` }] : [];
}

function hookFrom({ name: title, at: moment, nodeSelector, steps }: WrittenHook): Hook {
  return { name: title, at: moment, nodes: labelSelectorFrom(nodeSelector ?? {}), steps: steps.flatMap(stepFrom) };
}

function stepFrom(written: WrittenStep): readonly Step[] {
  const { name: title, inverse, timeout, onFailure = 'stop' } = written;
  const action = actionFrom(written);
  if (action === undefined) return [];
  return [
    {
      name: title,
      action,
      inverse: inverse && inverseFrom(inverse),
      timeoutMs: timeout === undefined ? TIMEOUT_MS : spanOf(timeout),
      onFailure,
      of: digestOf({ action, inverse }),
    },
  ];
}
