import { byName, canaryPod } from '../../../policy/canary.ts';
import { workCheck, type WorkCanary } from '../work-canaries.ts';

const PODS: readonly WorkCanary[] = [
  {
    what: 'an ordinary pod by name',
    tool: null,
    by: 'webhook',
    request: (node) => canaryPod(byName(node), {}),
  },
];

export const canaryPlacement = workCheck({
  rule: 'placement',
  asks: 'Whether pods that bypass the scheduler onto a node in maintenance are warned of',
  warns: 'it was not tried, or somebody else refused the canary',
  fails: 'one passes without a word',
  canaries: () => Promise.resolve(PODS),
});
