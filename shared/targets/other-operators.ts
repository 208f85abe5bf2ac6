import { backupLeaf, CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Operators that the catalogue does not know. What they make for a request of their own is known by two signs: the kind of
 * its owner (`MySQLBackup`, `ImageScan`), and a word for the same work in its name, its image or what it runs. One of them
 * alone is none: a request also has its secrets made, its results parsed, its old copies cleaned away.
 */
export const otherOperators: Tool = {
  id: 'other-operators',
  title: 'Operators that are not listed here',
  source: 'https://kubernetes.io/docs/concepts/extend-kubernetes/operator/',
  known: 'documentation',
  patterns: [
    backupLeaf({
      what: "backup or restore by an operator's own request",
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        ownerWords: ['Backup', 'Restore'],
        says: ['backup', 'backups', 'backupper', 'dump', 'dumper', 'restore', 'restorer', 'snapshot'],
      },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: "scan by an operator's own request",
      match: { kinds: CRONJOB_JOB_AND_POD, ownerWords: ['Scan'], says: ['scan', 'scans', 'scanner', 'scanning'] },
      afterDenial: 'retried',
    }),
  ],
};
