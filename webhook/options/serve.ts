import { join } from 'node:path';
import type { Argv } from 'yargs';
import { parsed, refused, type Parsed } from '../../shared/index.ts';
import type { Environment } from '../connect.ts';
import type { ControllerOptions } from '../controller/controller.ts';
import type { OwnService } from '../controller/registration/own-registration.ts';
import type { CertificateOrigin } from '../tls/open.ts';
import { keptFlags, namesOfService, serviceFrom } from './controller.ts';
import { HEALTH_PORT, LOG_LEVEL, METRICS_PORT, outside, POLICY, repeated, type Flags } from './flags.ts';
import type { WebhookCommand } from './operation.ts';

const PORT = 9443;
/** Endpoints lag behind a pod's end by a few seconds; Gatekeeper waits as long. */
const DRAIN_SECONDS = 10;
/** Longest drain that is accepted, in seconds: longer ones are typing errors. */
const MAX_DRAIN_SECONDS = 600;
/** Names by which a process without a Service is called, where no flag says others. */
const OWN_NAMES = ['localhost', '127.0.0.1'];

export function serveFlags(flags: Argv) {
  return keptFlags(flags)
    .option('policy', POLICY)
    .option('host', { type: 'string', default: '', defaultDescription: 'all', describe: 'Interface to listen on' })
    .option('port', { type: 'number', default: PORT, describe: 'HTTPS port for reviews; 0 = any free one' })
    .option('health-port', HEALTH_PORT)
    .option('metrics-port', METRICS_PORT)
    .option('client-ca-file', {
      type: 'string',
      describe:
        'PEM of the authority of API servers that have an admission kubeconfig: who has no certificate of it is refused',
    })
    .option('cert-dir', {
      type: 'string',
      describe:
        'Folder with tls.crt, tls.key and ca.crt that somebody else keeps: the controller, cert-manager, or you. It is read again when it changes',
    })
    .option('dns-name', {
      alias: 'host-name',
      type: 'string',
      array: true,
      nargs: 1,
      defaultDescription: OWN_NAMES.join(', '),
      describe: 'Without --cert-dir: DNS name or IP address that the certificate is for; repeatable',
    })
    .option('state-dir', {
      type: 'string',
      describe:
        'Without --cert-dir: folder that keeps the authority over restarts; STATE_DIRECTORY, or ~/.local/state/maint-webhook by default',
    })
    .option('ca-out', { type: 'string', describe: "File that gets the PEM of the certificate's authority" })
    .option('with-controller', {
      type: 'boolean',
      default: false,
      describe:
        'Run the controller in this process as well, with its rights: for a laptop, or beside a cluster. --service, --namespace, --failure-policy, --fail-closed and --lease are its flags',
    })
    .option('drain-seconds', {
      type: 'number',
      default: DRAIN_SECONDS,
      describe: 'How long to answer on after SIGTERM, while endpoints are updated',
    })
    .option('log-level', LOG_LEVEL);
}

export function serveFromFlags(flags: Flags<typeof serveFlags>, env: Environment): Parsed<WebhookCommand> {
  const problems = [
    ...repeated(flags, ['fail-closed', 'exempt-namespace', 'dns-name', 'host-name']),
    ...outside('--port', flags.port, 65_535),
    ...outside('--health-port', flags.healthPort, 65_535),
    ...outside('--metrics-port', flags.metricsPort, 65_535),
    ...outside('--drain-seconds', flags.drainSeconds, MAX_DRAIN_SECONDS),
  ];
  if (problems.length > 0) return refused(...problems);
  const service = serviceOf(flags, env);
  if (!service.ok) return service;
  const names = [...(service.value === undefined ? [] : namesOfService(service.value)), ...(flags.dnsName ?? [])];
  const served = names.length === 0 ? OWN_NAMES : names;
  return parsed({
    kind: 'serve',
    cluster: { kubeconfig: flags.kubeconfig, context: flags.context },
    serve: {
      host: flags.host,
      port: flags.port,
      healthPort: flags.healthPort,
      metricsPort: flags.metricsPort,
      clientCaFile: flags.clientCaFile,
      certificates: originFrom(flags, served, env),
      caOut: flags.caOut,
      controller: flags.withController ? controllerFor(service.value, served, flags.lease) : undefined,
    },
    policyFile: flags.policy,
    drainMs: flags.drainSeconds * 1000,
    logLevel: flags.logLevel,
  });
}

/** Undefined where none is named. A listener alone registers nothing. */
function serviceOf(flags: Flags<typeof serveFlags>, env: Environment): Parsed<OwnService | undefined> {
  if (flags.service === undefined) return parsed(undefined);
  if (flags.withController) return serviceFrom(flags, flags.service, env);
  return refused({
    path: '--service',
    message: 'is kept by the controller: give it to maint-webhook controller, or add --with-controller',
  });
}

/** Without a Service nobody says where a Lease would be: that process is the only one. */
function controllerFor(service: OwnService | undefined, names: readonly string[], lease: string): ControllerOptions {
  if (service === undefined) return { registered: { by: 'address', names }, lease: undefined };
  return { registered: { by: 'service', ...service }, lease: { namespace: service.namespace, name: lease } };
}

function originFrom(
  flags: Pick<Flags<typeof serveFlags>, 'certDir' | 'stateDir'>,
  names: readonly string[],
  env: Environment,
): CertificateOrigin {
  if (flags.certDir !== undefined) return { kind: 'folder', folder: flags.certDir };
  return { kind: 'self', names, stateFolder: flags.stateDir ?? stateFolderIn(env) };
}

/**
 * Where systemd says (StateDirectory=), else where programs of a user keep their state (XDG base directories); undefined
 * where nobody says: the authority then ends with the process.
 */
function stateFolderIn(env: Environment): string | undefined {
  const { STATE_DIRECTORY: given = '', XDG_STATE_HOME: state = '', HOME: home = '' } = env;
  if (given !== '') return given;
  if (state !== '') return join(state, 'maint-webhook');
  return home === '' ? undefined : join(home, '.local/state/maint-webhook');
}
