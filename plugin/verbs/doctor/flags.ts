import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf } from '../../command-line/flag.ts';
import { verb } from '../../command-line/verb.ts';

/** `kubectl maint doctor` */
export const doctor = verb({
  name: 'doctor',
  usage: '',
  about: 'Say whether enforcement is live',
  flags: { ...CONNECTION_FLAGS, output: { short: 'o', ...oneOf('json', 'yaml'), describe: 'Output format' } },
  examples: [{ line: 'kubectl maint doctor', does: 'whether backups, scans and add-on changes are really kept off' }],
  operation: ({ values }) => ({ verb: 'doctor', cluster: clusterFlags(values), format: values.output ?? 'text' }),
});
