import { clusterFlags } from '../../command-line/connection.ts';
import { requiredNodes } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';
import { healthFlags } from '../off/index.ts';
import { claimFlags, drainFlags, markFlags, paceFlags } from '../on/index.ts';
import { inSession } from '../../session/in-session.ts';
import { betweenFlags } from './between/flags.ts';
import type { Session } from '../../session/session.ts';
import { detachedFrom } from '../../detached/asked.ts';
import { hookFlags } from '../../hooks/flags.ts';
import { flagWord } from '../../command-line/flag-word.ts';
import { flagsByWhichDetached } from '../../detached/inside.ts';
import { refuseCommandOfHere, refuseFilesOfHere } from './detached-command.ts';
import { onNodeFlags } from './on-node/flags.ts';
import { FLAGS, COMMAND_PLACE, nodeCommand, REPLACED, type RunOperation } from './flags.ts';

/** `kubectl maint run` */
export const run = verb({
  name: 'run',
  names: 'nodes',
  usage: '(NODE... | -l SELECTOR) [-- COMMAND [ARG...]]',
  about: 'Run a command on nodes in maintenance, one after the other',
  takesCommand: true,
  flags: FLAGS,
  examples: [
    {
      line: 'kubectl maint run worker-1 worker-2 -- ./upgrade.sh',
      does: 'drain, ./upgrade.sh with NODE and NODE_IP in its environment, back when healthy; then the next',
    },
    {
      line: 'kubectl maint run -l rack=b7 --detach --service-account maint -n ops --image ops/upgrade:3 -- upgrade',
      does: 'from a Job in the cluster, with an image that holds the command',
    },
    {
      line: 'kubectl maint run -l rack=b7 -- sh -c \'ssh "$NODE_IP" sudo apt-get -y upgrade\'',
      does: 'a shell where one is wanted',
    },
    {
      line: 'kubectl maint run -l rack=b7 --on-node --script ./kernel.sh --reboot',
      does: 'the script on each node itself, without ssh; then the node has to come back with another boot id',
    },
    {
      line: 'kubectl maint run worker-1 --reboot',
      does: 'drain, reboot, wait until it has really rebooted and is healthy, back',
    },
  ],
  operation: ({ values, names, command, flags }): RunOperation => {
    const cluster = clusterFlags(values);
    const nodes = requiredNodes('run', names, values.selector, COMMAND_PLACE);
    const claim = claimFlags(values);
    const pace = paceFlags(values);
    if (values.detach) refuseFilesOfHere(values);
    const hooks = hookFlags(values);
    const detached = detachedFrom(values, { flags, table: FLAGS });
    const format = values.output ?? 'text';
    const { reboot } = values;
    const onNode = onNodeFlags(values, command.length > 0);
    const between = betweenFlags(values);
    refuseCommandOfHere({ detached, onNode, between });
    return {
      verb: 'run',
      cluster,
      nodes,
      command: nodeCommand(command, { onNode, reboot }),
      given: command,
      onNode,
      reboot,
      on: {
        verb: 'on',
        cluster,
        nodes,
        claim,
        drain: drainFlags(values),
        pace,
        hooks,
        ...markFlags(values),
        timeoutMs: values.timeout,
        dryRun: values['dry-run'],
        rollback: false,
        format,
      },
      off: {
        verb: 'off',
        cluster,
        nodes,
        owner: claim.owner,
        all: false,
        hooks,
        maxParallel: 1,
        ...healthFlags(values),
        timeoutMs: values['healthy-timeout'],
        format,
      },
      between,
      maxParallel: pace.maxParallel,
      commandTimeoutMs: values['command-timeout'],
      outputDir: values['output-dir'],
      runId: values['run-id'],
      resume: values.resume,
      dryRun: values['dry-run'] === 'client',
      format,
      flags: [
        ...flagsByWhichDetached(process.env),
        ...flags.filter(({ name }) => !REPLACED.includes(name)).map((flag) => flagWord(flag, FLAGS)),
      ],
      detached,
    };
  },
  changes: true,
  carryOut: async (operation, caller) => {
    if (operation.detached !== undefined) {
      const { detachRun } = await import('./detach.ts');
      return detachRun(operation, operation.detached, caller);
    }
    const { runCommandOnNodes } = await import('./run.ts');
    const { stdin, stdout, stderr, env } = process;
    const onTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
    const ports = { env, canAnswer: stdin.isTTY, onTerminal, signals: process };
    const work = (session: Session) => runCommandOnNodes(operation, session, ports);
    // What the commands write goes to the same terminal.
    return inSession(operation.cluster, caller, work, { format: operation.format, isShared: true });
  },
});
