import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { getCACertificates } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { MaintError, messageOf } from '../../errors.ts';

/** Where the API server is, and how to know it. Data wins over a file, as in kubectl. */
export interface Endpoint {
  /** Name of the cluster in the kubeconfig, for messages. */
  readonly name: string;
  /** `https://host[:port][/prefix]`, or http for tests and local proxies; no slash at the end. */
  readonly server: string;
  /** Base64 of PEM. */
  readonly caData: string | undefined;
  readonly caFile: string | undefined;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName: string | undefined;
  readonly proxyUrl: string | undefined;
}

/** A client certificate: each half as base64 of PEM, or in a file. */
export interface ClientCertificate {
  readonly certData: string | undefined;
  readonly certFile: string | undefined;
  readonly keyData: string | undefined;
  readonly keyFile: string | undefined;
}

/** As in Go, every certificate that is trusted ends a chain: an intermediate authority's, and the server's own, too. */
export const TRUST_ANCHORS = { allowPartialTrustChain: true };

/** What connections are for. */
export type Use = 'calls' | 'watches';

/**
 * Connections to one server. For calls: 32 evictions in flight are as fast as a Go client without limits (measured). Each
 * watch holds one as long as it lives, so theirs are not counted: a few dozen would leave none for calls.
 */
const MAX_SOCKETS: Readonly<Record<Use, number>> = { calls: 32, watches: Infinity };

/** Idle connections end before the 60 s after which common load balancers drop them silently. */
const IDLE_MS = 50_000;

/**
 * Connections to the endpoint: TLS, client certificate and proxy by KubeConfig of the Kubernetes client, kept alive
 * by us, because its own way makes a connection per request. Throws MaintError('cluster') where a file cannot be read.
 */
export async function agentFor(
  endpoint: Endpoint,
  certificate: ClientCertificate | undefined,
  use: Use,
): Promise<Agent> {
  const plain = endpoint.server.startsWith('http:');
  const skip = plain || endpoint.skipTlsVerify;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    // KubeConfig refuses http:// unless verification is off; there is none to turn off.
    { name: endpoint.name, server: endpoint.server, skipTLSVerify: skip, ...trustOf(endpoint) },
    { name: 'caller', ...halvesOf(certificate) },
  );
  const options: RequestOptions = { timeout: IDLE_MS };
  // kubectl trusts what the operating system trusts where the kubeconfig names no CA; Node's own list is shorter.
  if (!skip && endpoint.caData === undefined && endpoint.caFile === undefined) options.ca = systemTrust();
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new MaintError('cluster', `cannot use the certificates of cluster ${endpoint.name}: ${messageOf(cause)}`, {
      hint: 'check the paths of certificate-authority, client-certificate and client-key in the kubeconfig',
      cause,
    });
  }
  const { agent } = options;
  if (typeof agent !== 'object') throw new Error('KubeConfig gave no agent');
  return Object.assign(agent, { keepAlive: true, maxSockets: MAX_SOCKETS[use] });
}

function systemTrust(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function trustOf(endpoint: Endpoint): { caData?: string; caFile?: string; tlsServerName?: string; proxyUrl?: string } {
  const { caData, caFile, tlsServerName, proxyUrl } = endpoint;
  return {
    ...pick('caData', 'caFile', caData, caFile),
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(proxyUrl !== undefined && { proxyUrl: proxyUrl.replace(/^socks5:/i, RESOLVING_SOCKS) }),
  };
}

/** A proxy resolves the names of servers itself, as Go has it: SOCKS libraries of Node call that another scheme. */
const RESOLVING_SOCKS = 'socks5h:';

function halvesOf(certificate: ClientCertificate | undefined): Record<string, string> {
  if (certificate === undefined) return {};
  const { certData, certFile, keyData, keyFile } = certificate;
  return { ...pick('certData', 'certFile', certData, certFile), ...pick('keyData', 'keyFile', keyData, keyFile) };
}

/** KubeConfig prefers the file; kubectl prefers the data. So only one is handed on. */
function pick(dataKey: string, fileKey: string, data?: string, file?: string): Record<string, string> {
  if (data !== undefined) return { [dataKey]: data };
  return file === undefined ? {} : { [fileKey]: file };
}
