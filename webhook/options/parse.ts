import yargs, { type Argv } from 'yargs';
import { messageOf, parsed, refused, type Parsed } from '../../shared/index.ts';
import type { ClusterChoice, Environment } from '../connect.ts';
import { clusterFlags, CONTROLLER, POLICY, repeated, type Flags } from './flags.ts';
import { configurationFlags, configurationFromFlags } from './configuration.ts';
import { controllerFlags, controllerFromFlags } from './controller.ts';
import type { WebhookCommand } from './operation.ts';
import { serveFlags, serveFromFlags } from './serve.ts';

/** Reads the arguments (without `node` and the script). */
export async function parseArguments(
  argv: readonly string[],
  version: string,
  env: Environment = {},
): Promise<Parsed<WebhookCommand>> {
  const found: Parsed<WebhookCommand>[] = [];
  const parser = yargs()
    .scriptName('maint-webhook')
    .usage(
      '$0 serve [flags]\n$0 controller --service NAME [flags]\n$0 configuration --url URL --ca-file FILE [flags]\n$0 policies [flags]',
    )
    .command('serve', 'Serve admission reviews', serveFlags, (flags) => {
      found.push(serveFromFlags(flags, env));
    })
    .command(
      'controller',
      'Keep the certificates, the registration, the Events of maintenances and held rollouts; listens to nobody',
      controllerFlags,
      (flags) => {
        found.push(controllerFromFlags(flags, env));
      },
    )
    .command(
      'configuration',
      'Print the ValidatingWebhookConfiguration for kubectl apply -f -',
      configurationFlags,
      (flags) => {
        found.push(configurationFromFlags(flags));
      },
    )
    .command('verify', 'Call the webhook as the API server would, and tell what answers', clusterFlags, (flags) => {
      found.push(verifyFromFlags(flags));
    })
    .command('uninstall', 'Delete the ValidatingWebhookConfiguration', uninstallFlags, (flags) => {
      found.push(uninstallFromFlags(flags));
    })
    .command(
      'policies',
      'Print the ValidatingAdmissionPolicies that hold without a webhook, for kubectl apply -f -',
      policiesFlags,
      (flags) => {
        found.push(policiesFromFlags(flags));
      },
    )
    .command(
      'validate',
      'Say whether a configuration can be served, and what is wrong with it',
      validateFlags,
      (flags) => {
        found.push(validateFromFlags(flags));
      },
    )
    .demandCommand(1, 'what should it do? maint-webhook serve answers the API server')
    .strict()
    .version(version)
    .help()
    .wrap(null)
    .fail(false)
    .exitProcess(false);
  let text = '';
  try {
    await parser.parseAsync([...argv], {}, (_error, _flags, output) => {
      text = output;
    });
  } catch (thrown) {
    return refused({ path: '', message: messageOf(thrown) });
  }
  return found[0] ?? parsed({ kind: 'print', text });
}

function verifyFromFlags(flags: Flags<typeof clusterFlags>): Parsed<WebhookCommand> {
  const twice = repeated(flags);
  return twice.length > 0 ? refused(...twice) : parsed({ kind: 'verify', cluster: clusterOf(flags) });
}

function uninstallFlags(flags: Argv) {
  return clusterFlags(flags).option('while-held', {
    choices: ['refuse', 'warn'] as const,
    default: 'refuse' as const,
    describe: 'What to do while nodes are in maintenance, which nothing would be kept off any more',
  });
}

function uninstallFromFlags(flags: Flags<typeof uninstallFlags>): Parsed<WebhookCommand> {
  const twice = repeated(flags);
  if (twice.length > 0) return refused(...twice);
  return parsed({ kind: 'uninstall', cluster: clusterOf(flags), whileHeld: flags.whileHeld });
}

function clusterOf({ kubeconfig, context }: Flags<typeof clusterFlags>): ClusterChoice {
  return { kubeconfig, context };
}

function policiesFlags(flags: Argv) {
  return flags.option('policy', POLICY).option('controller', CONTROLLER);
}

function validateFlags(flags: Argv) {
  return flags.option('policy', { ...POLICY, demandOption: true });
}

function validateFromFlags(flags: Flags<typeof validateFlags>): Parsed<WebhookCommand> {
  const twice = repeated(flags);
  return twice.length > 0 ? refused(...twice) : parsed({ kind: 'validate', policyFile: flags.policy });
}

function policiesFromFlags(flags: Flags<typeof policiesFlags>): Parsed<WebhookCommand> {
  const twice = repeated(flags);
  return twice.length > 0
    ? refused(...twice)
    : parsed({ kind: 'policies', policyFile: flags.policy, controller: flags.controller });
}
