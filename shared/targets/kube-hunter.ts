import { CRONJOB_JOB_POD_AND_DAEMONSET, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * kube-hunter. A Job or CronJob (job.yaml, Palette's pack), known by its image, its command or its Python script.
 */
export const kubeHunter: Tool = {
  id: 'kube-hunter',
  title: 'kube-hunter',
  source: 'https://github.com/aquasecurity/kube-hunter',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'kube-hunter run',
      match: { kinds: CRONJOB_JOB_POD_AND_DAEMONSET, entrypoints: ['kube-hunter'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'kube-hunter run',
      match: { kinds: CRONJOB_JOB_POD_AND_DAEMONSET, commands: ['kube-hunter', 'kube-hunter.py'] },
      afterDenial: 'failed',
    }),
  ],
};
