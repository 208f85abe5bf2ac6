import { byAffinity, byName, canaryPod } from '../../../nodes/canary.ts';
import { workCheck, type WorkCanary } from '../work-canaries.ts';

/** A program in a script is found by parsing it, which the floor leaves to the webhook. The image alone is the floor's. */
const SCRIPT = ['sh', '-c', 'exec kube-bench run'];

const PODS: readonly WorkCanary[] = [
  {
    what: 'a script that runs kube-bench',
    tool: 'kube-bench',
    by: 'webhook',
    request: (node) => canaryPod(byAffinity(node), { command: SCRIPT }),
  },
  {
    what: 'a pod of kube-bench',
    tool: 'kube-bench',
    by: 'floor',
    request: (node) => canaryPod(byName(node), { image: 'canary.invalid/kube-bench' }),
  },
];

export const canaryScan = workCheck({
  rule: 'scan',
  asks: 'Whether scans are really refused while a node is in maintenance: by the webhook, and by the floor',
  warns: 'the webhook alone refuses one; it was not tried, or somebody else refused it',
  fails: 'one passes',
  canaries: () => Promise.resolve(PODS),
});
