import { CRONJOB_JOB_POD_AND_DAEMONSET, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * kube-bench. Ten of its eleven upstream Jobs have no label at all (job-*.yaml): image or command are the evidence. As a
 * DaemonSet it scans every node, and again whenever its pod starts.
 */
export const kubeBench: Tool = {
  id: 'kube-bench',
  title: 'kube-bench',
  source: 'https://github.com/aquasecurity/kube-bench',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'kube-bench run',
      match: { kinds: CRONJOB_JOB_POD_AND_DAEMONSET, entrypoints: ['kube-bench'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'kube-bench run',
      match: { kinds: CRONJOB_JOB_POD_AND_DAEMONSET, commands: ['kube-bench'] },
      afterDenial: 'failed',
    }),
  ],
};
