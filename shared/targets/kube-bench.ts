import { RUNS_ANYWHERE, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * kube-bench. Ten of its eleven upstream Jobs have no label at all (job-*.yaml): image or command are the evidence. As a
 * DaemonSet it scans every node, and again whenever its pod starts.
 */
export const kubeBench: Tool = {
  id: 'kube-bench',
  title: 'kube-bench',
  source: 'https://github.com/aquasecurity/kube-bench',
  patterns: [
    scanLeaf({
      what: 'kube-bench run',
      match: { kinds: RUNS_ANYWHERE, entrypoints: ['kube-bench'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'kube-bench run',
      match: { kinds: RUNS_ANYWHERE, commands: ['kube-bench'] },
      afterDenial: 'failed',
    }),
  ],
};
