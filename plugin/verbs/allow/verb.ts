import { clusterFlags } from '../../command-line/connection.ts';
import { requiredNodes } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';
import { inSession } from '../../session/in-session.ts';
import { FLAGS, grant, revocation, type AllowOperation } from './flags.ts';

/** `kubectl maint allow` */
export const allow = verb({
  name: 'allow',
  names: 'held nodes',
  usage: '(NODE... | -l SELECTOR)',
  about: 'Break-glass: let refused work pass for a while',
  flags: FLAGS,
  examples: [
    {
      line: 'kubectl maint allow worker-3 --rules backup --for 30m --reason "last backup before the swap"',
      does: 'let a backup pass',
    },
    { line: 'kubectl maint allow worker-3 --revoke', does: 'refuse everything again' },
  ],
  operation: ({ values, names }): AllowOperation => ({
    verb: 'allow',
    cluster: clusterFlags(values),
    nodes: requiredNodes('allow', names, values.selector),
    change: values.revoke ? revocation(values) : grant(values),
    dryRun: values['dry-run'],
    format: values.output ?? 'text',
  }),
  changes: true,
  carryOut: async (operation, caller) => {
    const { runAllow } = await import('./allow.ts');
    return inSession(operation.cluster, caller, (session) => runAllow(operation, session));
  },
});
