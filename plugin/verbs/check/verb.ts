import { clusterFlags } from '../../command-line/connection.ts';
import { verb } from '../../command-line/verb.ts';
import { MaintError } from '../../../shared/index.ts';
import { clockOf, systemClock } from '../../session/clock.ts';
import { withCluster } from '../../session/in-session.ts';
import { wantsColour } from '../../terminal/screen.ts';
import { FLAGS, refuseForeign, validation, type CheckOperation, type ValidateOperation } from './flags.ts';

/** `kubectl maint check` */
export const check = verb({
  name: 'check',
  usage: '-f FILENAME',
  about: 'Say what the webhook would say of manifests',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint check -f backup.yaml', does: 'what the webhook would say of it now' },
    { line: 'kubectl maint check --policy policy.yaml --validate', does: 'whether a configuration is valid' },
  ],
  operation: ({ values }): CheckOperation | ValidateOperation => {
    const { nodes: nodesFile, policy: policyFile, recursive } = values;
    const files = (values.filename ?? []).flat();
    refuseForeign(values, files);
    if ([nodesFile, policyFile, ...files].filter((path) => path === '-').length > 1)
      throw new MaintError('usage', 'standard input (-) can be read only once');
    if (values.validate) return validation(values, files);
    if (files.length === 0)
      throw new MaintError('usage', 'nothing to check', {
        hint: 'kubectl maint check -f FILE, a folder, or - for standard input',
      });
    const format = values.output ?? 'table';
    return { verb: 'check', cluster: clusterFlags(values), files, recursive, nodesFile, policyFile, format };
  },
  carryOut: async (operation, caller) => {
    const { screen, signal } = caller;
    const { stdin, stdout, env } = process;
    if (operation.verb === 'validate') {
      const { runValidate } = await import('./validate.ts');
      return runValidate(operation.policyFile, { screen, signal, stdin });
    }
    const { runCheck } = await import('./check.ts');
    const ports = { screen, signal, stdin, colour: wantsColour(stdout, env) };
    if (operation.nodesFile !== undefined)
      return runCheck(operation, { ...ports, clock: systemClock, cluster: undefined });
    return withCluster(operation.cluster, caller, (cluster) =>
      runCheck(operation, { ...ports, clock: clockOf(cluster), cluster }),
    );
  },
});
