import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf } from '../../command-line/flag.ts';
import { verb } from '../../command-line/verb.ts';
import { systemClock } from '../../session/clock.ts';
import { withCluster, withoutWarnings } from '../../session/in-session.ts';
import { wantsColour } from '../../terminal/screen.ts';
import { type DoctorOperation } from './flags.ts';

/** `kubectl maint doctor` */
export const doctor = verb({
  name: 'doctor',
  usage: '',
  about: 'Say whether enforcement is live',
  flags: {
    ...CONNECTION_FLAGS,
    output: { short: 'o', ...oneOf('json', 'yaml'), describe: 'Output format' },
    redact: {
      kind: 'switch',
      default: false,
      describe: 'Stand-ins for the names of nodes, namespaces and owners, and for addresses: for a report to strangers',
    },
  },
  examples: [
    { line: 'kubectl maint doctor', does: 'whether backups, scans and add-on changes are really kept off' },
    { line: 'kubectl maint doctor -o json --redact', does: 'the same for an issue: without names and addresses' },
  ],
  operation: ({ values }): DoctorOperation => ({
    verb: 'doctor',
    cluster: clusterFlags(values),
    format: values.output ?? 'text',
    redact: values.redact,
  }),
  carryOut: async (operation, caller) => {
    const { runDoctor } = await import('./doctor.ts');
    const { screen, signal, version } = caller;
    const colour = wantsColour(process.stdout, process.env);
    // Its canaries provoke warnings.
    return withCluster(operation.cluster, withoutWarnings(caller), (cluster) =>
      runDoctor(operation, { cluster, screen, clock: systemClock, signal, version, colour }),
    );
  },
});
