import { mergeGroups } from '../../drain/cause.ts';
import { Progress, wordFor } from '../../drain/progress.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { NodeProgress } from '../../drain/events.ts';
import type { OnEvent } from './events.ts';
import { renderDrains } from './live.ts';
import type { Session } from '../../session/session.ts';
import { failuresToldOneByOne, forEachNode, type ForEachNodeOptions } from '../../nodes/for-each-node.ts';
import { drainMarkedNode, type Shared } from './drain-node.ts';
import type { OnRun } from './on-run.ts';
import type { Marked } from './prepared.ts';

/** How far the drains of a run have come, over all of its batches. */
export interface Drains {
  /** Names of the nodes that are drained, and whose record says so. */
  readonly drained: Set<string>;
  readonly lanes: Progress[];
  /** How many nodes the run is about: the failure of an only one is the command's. */
  readonly outOf: number;
}

/** Drains nodes that are marked, several at once. Returns the gravest failure; throws that of an only node. */
export async function drainBatch(
  marked: readonly Marked[],
  { drains, ...shared }: Shared & { readonly drains: Drains },
  run: OnRun,
): Promise<ExitCode> {
  const { session, report, announcer, operation } = run;
  const ports = {
    report,
    announcer,
    clock: session.clock,
    reader: session.cluster,
    budgets: shared.budgets,
    word: wordFor(operation),
  };
  const lanes = marked.map((one) => ({ ...one, progress: new Progress({ node: one.written, ...ports }) }));
  drains.lanes.push(...lanes.map(({ progress }) => progress));
  type Lane = (typeof lanes)[number];
  const drain = async ({ progress, ...one }: Lane): Promise<void> => {
    await drainMarkedNode(one, progress, shared, run);
    drains.drained.add(one.node.facts.name);
  };
  const options: ForEachNodeOptions<Lane> = {
    session,
    parallel: operation.pace.maxParallel,
    live: (size) =>
      renderDrains(
        lanes.map(({ progress }) => progress.now),
        size,
      ),
    failures: failuresToldOneByOne(drains.outOf, report),
    queued: ({ drain, progress }, signal) => progress.queue(drain?.plan, signal),
  };
  // An interruption is told once, for all nodes.
  return (await forEachNode(lanes, drain, options).catch(unlessInterrupted(session))) ?? EXIT.interrupted;
}

/** Where every node has said its part, what people want to know is how many are drained, and what the others wait for. */
export function summaryOf({ lanes, drained }: Drains, notBegun: readonly string[]): OnEvent {
  const left = lanes.map(({ now }): NodeProgress => now).filter(({ node }) => !drained.has(node));
  return {
    type: 'summary',
    drained: [...drained].sort(),
    left: left.map(({ node }) => node),
    notBegun,
    causes: mergeGroups(left.flatMap(({ causes }) => causes)),
  };
}

/** An interruption is told once, for all nodes. */
export function unlessInterrupted({ signal }: Session): (thrown: unknown) => undefined {
  return (thrown) => {
    if (!signal.aborted) throw thrown;
    return undefined;
  };
}
