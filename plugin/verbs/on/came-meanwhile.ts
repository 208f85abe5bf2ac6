import { MaintError, toleratesCordon, type PodFacts } from '../../../shared/index.ts';
import type { LiveNode } from '../../drain/live-node.ts';
import { podName, refusalsOf, type DrainPlan, type ReasonedPod } from '../../drain/plan.ts';
import { AGAINST_NAMING, AGAINST_RETURN } from '../../preflight/checks/returning.ts';
import { warning, type Finding } from '../../preflight/finding.ts';

/**
 * The pods that came since the preflight, are not evicted without a flag, and are left where they are: those that tolerate
 * the cordon (`kubectl debug node/…` makes one), and from the second round on those that name the node. kubectl drain does
 * the same: it looks once, after the cordon, and refuses what is there by then. Throws MaintError where there are others:
 * the scheduler was binding those when the node was cordoned, and they would be lost with the node.
 */
export function stayingOf({ node, refused }: DrainPlan, round: number): readonly ReasonedPod[] {
  const [stay, lost] = partitioned(refused, ({ pod }) => cordonLets(pod) || (round > 1 && pod.namesItsNode));
  if (lost.length === 0) return stay;
  const refusals = refusalsOf(lost)
    .map(({ text, names }) => `cannot delete ${text}: ${names.join(', ')}`)
    .join('; ');
  throw new MaintError('gave-up', `new on node ${node} since the preflight: ${refusals}`);
}

/** Pods on an unreachable node that have not started, and never will there: nothing is lost when they are left. */
export function idleOf({ evict }: DrainPlan, { unreachable }: LiveNode): readonly ReasonedPod[] {
  if (!unreachable) return [];
  const why = 'it has not started, and nothing starts on a node that is not heard of';
  return evict.filter(({ started }) => !started).map((pod) => ({ pod, why }));
}

function cordonLets({ work }: PodFacts): boolean {
  return work.template !== undefined && toleratesCordon(work.template.placement);
}

function partitioned<T>(all: readonly T[], test: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

/** Told of a pod that is left. */
export function cameMeanwhile(node: string, { pod, why }: ReasonedPod): Finding {
  return warning('filters', `new on node ${node}, cordon or not, and left there: ${podName(pod)} (${why})`);
}

/** Pods that come in every round. The scheduler binds only pods that tolerate the cordon; the others name the node themselves. */
export function keepComing({ node, evict }: DrainPlan): MaintError {
  const names = evict.map(
    (pod) => `${podName(pod)} (${cordonLets(pod) ? 'tolerates the cordon' : 'past the scheduler'})`,
  );
  const ways = [
    ...(evict.some(cordonLets) ? [AGAINST_RETURN] : []),
    ...(evict.every(cordonLets) ? [] : [AGAINST_NAMING]),
  ];
  const hint = `${ways.join('; ')}; then run the same command again`;
  return new MaintError('gave-up', `pods keep coming to node ${node}, cordon or not: ${names.join(', ')}`, { hint });
}
