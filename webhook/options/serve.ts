import { join } from 'node:path';
import type { Argv } from 'yargs';
import { parsed, refused, type Parsed, type Problem } from '../../shared/index.ts';
import type { Environment } from '../connect.ts';
import { CA_SECRET } from '../grants.ts';
import { LOG_LEVELS } from '../log.ts';
import { FAIL_CLOSED } from '../controller/registration/entries.ts';
import type { CertificateOrigin } from '../tls/open.ts';
import { clusterFlags, FAILURE_POLICY, POLICY, repeated, type Flags } from './flags.ts';
import type { WebhookCommand } from './operation.ts';

const PORT = 9443;
const HEALTH_PORT = 9440;
const METRICS_PORT = 9441;
/** Endpoints lag behind a pod's end by a few seconds; Gatekeeper waits as long. */
const DRAIN_SECONDS = 10;
/** Longest drain that is accepted, in seconds: longer ones are typing errors. */
const MAX_DRAIN_SECONDS = 600;

export function serveFlags(flags: Argv) {
  return clusterFlags(flags)
    .option('policy', POLICY)
    .option('host', { type: 'string', default: '', defaultDescription: 'all', describe: 'Interface to listen on' })
    .option('port', { type: 'number', default: PORT, describe: 'HTTPS port for reviews; 0 = any free one' })
    .option('health-port', {
      type: 'number',
      default: HEALTH_PORT,
      describe: 'HTTP port for /livez and /readyz; 0 = any free one',
    })
    .option('metrics-port', {
      type: 'number',
      default: METRICS_PORT,
      describe: 'HTTP port for /metrics; 0 = any free one',
    })
    .option('client-ca-file', {
      type: 'string',
      describe:
        'PEM of the authority of API servers that have an admission kubeconfig: who has no certificate of it is refused',
    })
    .option('service', {
      type: 'string',
      describe:
        'Service behind which it runs: it then shares an authority with the other replicas and keeps the registration right',
    })
    .option('namespace', { type: 'string', describe: 'Namespace of the Service; POD_NAMESPACE by default' })
    .option('ca-secret', {
      type: 'string',
      default: CA_SECRET,
      describe: 'Secret in which the replicas keep their authority; made where it is missing',
    })
    .option('cert-dir', {
      type: 'string',
      describe: 'Folder with tls.crt, tls.key and ca.crt that somebody else keeps (cert-manager, a Secret of your own)',
    })
    .option('failure-policy', FAILURE_POLICY)
    .option('fail-closed', {
      choices: FAIL_CLOSED,
      array: true,
      nargs: 1,
      default: [] as readonly string[],
      describe: 'Entry whose calls must not fail, whatever --failure-policy says; repeatable',
    })
    .option('dns-name', {
      alias: 'host-name',
      type: 'string',
      array: true,
      nargs: 1,
      default: ['localhost', '127.0.0.1'],
      describe: 'DNS name or IP address that the certificate is for; repeatable',
    })
    .option('state-dir', {
      type: 'string',
      describe:
        'Folder that keeps the authority over restarts; STATE_DIRECTORY, or ~/.local/state/maint-webhook by default',
    })
    .option('ca-out', { type: 'string', describe: "File that gets the PEM of the certificate's authority" })
    .option('drain-seconds', {
      type: 'number',
      default: DRAIN_SECONDS,
      describe: 'How long to answer on after SIGTERM, while endpoints are updated',
    })
    .option('log-level', { choices: LOG_LEVELS, default: 'info' as const, describe: 'How much is logged' });
}

export function serveFromFlags(flags: Flags<typeof serveFlags>, env: Environment): Parsed<WebhookCommand> {
  const problems = [
    ...repeated(flags, ['fail-closed', 'dns-name', 'host-name']),
    ...outside('--port', flags.port, 65_535),
    ...outside('--health-port', flags.healthPort, 65_535),
    ...outside('--metrics-port', flags.metricsPort, 65_535),
    ...outside('--drain-seconds', flags.drainSeconds, MAX_DRAIN_SECONDS),
  ];
  if (problems.length > 0) return refused(...problems);
  const namespace = flags.namespace ?? env['POD_NAMESPACE'] ?? '';
  if (flags.service !== undefined && namespace === '') {
    return refused({ path: '--namespace', message: 'is needed with --service, where POD_NAMESPACE does not say it' });
  }
  const badNames = [flags.service, namespace, flags.caSecret].filter((name) => name !== undefined && !isName(name));
  if (flags.service !== undefined && badNames.length > 0) {
    return refused({
      path: '',
      message: `${badNames.map((name) => `"${name ?? ''}"`).join(', ')}: no such name is possible`,
    });
  }
  return parsed({
    kind: 'serve',
    cluster: { kubeconfig: flags.kubeconfig, context: flags.context },
    serve: {
      host: flags.host,
      port: flags.port,
      healthPort: flags.healthPort,
      metricsPort: flags.metricsPort,
      clientCaFile: flags.clientCaFile,
      certificates: originFrom(flags, namespace, env),
      caOut: flags.caOut,
      service:
        flags.service === undefined
          ? undefined
          : { namespace, name: flags.service, failurePolicy: flags.failurePolicy, failClosed: flags.failClosed },
    },
    policyFile: flags.policy,
    drainMs: flags.drainSeconds * 1000,
    logLevel: flags.logLevel,
  });
}

function originFrom(
  flags: Pick<Flags<typeof serveFlags>, 'service' | 'certDir' | 'caSecret' | 'dnsName' | 'stateDir'>,
  namespace: string,
  env: Environment,
): CertificateOrigin {
  if (flags.certDir !== undefined) return { kind: 'folder', folder: flags.certDir };
  if (flags.service === undefined) {
    return { kind: 'self', names: flags.dnsName, stateFolder: flags.stateDir ?? stateFolderIn(env) };
  }
  const names = [...namesOfService(flags.service, namespace), ...flags.dnsName];
  return { kind: 'shared', namespace, secret: flags.caSecret, names };
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

/** The names of a Service in its cluster; API servers ask for the third (k8s apiserver pkg/util/webhook). */
function namesOfService(name: string, namespace: string): readonly string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** A DNS-1123 label, as namespaces and Services are named; Secrets may have dots in theirs. */
function isName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);
}

function outside(path: string, value: number, max: number): readonly Problem[] {
  const inside = Number.isInteger(value) && value >= 0 && value <= max;
  return inside ? [] : [{ path, message: `must be a whole number from 0 to ${max}` }];
}
