import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const KASTEN = kindsOf('actions.kio.kasten.io', {
  BackupAction: 'backupactions',
  BackupClusterAction: 'backupclusteractions',
  ExportAction: 'exportactions',
  ImportAction: 'importactions',
  RestoreAction: 'restoreactions',
  RestoreClusterAction: 'restoreclusteractions',
  RunAction: 'runactions',
});

/**
 * Kasten K10. Its actions are served by an aggregated API server that asks no webhook, so these kinds are only seen in
 * files (docs.kasten.io/api/actions). What runs is caught by Kanister's label and by volume snapshots. Policies and
 * profiles are configuration.
 */
export const kasten: Tool = {
  id: 'kasten',
  title: 'Kasten K10',
  source: 'https://docs.kasten.io',
  known: 'documentation',
  patterns: [
    backupRoot({
      what: 'Kasten action',
      match: {
        kinds: [
          KASTEN.BackupAction,
          KASTEN.BackupClusterAction,
          KASTEN.ExportAction,
          KASTEN.ImportAction,
          KASTEN.RestoreAction,
          KASTEN.RestoreClusterAction,
          KASTEN.RunAction,
        ],
      },
      afterDenial: 'failed',
    }),
  ],
};
