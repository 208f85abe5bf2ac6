import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { mergeGroups } from '../../drain/cause.ts';
import { Progress, wordFor } from '../../drain/progress.ts';
import { failuresToldOneByOne, forEachNode } from '../../nodes/for-each-node.ts';
import { drainMarkedNode } from './drain-node.ts';
import { unlessInterrupted } from './end.ts';
import type { NodeProgress } from '../../drain/events.ts';
import type { OnEvent } from './events.ts';
import { renderDrains } from './live.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';

/** Drains nodes that are marked, several at once. Returns the gravest failure; throws that of an only node. */
export async function drainNodes(marked: readonly MarkedTarget[], run: OnRun): Promise<ExitCode> {
  const { session, report, operation } = run;
  const drains = marked.map((target) => ({ ...target, progress: progressOf(target, run) }));
  const progress = drains.map((drain) => drain.progress);
  run.progress.push(...progress);
  const over = forEachNode(drains, (drain) => drainMarkedNode(drain, run), {
    session,
    parallel: operation.pace.maxParallel,
    live: (size) =>
      renderDrains(
        progress.map(({ now }) => now),
        size,
      ),
    failures: failuresToldOneByOne(run.names.length, report),
    queued: ({ plan, progress }, signal) => progress.queue(plan, signal),
  });
  // An interruption is told once, for all nodes.
  return (await over.catch(unlessInterrupted(session))) ?? EXIT.interrupted;
}

function progressOf({ marked }: MarkedTarget, { operation, session, report, announcer, shared }: OnRun): Progress {
  return new Progress({
    node: marked,
    report,
    announcer,
    clock: session.clock,
    reader: session.cluster,
    budgets: shared.budgets(),
    migrations: shared.migrations(),
    word: wordFor(operation),
  });
}

/** Where every node has said its part, what people want to know is how many are drained, and what the others wait for. */
export function drainSummary(notBegun: readonly string[], { progress, drained }: OnRun): OnEvent {
  const left = progress.map(({ now }): NodeProgress => now).filter(({ node }) => !drained.has(node));
  return {
    type: 'summary',
    drained: [...drained].sort(),
    left: left.map(({ node }) => node),
    notBegun,
    causes: mergeGroups(left.flatMap(({ causes }) => causes)),
  };
}
