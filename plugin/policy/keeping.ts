import { LABELLED_TOOL, ruleForTool, type PolicyConfig, type Scope } from '../../shared/index.ts';

/** Kinds of work that are kept off nodes in maintenance, in the order in which they are told. */
export const KEPT_WORK = ['backup', 'scan', 'addon'] as const;
export type KeptWork = (typeof KEPT_WORK)[number];

/** What a policy does with a kind of work while a node is in maintenance; data for programs, too (`on -o json`). */
export interface Keeping {
  readonly work: KeptWork;
  /** The tool of whose work this is said, by its id; null: all work of the kind but that of the tools that are named. */
  readonly tool: string | null;
  /** `held`: the change is accepted, and waits on the node. */
  readonly how: 'refused' | 'held' | 'warned' | 'passes';
  /** Whether the node's own work is meant, or that of the whole cluster. */
  readonly scope: Scope;
}

/** What a policy does, rule by rule, and with the tools for which it does something else. Pure. */
export function keepingOf(config: PolicyConfig): readonly Keeping[] {
  return KEPT_WORK.flatMap((work) => {
    const [general, ...ofTools] = [null, ...config.rules[work].tools.keys()].map((tool) =>
      keepingFor(work, tool, config),
    );
    if (general === undefined) return [];
    return [general, ...ofTools.filter(({ how, scope }) => how !== general.how || scope !== general.scope)];
  });
}

function keepingFor(work: KeptWork, tool: string | null, config: PolicyConfig): Keeping {
  const { mode, scope } = ruleForTool(config, work, tool);
  if (mode === 'warn') return { work, tool, how: 'warned', scope };
  if (mode !== 'enforce') return { work, tool, how: 'passes', scope };
  return { work, tool, how: work === 'addon' && config.addonChange === 'hold' ? 'held' : 'refused', scope };
}

/** Work that can be tried out in a dry run, in the order in which it is. */
const TRIED = ['backup', 'scan'] as const;
export type TriedWork = (typeof TRIED)[number];

/** What a canary can show to be refused: it looks like work that its user labelled. */
export function triedWork(config: PolicyConfig): readonly TriedWork[] {
  return TRIED.filter((work) => ruleForTool(config, work, LABELLED_TOOL).mode === 'enforce');
}
