import { CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Kubegres. It makes a CronJob backup-<cluster> whose pods run a script of its own from a ConfigMap
 * (internal/controller/spec/template/yaml/BackUpCronJobTemplate.yaml).
 */
export const kubegres: Tool = {
  id: 'kubegres',
  title: 'Kubegres',
  source: 'https://github.com/reactive-tech/kubegres',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'Kubegres backup job',
      match: { kinds: CRONJOB_JOB_AND_POD, commands: ['backup_database.sh'], nameWords: ['backup'] },
      afterDenial: 'lost',
    }),
  ],
};
