import { oneOf } from '../../command-line/flag.ts';
import { printText, type PrintOperation } from '../../command-line/print.ts';
import { verb, type Verb } from '../../command-line/verb.ts';

/** `kubectl maint version`: the version of this plugin, under the name that kubectl gives to a client's. */
export function versionVerb(version: string): Verb {
  return verb({
    name: 'version',
    usage: '',
    about: 'Print the version',
    flags: { output: { short: 'o', ...oneOf('json', 'yaml'), describe: 'Output format' } },
    operation: ({ values: { output } }): PrintOperation => {
      switch (output) {
        case 'json':
          return { verb: 'print', text: JSON.stringify({ clientVersion: { gitVersion: version } }, undefined, 2) };
        case 'yaml':
          return { verb: 'print', text: `clientVersion:\n  gitVersion: ${version}` };
        case undefined:
          return { verb: 'print', text: `kubectl maint ${version}` };
      }
    },
    carryOut: printText,
  });
}
