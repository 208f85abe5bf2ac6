import { RUNS_ANYWHERE, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * kube-hunter. A Job or CronJob (job.yaml, Palette's pack), known by image or command, also as a script of Python.
 */
export const kubeHunter: Tool = {
  id: 'kube-hunter',
  title: 'kube-hunter',
  source: 'https://github.com/aquasecurity/kube-hunter',
  patterns: [
    scanLeaf({
      what: 'kube-hunter run',
      match: { kinds: RUNS_ANYWHERE, entrypoints: ['kube-hunter'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'kube-hunter run',
      match: { kinds: RUNS_ANYWHERE, commands: ['kube-hunter', 'kube-hunter.py'] },
      afterDenial: 'failed',
    }),
  ],
};
