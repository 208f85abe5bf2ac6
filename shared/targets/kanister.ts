import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const KANISTER = kindsOf('cr.kanister.io', { ActionSet: 'actionsets' });

/**
 * Kanister. An ActionSet runs the phases of a blueprint in pods labelled `createdBy: kanister` (pkg/consts); a refused pod
 * fails the ActionSet. A Blueprint is configuration.
 */
export const kanister: Tool = {
  id: 'kanister',
  title: 'Kanister',
  source: 'https://kanister.io',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'pod of a Kanister action',
      match: { kinds: JOB_AND_POD, labels: { createdBy: ['kanister'] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Kanister action set',
      match: { kinds: [KANISTER.ActionSet] },
      afterDenial: 'failed',
    }),
  ],
};
