import { clusterFlags } from '../../command-line/connection.ts';
import { requiredNodes } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';
import { claimFlags, markFlags } from './claim-flags.ts';
import { drainFlags, paceFlags } from './drain-flags.ts';
import { detachedFrom } from '../../detached/asked.ts';
import { hookFlags } from '../../hooks/flags.ts';
import { launching } from '../../detached/launching.ts';
import { inSession } from '../../session/in-session.ts';
import { FLAGS, withoutDrain, type OnOperation } from './flags.ts';

/** `kubectl maint on` */
export const on = verb({
  name: 'on',
  names: 'nodes',
  usage: '(NODE... | -l SELECTOR)',
  about: 'Take nodes into maintenance: mark, cordon, drain',
  flags: FLAGS,
  examples: [
    {
      line: 'kubectl maint on worker-3 --reason "swap a disk" --for 2h',
      does: 'drain worker-3 and keep backups, scans and add-on changes off it',
    },
    { line: 'kubectl maint on -l rack=b7 --mode=cordon', does: 'only keep new work off a whole rack' },
    {
      line: 'kubectl maint on -l rack=b7 --detach --service-account maint -n ops',
      does: 'the same from a Job in the cluster, which goes on when this terminal is closed',
    },
    { line: 'kubectl maint on worker-3 --no-drain --for 4h', does: 'announce another end; nothing is evicted' },
    {
      line: 'kubectl maint on worker-3 --adopt --no-drain',
      does: 'take over a node that somebody has cordoned by hand, as it is',
    },
  ],
  operation: ({ values, names, flags }): OnOperation => ({
    verb: 'on',
    cluster: clusterFlags(values),
    nodes: requiredNodes('on', names, values.selector),
    claim: values['no-drain'] ? withoutDrain(claimFlags(values)) : claimFlags(values),
    drain: drainFlags(values),
    pace: paceFlags(values),
    hooks: hookFlags(values),
    ...markFlags(values),
    timeoutMs: values.timeout,
    dryRun: values['dry-run'],
    rollback: values.rollback,
    format: values.output ?? 'text',
    detached: detachedFrom(values, { flags, table: FLAGS }),
  }),
  changes: true,
  carryOut: async (operation, caller) => {
    const { detached, nodes, claim } = operation;
    if (detached !== undefined)
      return launching({ verb: 'on', detached, nodes, owner: claim.owner }, operation.cluster, caller);
    const { runOn } = await import('./on.ts');
    return inSession(operation.cluster, caller, (session) => runOn(operation, session), operation);
  },
});
