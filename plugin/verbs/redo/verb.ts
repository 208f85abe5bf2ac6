import { MaintError } from '../../../shared/index.ts';
import { clusterFlags } from '../../command-line/connection.ts';
import { verb } from '../../command-line/verb.ts';
import { inSession } from '../../session/in-session.ts';
import { FLAGS, namedWork, type RedoOperation } from './flags.ts';

/** `kubectl maint redo` */
export const redo = verb({
  name: 'redo',
  names: 'refused work',
  usage: '[cronjob/NAMESPACE/NAME | backup/NAMESPACE/NAME]...',
  about: 'Make up for backups and scans that were refused',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint redo', does: 'list what was refused, and what became of it' },
    { line: 'kubectl maint redo cronjob/shop/nightly', does: 'a Job from a CronJob whose run was refused, now' },
    { line: 'kubectl maint redo --all --dry-run=server', does: 'let the API server judge everything that is left' },
  ],
  operation: ({ values, names }): RedoOperation => {
    if (values.all && names.length > 0) throw new MaintError('usage', '--all and names exclude each other');
    const named = namedWork(names);
    return {
      verb: 'redo',
      cluster: clusterFlags(values),
      what: values.all ? 'all' : named.length > 0 ? named : 'none',
      dryRun: values['dry-run'],
      format: values.output ?? 'text',
    };
  },
  changes: true,
  carryOut: async (operation, caller) => {
    const { runRedo } = await import('./redo.ts');
    return inSession(operation.cluster, caller, (session) => runRedo(operation, session));
  },
});
