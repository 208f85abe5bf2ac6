import { Agent as HttpAgent, type AgentOptions as HttpAgentOptions } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
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

/** What connections are for. */
export type Use = 'calls' | 'watches';

/**
 * Connections to one server. For calls: 32 evictions in flight are as fast as a Go client without limits (measured). Each
 * watch holds one as long as it lives, so theirs are not counted: a few dozen would leave none for calls.
 */
const MAX_SOCKETS: Readonly<Record<Use, number>> = { calls: 32, watches: Infinity };

/** Idle connections end before the 60 s after which common load balancers drop them silently. */
const IDLE_MS = 50_000;

/** Connections to the endpoint that are kept, through its proxy. Rejects with MaintError('cluster') where a file cannot be read. */
export async function agentFor(
  endpoint: Endpoint,
  certificate: ClientCertificate | undefined,
  use: Use,
): Promise<HttpAgent> {
  const kept: HttpAgentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS[use], timeout: IDLE_MS };
  const { proxyUrl } = endpoint;
  if (endpoint.server.startsWith('http:')) return httpAgent(proxyUrl, kept);
  return httpsAgent(proxyUrl, { ...kept, ...(await tlsFor(endpoint, certificate)) });
}

async function httpAgent(proxy: string | undefined, options: HttpAgentOptions): Promise<HttpAgent> {
  if (proxy === undefined) return new HttpAgent(options);
  if (isSocks(proxy)) return socksAgent(proxy, options, false);
  const { HttpProxyAgent } = await import('hpagent');
  return new HttpProxyAgent({ ...options, proxy });
}

async function httpsAgent(proxy: string | undefined, options: AgentOptions): Promise<HttpAgent> {
  if (proxy === undefined) return new HttpsAgent(options);
  if (isSocks(proxy)) return socksAgent(proxy, options, true);
  const { HttpsProxyAgent } = await import('hpagent');
  return new HttpsProxyAgent({ ...options, proxy });
}

function isSocks(proxy: string): boolean {
  return /^socks/i.test(proxy);
}

/** A proxy resolves the names of servers itself, as Go has it: SOCKS libraries of Node call that another scheme. */
const RESOLVING_SOCKS = 'socks5h:';

async function socksAgent(proxy: string, options: AgentOptions, secureEndpoint: boolean): Promise<HttpAgent> {
  const { SocksProxyAgent } = await import('socks-proxy-agent');
  // Without being told it takes a connection that it gets back for one without TLS, and never uses it again (agent-base 9).
  const told = { ...options, secureEndpoint };
  const agent = new SocksProxyAgent(proxy.replace(/^socks5:/i, RESOLVING_SOCKS), told);
  // It would end connections that are in use but silent, too: those of watches.
  agent.timeout = null;
  return agent;
}

type Tls = Pick<AgentOptions, 'secureContext' | 'servername' | 'rejectUnauthorized' | 'checkServerIdentity'>;

async function tlsFor(endpoint: Endpoint, certificate: ClientCertificate | undefined): Promise<Tls> {
  const { tlsServerName, skipTlsVerify } = endpoint;
  const name = tlsServerName ?? hostOf(endpoint);
  return {
    secureContext: await secureContextFor(endpoint, certificate),
    rejectUnauthorized: !skipTlsVerify,
    // An address is no name that TLS could ask for (RFC 6066).
    servername: isIP(name) === 0 ? name : '',
    // Through a SOCKS proxy, Node.js would check a server that is known by its address for the name localhost.
    checkServerIdentity: (_asked, shown) => checkServerIdentity(name, shown),
  };
}

/** A server's name or address, without the brackets of IPv6. */
export function hostOf({ server }: Pick<Endpoint, 'server'>): string {
  return new URL(server).hostname.replace(/^\[|\]$/g, '');
}

/** What is trusted and who calls: read once for all connections of an agent, since the trust of a system takes some 10 ms. */
async function secureContextFor(endpoint: Endpoint, own: ClientCertificate | undefined): Promise<SecureContext> {
  const ca = await pemOf(endpoint, endpoint.caData, endpoint.caFile);
  const cert = await pemOf(endpoint, own?.certData, own?.certFile);
  const key = await pemOf(endpoint, own?.keyData, own?.keyFile);
  return createSecureContext({
    // kubectl trusts what the operating system trusts where the kubeconfig names no CA; Node's own list is shorter.
    ca: ca ?? (endpoint.skipTlsVerify ? undefined : systemTrust()),
    cert,
    key,
    // As in Go, every certificate that is trusted ends a chain: an intermediate authority's, and the server's own, too.
    allowPartialTrustChain: true,
  });
}

function systemTrust(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

async function pemOf({ name }: Endpoint, data?: string, file?: string): Promise<Buffer | undefined> {
  if (data !== undefined) return Buffer.from(data, 'base64');
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new MaintError('cluster', `cannot use the certificates of cluster ${name}: ${messageOf(cause)}`, {
      hint: 'check the paths of certificate-authority, client-certificate and client-key in the kubeconfig',
      cause,
    });
  }
}
