import type { NodeFacts } from '../../shared/index.ts';
import type { LeftPod } from '../drain/engine.ts';
import { podName, type DrainPlan } from '../drain/plan.ts';
import type { Enforcement } from '../nodes/enforcement.ts';
import type { Screen } from '../screen.ts';

/** Prints what is kept off the nodes from now on, or that nothing keeps it off. */
export function renderBlocked(names: readonly string[], enforcement: Enforcement, screen: Screen): void {
  const nodes = names.join(', ');
  switch (enforcement.enforced) {
    case 'yes':
      screen.note(`kept off ${nodes} from now on: backups, add-on changes; and scans of the whole cluster`);
      return;
    case 'no':
      screen.warn(
        `nothing keeps backups, scans and add-on changes off ${nodes}: the API server accepted a canary backup (is the webhook installed and ready?)`,
      );
      return;
    case 'unknown':
      screen.warn(
        `whether backups, scans and add-on changes are kept off ${nodes} could not be checked: ${enforcement.why}`,
      );
  }
}

/** Prints a plan: what a run would do, in order, without doing it. */
export function renderPlan(node: NodeFacts, plan: DrainPlan | undefined, suffix: string, screen: Screen): void {
  screen.result(`node/${node.name} ${node.unschedulable ? 'already cordoned' : 'cordoned'} ${suffix}`);
  if (plan === undefined) return;
  plan.warnings.forEach((text) => {
    screen.warn(text);
  });
  for (const pod of plan.evict) screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace}) ${suffix}`);
  screen.result(`node/${node.name} drained ${suffix}`);
}

/** Prints the pods that are left on a node, with what keeps each. */
export function renderLeft(node: string, left: readonly LeftPod[], screen: Screen): void {
  screen.note(`left on node ${node}:`);
  for (const { pod, why } of left) screen.note(`  ${podName(pod)}: ${why}`);
}
