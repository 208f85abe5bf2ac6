import yargs, { type Argv } from 'yargs';
import { messageOf, parsed, refused, type Parsed, type Problem } from '../shared/index.ts';
import type { ClusterChoice, Environment } from './connect.ts';
import { CA_SECRET } from './grants.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { FAIL_CLOSED, type FailClosed, type Reach } from './registration.ts';
import type { ServeOptions } from './serve.ts';
import type { CertificateOrigin } from './tls/open.ts';

/** What the process was asked to do. */
export type Operation =
  | {
      readonly kind: 'serve';
      readonly cluster: ClusterChoice;
      readonly serve: ServeOptions;
      /** File with the configuration; undefined: the defaults. */
      readonly policyFile: string | undefined;
      /** How long to answer on once asked to end. */
      readonly drainMs: number;
      readonly logLevel: LogLevel;
    }
  | {
      readonly kind: 'configuration';
      readonly reach: Reach;
      readonly caFile: string | undefined;
      readonly policyFile: string | undefined;
      readonly failurePolicy: 'Ignore' | 'Fail';
    }
  /** What the chart's hook and test ask for. */
  | { readonly kind: 'uninstall' | 'verify'; readonly cluster: ClusterChoice }
  | { readonly kind: 'policies'; readonly policyFile: string | undefined }
  /** `--help` and `--version`. */
  | { readonly kind: 'print'; readonly text: string };

const PORT = 9443;
const HEALTH_PORT = 9440;
/** Endpoints lag behind a pod's end by a few seconds; Gatekeeper waits as long. */
const DRAIN_SECONDS = 10;
/** Longest drain that is accepted, in seconds: longer ones are typing errors. */
const MAX_DRAIN_SECONDS = 600;

