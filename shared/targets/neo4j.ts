import { CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Neo4j. The chart neo4j-admin runs an image that is made for backups in a CronJob.
 */
export const neo4j: Tool = {
  id: 'neo4j',
  title: 'Neo4j',
  source: 'https://github.com/neo4j/helm-charts',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Neo4j backup',
      match: { kinds: CRONJOB_JOB_AND_POD, images: ['neo4j/helm-charts-backup'] },
      afterDenial: 'lost',
    }),
  ],
};
