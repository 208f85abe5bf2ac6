import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf } from '../../command-line/flag.ts';
import { verb } from '../../command-line/verb.ts';
import { EXIT } from '../../terminal/exit-codes.ts';
import type { VersionOperation } from './flags.ts';
import { clientText } from './text.ts';

/**
 * How long an API server may take for an answer unless the caller says otherwise: one that is not there is told of while
 * somebody looks.
 */
const ANSWER_WITHIN = '10s';

/** `kubectl maint version` */
export const version = verb({
  name: 'version',
  usage: '',
  about: 'Print the versions of this plugin and of what runs in the cluster, and its policy',
  flags: {
    ...CONNECTION_FLAGS,
    'request-timeout': { ...CONNECTION_FLAGS['request-timeout'], default: ANSWER_WITHIN },
    client: { kind: 'switch', describe: 'The version of this plugin alone; no cluster is asked' },
    output: { short: 'o', ...oneOf('json', 'yaml'), describe: 'Output format' },
  },
  examples: [
    { line: 'kubectl maint version', does: 'this plugin, and webhook, controller and policy of the cluster' },
    { line: 'kubectl maint version --client', does: 'this plugin alone, without a cluster' },
  ],
  operation: ({ values }): VersionOperation => ({
    verb: 'version',
    cluster: clusterFlags(values),
    format: values.output ?? 'text',
    clientOnly: values.client === true,
  }),
  carryOut: async (operation, caller) => {
    if (operation.clientOnly) {
      caller.screen.data(clientText(caller.version, operation.format));
      return EXIT.done;
    }
    const { runVersion } = await import('./version.ts');
    return runVersion(operation, caller);
  },
});
