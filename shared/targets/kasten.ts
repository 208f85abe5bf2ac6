import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Kasten K10. Its actions are served by an aggregated API server that asks no webhook, so these kinds are only seen in
 * files (docs.kasten.io/api/actions). What runs is caught by Kanister's label and by volume snapshots. Policies and
 * profiles are configuration.
 */
export const kasten: Tool = {
  id: 'kasten',
  title: 'Kasten K10',
  source: 'https://docs.kasten.io',
  patterns: [
    backupRoot({
      what: 'Kasten action',
      match: {
        kinds: [
          'actions.kio.kasten.io/BackupAction',
          'actions.kio.kasten.io/BackupClusterAction',
          'actions.kio.kasten.io/ExportAction',
          'actions.kio.kasten.io/ImportAction',
          'actions.kio.kasten.io/RestoreAction',
          'actions.kio.kasten.io/RestoreClusterAction',
          'actions.kio.kasten.io/RunAction',
        ],
      },
      afterDenial: 'failed',
    }),
  ],
};
