import type { NodeRow } from '../../wire.ts';

/** A drain as it is seen from outside, whoever carries it out. */
export interface DrainView {
  readonly left: number;
  /** Of how many; undefined where nobody told. */
  readonly total: number | undefined;
  readonly causes: NonNullable<NodeRow['drain']>['causes'];
  readonly remarks: readonly string[];
}

/** Pure; undefined: the node is not drained now, or its pods could not be read. */
export function drainView({ drain, podsLeft, progress, stoppedSince, name }: NodeRow): DrainView | undefined {
  if (drain === null || podsLeft === null) return undefined;
  const [, total] = /^\d+ of (\d+) pods left/.exec(progress) ?? [];
  const { causes, areBudgetsKnown } = drain;
  const remarks = [
    ...(stoppedSince === null
      ? []
      : [
          `nobody goes on with this drain: run the same kubectl maint on again, or give it up: kubectl maint off ${name}`,
        ]),
    ...(areBudgetsKnown ? [] : ['no right to list and watch poddisruptionbudgets.policy: what they hold is not known']),
    ...(causes.length === 0 ? ['nothing that can be seen from here holds them'] : []),
  ];
  return { left: podsLeft, total: total === undefined ? undefined : Number(total), causes, remarks };
}

/** What helps against a cause, where its own words do not say it (docs/drain.md). */
const HELP: Readonly<Record<string, string>> = {
  budget: 'wait until more of its pods are Ready, or mend those that are named',
  'two-budgets': 'the API server evicts no such pod: change the selector of one of them',
  webhook: 'somebody’s webhook or policy refuses it; it is asked again',
  moving: 'wait: its operator moves it',
  server: 'it is asked again',
  credentials: 'log in again, and run the same command again',
  terminating: 'whoever owns the finalizer has to let go; without one the kubelet has not ended it yet',
  running: 'it ends by itself; --active-work=evict breaks it off',
  order: 'wait: their turn comes',
};

/** A budget that lets none of its pods go says itself what helps: no waiting does. */
const SAYS_WHAT_HELPS = /lets no(?:ne)? /;

/** Pure; empty where nothing is known that helps, or the cause says it itself. */
export function helpFor({ kind, text }: { readonly kind: string; readonly text: string }): string {
  return kind === 'budget' && SAYS_WHAT_HELPS.test(text) ? '' : (HELP[kind] ?? '');
}
