import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { Express } from 'express';
import { MaintError, messageOf } from '../shared/index.ts';
import { boundConnections, MAX_CONNECTIONS, type Connections } from './connections.ts';
import { certificatesIn } from './tls/authority.ts';
import type { ServingCertificate } from './tls/source.ts';

/** A listening server. */
export interface ListeningServer {
  readonly port: number;
  /** Stops listening, lets answers under way go out, then ends what is left. */
  close(graceMs: number): Promise<void>;
}

/** A server whose certificate can change while it listens. */
export interface SecureServer extends ListeningServer {
  /** To those who connect from now on; where some callers are known no more, all have to connect again. */
  present(certificate: ServingCertificate): void;
}

/** Where to listen. `host` empty is every interface, `port` 0 any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** Most connections at once; MAX_CONNECTIONS unless said otherwise. */
  readonly connections?: number;
}

const TIMEOUTS = {
  /** The API server keeps idle connections for 90 s (Go's transport) and has to be the one that ends them. */
  keepAliveTimeout: 120_000,
  /** For the headers of a request. An API server sends them at once; only a slow-loris does not. */
  headersTimeout: 10_000,
  /** For a whole request: the longest timeoutSeconds that Kubernetes accepts. */
  requestTimeout: 30_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 5_000,
};
/** After so long without a byte a connection ends, in ms, one whose caller does not read its answer, too: later than one that is kept for its next request. */
const SILENT_MS = TIMEOUTS.keepAliveTimeout + 10_000;
/** For the handshake of a connection, in ms; Node's own is two minutes. */
const HANDSHAKE_MS = 10_000;

/** Listens for HTTPS; whether callers need a certificate is settled by then, and of whom with each that is presented. Throws MaintError('usage') where the address cannot be had. */
export async function listenSecurely(
  app: Express,
  address: Address,
  certificate: ServingCertificate,
): Promise<SecureServer> {
  const server = createHttpsServer({
    ...TIMEOUTS,
    handshakeTimeout: HANDSHAKE_MS,
    minVersion: 'TLSv1.2',
    ...(certificate.callers !== undefined && { requestCert: true, rejectUnauthorized: true }),
    ...contextOf(certificate),
  });
  const { listening, connections } = await started(server, app, address);
  let { callers } = certificate;
  return {
    ...listening,
    present: (renewed) => {
      server.setSecureContext(contextOf(renewed));
      // Who was let in by an authority that is none any more would be served on as long as it likes.
      if (isTakenOut(callers, renewed.callers)) connections.end();
      callers = renewed.callers;
    },
  };
}

/** Listens for plain HTTP. Throws MaintError('usage') where the address cannot be had. */
export async function listen(app: Express, address: Address): Promise<ListeningServer> {
  return (await started(createHttpServer(TIMEOUTS), app, address)).listening;
}

/** Whether some authority vouches for callers no more. Whoever was let in before others came may stay. */
function isTakenOut(before: string | undefined, after: string | undefined): boolean {
  const left = new Set(certificatesIn(after ?? ''));
  return after !== undefined && (before === undefined || certificatesIn(before).some((one) => !left.has(one)));
}

/** Without `ca` a context trusts the public authorities: it is said each time. */
function contextOf({ certificate, key, callers }: ServingCertificate): SecureContextOptions {
  return { cert: certificate, key, ...(callers !== undefined && { ca: callers }) };
}

async function started(
  server: Server | HttpsServer,
  app: Express,
  { host, port, connections: most = MAX_CONNECTIONS }: Address,
): Promise<{ readonly listening: ListeningServer; readonly connections: Connections }> {
  const connections = boundConnections(server, most, app);
  server.setTimeout(SILENT_MS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const place = `${host === '' ? '*' : host}:${port}`;
      reject(new MaintError('usage', `cannot listen on ${place}: ${messageOf(error)}`, { cause: error }));
    });
    server.listen({ port, ...(host !== '' && { host }) }, resolve);
  });
  const address = server.address();
  const listening = {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: (graceMs: number) => close(server, graceMs),
  };
  return { listening, connections };
}

async function close(server: Server | HttpsServer, graceMs: number): Promise<void> {
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(timer);
}
