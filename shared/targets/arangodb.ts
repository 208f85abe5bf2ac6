import { kindsOf } from '../kinds.ts';
import { backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const ARANGODB = kindsOf('backup.arangodb.com', {
  ArangoBackup: 'arangobackups',
  ArangoBackupPolicy: 'arangobackuppolicies',
});

/**
 * ArangoDB operator. The database itself makes the hot backup, called over the network: a request names no node, and no
 * pod is made for it.
 */
export const arangodb: Tool = {
  id: 'arangodb',
  title: 'ArangoDB operator',
  source: 'https://github.com/arangodb/kube-arangodb',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'ArangoDB backup request',
      match: { kinds: [ARANGODB.ArangoBackup] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'ArangoDB schedule', match: { kinds: [ARANGODB.ArangoBackupPolicy] } }),
  ],
};
