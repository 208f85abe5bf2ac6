import { MaintError } from '../../errors.ts';
import type { Cluster } from '../ports.ts';
import { SILENCE_MS, type ConnectOptions, type InClusterOptions } from './connection-options.ts';
import { bearer, type CredentialSource, fixedCredential } from './credentials/source.ts';
import { tokenFromFile } from './credentials/token-file.ts';
import { follow, QUIET_MS } from './follow.ts';
import { impersonationHeaders } from './impersonation.ts';
import { interruptible } from './interruption.ts';
import { credentialsOf, impersonationOf } from './kubeconfig/caller.ts';
import { chooseFrom, isSilent } from './kubeconfig/choice.ts';
import { type Kubeconfig, nonEmpty, readKubeconfig } from './kubeconfig/files.ts';
import { readServiceAccount, type ServiceAccount } from './kubeconfig/service-account.ts';
import { type Pace, realPace } from './pace.ts';
import { patient } from './patience.ts';
import { readerFrom } from './reading.ts';
import type { Transport, TransportOptions } from './transport.ts';
import { warningTeller } from './warnings.ts';

/** What tests replace. */
export interface SessionSettings {
  readonly pace: Pace;
  readonly quietMs: number;
  readonly silenceMs: number;
}

const REAL: SessionSettings = { pace: realPace, quietMs: QUIET_MS, silenceMs: SILENCE_MS };

/** See connectCluster. */
export async function openCluster(options: ConnectOptions, settings = REAL): Promise<Cluster> {
  const config = await readKubeconfig({ explicit: nonEmpty(options.kubeconfig), env: options.env });
  if (isSilent(config, options)) return openSilently(config, options, settings);
  const choice = chooseFrom(config, options);
  const headers = impersonationHeaders(impersonationOf(choice.user, options));
  const credentials = await credentialsOf(choice, options, settings.pace);
  const transport = { ...common(options, settings), endpoint: choice.endpoint, credentials, headers };
  return clusterFrom({ ...transport, called: choice }, settings, options.interrupt);
}

/** See connectInCluster. */
export async function openInCluster(options: InClusterOptions, settings = REAL): Promise<Cluster> {
  const account = await readServiceAccount(options.env, options.serviceAccountFolder);
  const credentials = accountToken(account, settings.pace);
  const called = calledIn(account);
  return clusterFrom(
    { ...common(options, settings), endpoint: account.endpoint, credentials, headers: {}, called },
    settings,
  );
}

/** No kubeconfig at all: the pod's service account, as with kubectl, but never http://localhost:8080. */
async function openSilently(config: Kubeconfig, options: ConnectOptions, settings: SessionSettings): Promise<Cluster> {
  const account = await readServiceAccount(options.env).catch(() => undefined);
  if (account === undefined) throw noKubeconfig(config);
  const headers = impersonationHeaders(impersonationOf(undefined, options));
  const token = nonEmpty(options.token);
  const credentials =
    token === undefined
      ? accountToken(account, settings.pace)
      : fixedCredential({ authorization: bearer(token), certificate: undefined });
  const transport = { ...common(options, settings), endpoint: account.endpoint, credentials, headers };
  const tell = options.onOutage ?? (() => undefined);
  return clusterFrom({ ...transport, called: calledIn(account), outages: { tell } }, settings, options.interrupt);
}

function calledIn({ endpoint, namespace }: ServiceAccount): Called {
  return { name: endpoint.name, context: undefined, namespace };
}

function accountToken({ tokenFile }: ServiceAccount, pace: Pace): CredentialSource {
  return tokenFromFile({ path: tokenFile, fallback: undefined, certificate: undefined, pace });
}

function noKubeconfig({ lookedIn }: Kubeconfig): MaintError {
  const places = lookedIn.length === 0 ? '$KUBECONFIG and ~/.kube/config' : lookedIn.join(', ');
  return new MaintError('usage', `no cluster is configured: no kubeconfig with a cluster in ${places}`, {
    hint: 'name a kubeconfig with --kubeconfig or $KUBECONFIG, or put it at ~/.kube/config',
  });
}

type Common = Pick<
  TransportOptions,
  'userAgent' | 'requestTimeoutMs' | 'silenceMs' | 'onWarnings' | 'onExchange' | 'pace'
>;

function common(options: ConnectOptions | InClusterOptions, { pace, silenceMs }: SessionSettings): Common {
  const { userAgent, requestTimeoutMs = 0, onWarning } = options;
  const onExchange = 'onExchange' in options ? options.onExchange : undefined;
  return { userAgent, requestTimeoutMs, silenceMs, onWarnings: warningTeller(onWarning), onExchange, pace };
}

type Called = Pick<Cluster, 'name' | 'context' | 'namespace'>;

interface Destination extends TransportOptions {
  readonly called: Called;
  /** Given: outages are waited out, and told of. */
  readonly outages?: { readonly tell: (why: string) => void };
}

async function clusterFrom(
  options: Destination,
  { pace, quietMs }: SessionSettings,
  interrupt?: AbortSignal,
): Promise<Cluster> {
  // The network is loaded for whoever has a cluster.
  const { transportFrom } = await import('./transport.ts');
  const transport: Transport = transportFrom(options);
  const once: Cluster['send'] = (request) => transport.send(request);
  const straight = options.outages === undefined ? once : patient(once, { pace, ...options.outages });
  const send = interrupt === undefined ? straight : interruptible(straight, interrupt, pace);
  return {
    server: transport.server,
    name: options.called.name,
    context: options.called.context,
    namespace: options.called.namespace,
    send,
    ...readerFrom(send),
    follow: (path, listener, following) => follow({ transport, pace, quietMs }, path, listener, following),
    stream: (request, quiet) => transport.bytes(request, quiet),
    unansweredMs: () => transport.unansweredMs(),
    clockAheadMs: () => transport.clockAheadMs(),
    close: () => {
      transport.close();
    },
  };
}
