import type { Argv } from 'yargs';
import type { ClusterFlags } from '../operation.ts';
import { countFlag, last, requestTimeoutFlag } from './values.ts';

const GROUP = 'Connection (as in kubectl):';

/** kubectl's connection flags, with kubectl's names and words. */
export function clusterOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('kubeconfig', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Path to the kubeconfig file',
    })
    .option('context', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'The kubeconfig context to use',
    })
    .option('cluster', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'The kubeconfig cluster to use',
    })
    .option('user', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'The kubeconfig user to use',
    })
    .option('server', {
      alias: 's',
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Address and port of the API server',
    })
    .option('token', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Bearer token for the API server',
    })
    .option('as', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'User to impersonate',
    })
    .option('as-group', {
      type: 'string',
      array: true,
      group: GROUP,
      requiresArg: true,
      describe: 'Group to impersonate; may be repeated',
    })
    .option('as-uid', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'UID to impersonate',
    })
    .option('request-timeout', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      default: '0',
      coerce: last<string>,
      describe: 'How long to wait for a single request, like 1s or 2m; 0 = until the API server is silent for 45s',
    })
    .option('certificate-authority', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Path to a certificate file of the authority',
    })
    .option('tls-server-name', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Server name for checking the certificate',
    })
    .option('insecure-skip-tls-verify', {
      type: 'boolean',
      group: GROUP,
      coerce: last<boolean>,
      describe: 'Do not check the certificate of the API server',
    })
    .option('client-certificate', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Path to a client certificate file',
    })
    .option('client-key', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Path to the key file of the client certificate',
    })
    .option('namespace', {
      alias: 'n',
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Taken without effect: nodes have no namespace',
    })
    .option('all-namespaces', {
      alias: 'A',
      type: 'boolean',
      group: GROUP,
      coerce: last<boolean>,
      describe: 'Taken without effect: nodes have no namespace',
    })
    .option('v', {
      type: 'string',
      group: GROUP,
      requiresArg: true,
      coerce: last<string>,
      describe: 'Log level: 6 logs each request, 7 its headers, 8 and 9 more and more of the bodies; never credentials',
    })
    .option('warnings-as-errors', {
      type: 'boolean',
      group: GROUP,
      coerce: last<boolean>,
      describe: 'Exit 4 where the API server has warned of something',
    });
}

/** The parsed flags. */
export type ClusterArguments = Awaited<ReturnType<typeof clusterOptions<unknown>>['argv']>;

/** The flags as the connection takes them. */
export function clusterFlags(argv: ClusterArguments): ClusterFlags {
  return {
    kubeconfig: argv.kubeconfig,
    context: argv.context,
    cluster: argv.cluster,
    user: argv.user,
    server: argv.server,
    token: argv.token,
    as: argv.as,
    asGroups: argv['as-group'],
    asUid: argv['as-uid'],
    requestTimeoutMs: requestTimeoutFlag(argv['request-timeout'] ?? '0'),
    certificateAuthority: argv['certificate-authority'],
    tlsServerName: argv['tls-server-name'],
    insecureSkipTlsVerify: argv['insecure-skip-tls-verify'],
    clientCertificate: argv['client-certificate'],
    clientKey: argv['client-key'],
    logLevel: argv.v === undefined ? undefined : countFlag('-v', argv.v),
    warningsAsErrors: argv['warnings-as-errors'],
  };
}
