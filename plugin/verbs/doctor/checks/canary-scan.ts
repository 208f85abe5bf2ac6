import { LABELLED_TOOL } from '../../../../shared/index.ts';
import { byAffinity, byName, canaryPod } from '../../../policy/canary.ts';
import { workCheck, type WorkCanary } from '../work-canaries.ts';

/** What runs is read by the webhook alone. What somebody labelled is the floor's. */
const SCRIPT = ['sh', '-c', 'exec kube-bench run'];

const PODS: readonly WorkCanary[] = [
  {
    what: 'a script that runs kube-bench',
    tool: 'kube-bench',
    by: 'webhook',
    request: (node) => canaryPod(byAffinity(node), { command: SCRIPT }),
  },
  {
    what: 'a scan by label',
    tool: LABELLED_TOOL,
    by: 'floor',
    request: (node) => canaryPod(byName(node), { work: 'scan' }),
  },
];

export const canaryScan = workCheck({
  rule: 'scan',
  asks: 'Whether scans are really refused while a node is in maintenance: by the webhook, and by the floor',
  warns: 'the webhook alone refuses one; it was not tried, or somebody else refused it',
  fails: 'one passes',
  canaries: () => Promise.resolve(PODS),
});
