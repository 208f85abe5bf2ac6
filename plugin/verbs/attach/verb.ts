import { clusterFlags } from '../../command-line/connection.ts';
import { verb } from '../../command-line/verb.ts';
import { inSession } from '../../session/in-session.ts';
import { MaintError } from '../../../shared/index.ts';
import { FLAGS, type AttachOperation } from './flags.ts';

/** kubectl's names of the type, as in TYPE/NAME. */
const TYPE = /^(?:jobs?(?:\.batch)?)\//;

/** `kubectl maint attach` */
export const attach = verb({
  name: 'attach',
  names: 'job',
  usage: '[JOB | --all]',
  about: 'Follow what is carried out in the cluster, by --detach',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint attach -n ops', does: 'what runs there, and what has ended since yesterday' },
    {
      line: 'kubectl maint attach maint-run-20260105t221000-x7k2p -n ops',
      does: 'follow one from its beginning, on whichever node it is, and exit as it does',
    },
  ],
  operation: ({ values, names: [job, extra] }): AttachOperation => {
    const { all, namespace, 'all-namespaces': everywhere } = values;
    if (extra !== undefined) throw new MaintError('usage', 'more than one Job is named', { hint: '--all follows all' });
    if (all && job !== undefined) throw new MaintError('usage', 'a Job and --all cannot both be given');
    return {
      verb: 'attach',
      cluster: clusterFlags(values),
      namespace: everywhere === true ? '' : namespace,
      follows: followed(job, all),
    };
  },
  carryOut: async (operation, caller) => {
    const { runAttach } = await import('./attach.ts');
    return inSession(operation.cluster, caller, (session) => runAttach(operation, session), { isShared: true });
  },
});

function followed(job: string | undefined, all: boolean): AttachOperation['follows'] {
  if (all) return 'all';
  return job === undefined ? 'none' : { job: job.replace(TYPE, '') };
}
