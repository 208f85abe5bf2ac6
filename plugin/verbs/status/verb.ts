import { clusterFlags } from '../../command-line/connection.ts';
import { nodeChoice } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';
import { MaintError } from '../../../shared/index.ts';
import { inSession } from '../../session/in-session.ts';
import { lookOf } from '../../terminal/screen.ts';
import { FLAGS, type StatusOperation } from './flags.ts';

/** `kubectl maint status` */
export const status = verb({
  name: 'status',
  names: 'nodes',
  usage: '[NODE... | -l SELECTOR]',
  about: 'Show what is in maintenance',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint status', does: 'what is in maintenance, since when, and by whom' },
    {
      line: 'kubectl maint status worker-3',
      does: 'everything about one node: what is left, what blocks, whose claims',
    },
    { line: 'kubectl maint status worker-3 -w -o wide', does: 'follow how worker-3 is drained' },
    { line: 'kubectl maint status --exit-code -o name', does: 'for scripts: exit 6 while some node is in maintenance' },
  ],
  operation: ({ values, names }): StatusOperation => {
    const { watch, 'exit-code': exitCode, 'no-headers': noHeaders } = values;
    if (watch && exitCode)
      throw new MaintError('usage', '--watch and --exit-code cannot both be given: a watch does not end');
    const nodes = nodeChoice(names, values.selector);
    // What `kubectl describe` is to `get`.
    const isOne = nodes.names.length === 1 && !watch && noHeaders !== true;
    return {
      verb: 'status',
      cluster: clusterFlags(values),
      nodes,
      format: values.output ?? (isOne ? 'node' : 'table'),
      noHeaders,
      width: values.width,
      watch,
      exitCode,
    };
  },
  carryOut: async (operation, caller) => {
    const { runStatus } = await import('./status.ts');
    const { stdout, env } = process;
    const left = new AbortController();
    // A watch whose reader has left (`| head -1`) would go on for nobody.
    if (operation.watch) {
      stdout.once('error', () => {
        left.abort();
      });
    }
    return inSession(operation.cluster, caller, (session) => {
      const signal = AbortSignal.any([session.signal, left.signal]);
      return runStatus(operation, lookOf(stdout, env), { ...session, signal });
    });
  },
});
