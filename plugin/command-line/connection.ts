import type { ClusterFlags } from '../session/connect.ts';
import { asTyped, type FlagTable, type FlagValues } from './flag.ts';
import { countFlag, requestTimeoutFlag } from './values.ts';

const group = 'Connection (as in kubectl):';

/** kubectl's connection flags, with kubectl's names and words. */
export const CONNECTION_FLAGS = {
  kubeconfig: { kind: 'value', group, value: asTyped, completes: 'files', describe: 'Path to the kubeconfig file' },
  context: { kind: 'value', group, value: asTyped, completes: 'contexts', describe: 'The kubeconfig context to use' },
  cluster: { kind: 'value', group, value: asTyped, completes: 'clusters', describe: 'The kubeconfig cluster to use' },
  user: { kind: 'value', group, value: asTyped, completes: 'users', describe: 'The kubeconfig user to use' },
  server: { short: 's', kind: 'value', group, value: asTyped, describe: 'Address and port of the API server' },
  token: { kind: 'value', group, value: asTyped, describe: 'Bearer token for the API server' },
  as: { kind: 'value', group, value: asTyped, describe: 'User to impersonate' },
  'as-group': { kind: 'list', group, value: asTyped, describe: 'Group to impersonate; may be repeated' },
  'as-uid': { kind: 'value', group, value: asTyped, describe: 'UID to impersonate' },
  'request-timeout': {
    kind: 'value',
    group,
    default: '0',
    value: requestTimeoutFlag,
    describe: 'How long to wait for a single request, like 1s or 2m; 0 = until the API server is silent for 45s',
  },
  'certificate-authority': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'Path to a certificate file of the authority',
  },
  'tls-server-name': { kind: 'value', group, value: asTyped, describe: 'Server name for checking the certificate' },
  'insecure-skip-tls-verify': { kind: 'switch', group, describe: 'Do not check the certificate of the API server' },
  'client-certificate': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'Path to a client certificate file',
  },
  'client-key': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'Path to the key file of the client certificate',
  },
  namespace: {
    short: 'n',
    kind: 'value',
    group,
    value: asTyped,
    describe: 'Taken without effect: nodes have no namespace',
  },
  'all-namespaces': {
    short: 'A',
    kind: 'switch',
    group,
    describe: 'Taken without effect: nodes have no namespace',
  },
  v: {
    short: 'v',
    kind: 'value',
    group,
    value: (text: string) => countFlag(text, '-v'),
    describe: 'Log level: 6 logs each request, 7 its headers, 8 and 9 more and more of the bodies; never credentials',
  },
  'warnings-as-errors': {
    kind: 'switch',
    group,
    describe: 'Exit 4 where the API server has warned of something',
  },
} as const satisfies FlagTable;

/** The flags as the connection takes them. */
export function clusterFlags(values: FlagValues<typeof CONNECTION_FLAGS>): ClusterFlags {
  return {
    kubeconfig: values.kubeconfig,
    context: values.context,
    cluster: values.cluster,
    user: values.user,
    server: values.server,
    token: values.token,
    as: values.as,
    asGroups: values['as-group'],
    asUid: values['as-uid'],
    requestTimeoutMs: values['request-timeout'],
    certificateAuthority: values['certificate-authority'],
    tlsServerName: values['tls-server-name'],
    insecureSkipTlsVerify: values['insecure-skip-tls-verify'],
    clientCertificate: values['client-certificate'],
    clientKey: values['client-key'],
    logLevel: values.v,
    warningsAsErrors: values['warnings-as-errors'],
  };
}
