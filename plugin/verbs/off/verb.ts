import { clusterFlags } from '../../command-line/connection.ts';
import { requiredNodes } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';
import { MaintError, STATE_LABEL } from '../../../shared/index.ts';
import { healthFlags } from './health-flags.ts';
import { detachedFrom } from '../../detached/asked.ts';
import { hookFlags } from '../../hooks/flags.ts';
import { launching } from '../../detached/launching.ts';
import { inSession } from '../../session/in-session.ts';
import { FLAGS, type OffOperation } from './flags.ts';

/** `kubectl maint off` */
export const off = verb({
  name: 'off',
  names: 'held nodes',
  usage: '(NODE... | -l SELECTOR)',
  about: 'Bring nodes back when they are healthy',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint off worker-3', does: 'bring worker-3 back when it is healthy' },
    { line: 'kubectl maint off -l rack=b7 --max-parallel=3', does: 'bring a rack back, three nodes at once' },
    { line: 'kubectl maint off worker-3 --owner ben', does: 'drop the claim of somebody else' },
    { line: 'kubectl maint off worker-3 --all', does: "drop everybody's claims" },
    { line: 'kubectl maint off -l kubectl-maint.io/maintenance --all', does: 'bring back all that is in maintenance' },
  ],
  operation: ({ values, names, flags }): OffOperation => {
    if (values.all && values.owner !== undefined)
      throw new MaintError('usage', '--all and --owner cannot both be given');
    if (values.all && names.length === 0 && values.selector === undefined)
      throw new MaintError('usage', 'no node is named: --all is about claims', {
        hint: `all that is in maintenance: kubectl maint off -l ${STATE_LABEL} --all`,
      });
    return {
      verb: 'off',
      cluster: clusterFlags(values),
      nodes: requiredNodes('off', names, values.selector),
      owner: values.owner,
      all: values.all,
      hooks: hookFlags(values),
      maxParallel: values['max-parallel'],
      ...healthFlags(values),
      timeoutMs: values.timeout,
      format: values.output ?? 'text',
      detached: detachedFrom(values, { flags, table: FLAGS }),
    };
  },
  changes: true,
  carryOut: async (operation, caller) => {
    const { detached, nodes, owner, all: isForAll } = operation;
    if (detached !== undefined)
      return launching({ verb: 'off', detached, nodes, owner, isForAll }, operation.cluster, caller);
    const { runOff } = await import('./off.ts');
    return inSession(operation.cluster, caller, (session) => runOff(operation, session), operation);
  },
});