/** Reads the arguments (without `node` and the script). */
export async function parseArguments(
  argv: readonly string[],
  version: string,
  env: Environment = {},
): Promise<Parsed<Operation>> {
  const found: Parsed<Operation>[] = [];
  const parser = yargs()
    .scriptName('maint-webhook')
    .usage('$0 [serve] [flags]\n$0 configuration --url URL --ca-file FILE [flags]\n$0 policies [flags]')
    .command('$0', 'Serve admission reviews', serveFlags, (flags) => {
      found.push(serveFromFlags(flags, env));
    })
    .command('serve', 'Serve admission reviews (the default)', serveFlags, (flags) => {
      found.push(serveFromFlags(flags, env));
    })
    .command(
      'configuration',
      'Print the ValidatingWebhookConfiguration for kubectl apply -f -',
      configurationFlags,
      (flags) => {
        found.push(configurationFromFlags(flags));
      },
    )
    .command('verify', 'Call the webhook as the API server would, and tell what answers', clusterFlags, (flags) => {
      found.push(onCluster('verify', flags));
    })
    .command('uninstall', 'Delete the ValidatingWebhookConfiguration', clusterFlags, (flags) => {
      found.push(onCluster('uninstall', flags));
    })
    .command(
      'policies',
      'Print the ValidatingAdmissionPolicies that hold without a webhook, for kubectl apply -f -',
      policiesFlags,
      (flags) => {
        found.push(policiesFromFlags(flags));
      },
    )
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

const POLICY = {
  type: 'string',
  describe: 'File with the configuration (kind: MaintenancePolicy); without it the defaults apply',
} as const;

const FAILURE_POLICY = {
  choices: ['Ignore', 'Fail'] as const,
  default: 'Ignore' as const,
  describe: 'What the API server does when a call fails',
};

function serveFlags(flags: Argv) {
  return clusterFlags(flags)
    .option('policy', POLICY)
    .option('host', { type: 'string', default: '', defaultDescription: 'all', describe: 'Interface to listen on' })
    .option('port', { type: 'number', default: PORT, describe: 'HTTPS port for reviews; 0 = any free one' })
    .option('health-port', {
      type: 'number',
      default: HEALTH_PORT,
      describe: 'HTTP port for /livez, /readyz and /metrics; 0 = any free one',
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
      default: [] as readonly FailClosed[],
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
    .option('ca-out', { type: 'string', describe: "File that gets the PEM of the certificate's authority" })
    .option('drain-seconds', {
      type: 'number',
      default: DRAIN_SECONDS,
      describe: 'How long to answer on after SIGTERM, while endpoints are updated',
    })
    .option('log-level', { choices: LOG_LEVELS, default: 'info' as const, describe: 'How much is logged' });
}

type Flags<Add extends (flags: Argv) => Argv<unknown>> = Awaited<ReturnType<Add>['argv']>;

/** Flags of `serve` that may be given once. */
const SERVE_ONCE = [
  'policy',
  'kubeconfig',
  'context',
  'host',
  'port',
  'health-port',
  'service',
  'namespace',
  'ca-secret',
  'cert-dir',
  'failure-policy',
  'ca-out',
  'drain-seconds',
];

function serveFromFlags(flags: Flags<typeof serveFlags>, env: Environment): Parsed<Operation> {
  const problems = [
    ...repeated(flags, SERVE_ONCE),
    ...outside('--port', flags.port, 65_535),
    ...outside('--health-port', flags.healthPort, 65_535),
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
      certificates: originFrom(flags, namespace),
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
  flags: Pick<Flags<typeof serveFlags>, 'service' | 'certDir' | 'caSecret' | 'dnsName'>,
  namespace: string,
): CertificateOrigin {
  if (flags.certDir !== undefined) return { kind: 'folder', folder: flags.certDir };
  if (flags.service === undefined) return { kind: 'self', names: flags.dnsName };
  const names = [...namesOfService(flags.service, namespace), ...flags.dnsName];
  return { kind: 'shared', namespace, secret: flags.caSecret, names };
}

/** The names of a Service in its cluster; API servers ask for the third (k8s apiserver pkg/util/webhook). */
function namesOfService(name: string, namespace: string): readonly string[] {
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** A DNS-1123 label, as namespaces and Services are named; Secrets may have dots in theirs. */
function isName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);
}

function clusterFlags(flags: Argv) {
  return flags
    .option('kubeconfig', { type: 'string', describe: 'Kubeconfig file; in a pod its service account is used instead' })
    .option('context', { type: 'string', describe: 'Context of the kubeconfig' });
}

function onCluster(kind: 'uninstall' | 'verify', flags: Flags<typeof clusterFlags>): Parsed<Operation> {
  const twice = repeated(flags, ['kubeconfig', 'context']);
  if (twice.length > 0) return refused(...twice);
  return parsed({ kind, cluster: { kubeconfig: flags.kubeconfig, context: flags.context } });
}

function configurationFlags(flags: Argv) {
  return flags
    .option('policy', POLICY)
    .option('url', { type: 'string', describe: 'Address of the webhook: https://HOST:PORT' })
    .option('service', { type: 'string', describe: 'Service of the webhook: NAMESPACE/NAME' })
    .option('ca-file', { type: 'string', describe: 'PEM of the authority that the API server has to trust' })
    .option('failure-policy', FAILURE_POLICY);
}

function configurationFromFlags(flags: Flags<typeof configurationFlags>): Parsed<Operation> {
  const twice = repeated(flags, ['policy', 'url', 'service', 'ca-file', 'failure-policy']);
  if (twice.length > 0) return refused(...twice);
  const reach = reachFrom(flags.url, flags.service);
  if (!reach.ok) return reach;
  if ('url' in reach.value && flags.caFile === undefined) {
    return refused({ path: '--ca-file', message: 'is needed with --url: the file that serve --ca-out wrote' });
  }
  return parsed({
    kind: 'configuration',
    reach: reach.value,
    caFile: flags.caFile,
    policyFile: flags.policy,
    failurePolicy: flags.failurePolicy,
  });
}

function policiesFlags(flags: Argv) {
  return flags.option('policy', POLICY);
}

function policiesFromFlags(flags: Flags<typeof policiesFlags>): Parsed<Operation> {
  const twice = repeated(flags, ['policy']);
  return twice.length > 0 ? refused(...twice) : parsed({ kind: 'policies', policyFile: flags.policy });
}

function reachFrom(url: string | undefined, service: string | undefined): Parsed<Reach> {
  if ((url === undefined) === (service === undefined)) {
    return refused({ path: '', message: 'give either --url or --service' });
  }
  if (url !== undefined) {
    return URL.canParse(url) && new URL(url).protocol === 'https:'
      ? parsed({ url })
      : refused({ path: '--url', message: 'must be like https://127.0.0.1:9443' });
  }
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9-]+)$/.exec(service ?? '') ?? [];
  return namespace === undefined || name === undefined
    ? refused({ path: '--service', message: 'must be NAMESPACE/NAME' })
    : parsed({ service: { namespace, name } });
}

function outside(path: string, value: number, max: number): readonly Problem[] {
  const inside = Number.isInteger(value) && value >= 0 && value <= max;
  return inside ? [] : [{ path, message: `must be a whole number from 0 to ${max}` }];
}

/** yargs makes a list of a flag that is given twice, whatever its type says. */
function repeated(flags: object, names: readonly string[]): readonly Problem[] {
  const lists = new Set(Object.entries(flags).flatMap(([name, value]) => (Array.isArray(value) ? [name] : [])));
  return names.filter((name) => lists.has(name)).map((name) => ({ path: `--${name}`, message: 'was given twice' }));
}
