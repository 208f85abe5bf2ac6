import { clusterFlags } from '../../command-line/connection.ts';
import { verb, type Commands, type Verb } from '../../command-line/verb.ts';
import { connectionIn, FLAGS, type UiOperation } from './flags.ts';

/** `kubectl maint ui`; what its page carries out are command lines of these commands. */
export function uiVerb(commands: () => Commands): Verb {
  return verb({
    name: 'ui',
    usage: '',
    about: 'Show the maintenance of clusters on a page of this machine',
    flags: FLAGS,
    examples: [
      { line: 'kubectl maint ui', does: 'every node of the current cluster and its maintenance, live; it only reads' },
      { line: 'kubectl maint ui --context prod-a --context prod-b', does: 'two clusters side by side' },
      {
        line: 'kubectl maint ui --allow-changes',
        does: 'turn maintenance on and off there, too, with your own rights and the guards of the commands',
      },
    ],
    operation: ({ values, flags }): UiOperation => ({
      verb: 'ui',
      cluster: clusterFlags({ ...values, context: undefined }),
      contexts: [...new Set(values.context)],
      connection: connectionIn(flags),
      port: values.port,
      open: !values['no-open'],
      allowsChanges: values['allow-changes'],
    }),
    // Whatever it changes is changed by the commands that it carries out, which say so themselves.
    carryOut: async (operation, caller) => {
      const { runUi } = await import('./ui.ts');
      return runUi(operation, caller, commands());
    },
  });
}
