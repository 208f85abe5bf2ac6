import { once, type PodFacts } from '../../../shared/index.ts';
import { Limiter } from '../../drain/limiter.ts';
import type { PodsByNode } from '../../drain/pods-by-node.ts';
import { followPods } from '../../drain/pods-on-node.ts';
import { badSelector, readPods } from '../../drain/read.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { notesTo } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import type { OnRun, Target, TargetPods } from './on-run.ts';

/** Nodes whose pods are listed at once. */
const LISTS_AT_ONCE = 8;

/** Whether no drain follows, so that nothing needs to be watched. */
export interface LookOnly {
  readonly isLook?: boolean;
}

/**
 * Plans the drain of every node before any is touched. The pods of the nodes that are drained first are watched from here
 * on; those of others are listed, and watched when their turn comes. Throws ClusterRefusal, or MaintError('usage') on a bad
 * --pod-selector.
 */
export async function planDrains(
  nodes: readonly NodeSnapshot[],
  run: Pick<OnRun, 'operation' | 'session' | 'report' | 'view' | 'shared'> & LookOnly,
): Promise<readonly Target[]> {
  const { operation, session, shared, isLook = false } = run;
  if (operation.claim.mode === 'cordon') return nodes.map((node) => ({ node }));
  const { podSelector } = operation.drain;
  const { maxParallel } = operation.pace;
  const all = maxParallel === 0 ? nodes.length : maxParallel;
  const drainedFirst = isLook ? 0 : all;
  const lists = new Limiter(LISTS_AT_ONCE);
  const planner = shared.planner();
  const budgets = shared.budgets();
  const source = await run.view.pods();
  const targets = await Promise.all(
    nodes.map(async (node, index) => {
      const { name } = node.facts;
      const pods = podsOf(name, source, run);
      const read = () =>
        index < drainedFirst ? pods.follow().first : lists.run(() => readFrom(source, name, podSelector, session));
      const there = read().catch((thrown: unknown) => {
        throw badSelector(thrown, podSelector) ?? thrown;
      });
      const [plans, first] = await Promise.all([planner, there]);
      return { node, pods, plan: await plans.plan(name, first) };
    }),
  );
  await budgets.first;
  return targets;
}

/** The API server judges selectors, for one node after the other. */
function readFrom(
  source: PodsByNode,
  name: string,
  podSelector: string | undefined,
  { cluster }: Session,
): Promise<readonly PodFacts[]> {
  return podSelector === undefined ? source.read(name) : readPods(name, podSelector, cluster);
}

function podsOf(
  name: string,
  source: PodsByNode,
  { operation, session, report }: Pick<OnRun, 'operation' | 'session' | 'report'>,
): TargetPods {
  const { podSelector } = operation.drain;
  const left = new AbortController();
  const signal = AbortSignal.any([session.signal, left.signal]);
  const following = { signal, note: notesTo(report) };
  return {
    follow: once(() =>
      podSelector === undefined ? source.follow(name, following) : followPods(name, podSelector, session, following),
    ),
    end: () => {
      left.abort();
    },
  };
}

/** A node whose turn comes after others, planned by the pods that are on it now: the first plan may be hours old. */
export async function planAgain(target: Target, { shared }: Pick<OnRun, 'shared'>): Promise<Target> {
  if (target.pods === undefined) return target;
  const pods = target.pods.follow();
  await pods.first;
  const planner = await shared.planner();
  return { ...target, plan: await planner.plan(target.node.facts.name, pods.all()) };
}
