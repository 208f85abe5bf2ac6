import { backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Kanister. An ActionSet runs the phases of a blueprint in pods labelled `createdBy: kanister` (pkg/consts); a refused pod
 * fails the ActionSet. A Blueprint is configuration.
 */
export const kanister: Tool = {
  id: 'kanister',
  title: 'Kanister',
  source: 'https://kanister.io',
  patterns: [
    backupLeaf({
      what: 'pod of a Kanister action',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { createdBy: ['kanister'] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Kanister action set',
      match: { kinds: ['cr.kanister.io/ActionSet'] },
      afterDenial: 'failed',
    }),
  ],
};
