import { warning, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Nodes whose kubelet is silent: their pods are asked to go and not waited for. */
export function checkUnreachable({ chosen, plans }: Survey): readonly Finding[] {
  if (plans.length === 0) return [];
  return chosen
    .filter(({ unreachable }) => unreachable)
    .map(({ name }) =>
      warning(
        'unreachable',
        `node ${name} is unreachable: nobody confirms that its pods ended; if it is off for good, let its volumes go: kubectl taint node ${name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
      ),
    );
}
