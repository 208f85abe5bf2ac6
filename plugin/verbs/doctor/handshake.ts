import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { messageOf } from '../../../shared/index.ts';

/** What a server presents to somebody who trusts some authorities. */
export type Handshake =
  | { readonly kind: 'trusted' }
  /** It presents something else; OpenSSL's reason. */
  | { readonly kind: 'distrusted'; readonly why: string }
  /** Nobody there, or not for this machine. */
  | { readonly kind: 'unreached'; readonly why: string };

/** For one handshake, in ms: as long as an API server waits for the webhook. */
const HANDSHAKE_MS = 3000;

const HTTPS_PORT = 443;

/** Asks the server at an https URL for its certificate, as an API server does that trusts these authorities (PEM) alone. */
export function shakeHands(url: string, authorities: string, signal: AbortSignal): Promise<Handshake> {
  if (!URL.canParse(url)) return Promise.resolve({ kind: 'unreached', why: 'that is no URL' });
  const { hostname, port } = new URL(url);
  // An IPv6 address stands in brackets in a URL.
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: port === '' ? HTTPS_PORT : Number(port),
      ca: authorities,
      // As in Go, every certificate that is trusted ends a chain, the server's own, too.
      allowPartialTrustChain: true,
      // Whether it is trusted is the question: a refusal would not tell it from a server that is away.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const end = (found: Handshake): void => {
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve(found);
    };
    const late = (): void => {
      end({ kind: 'unreached', why: 'no answer in time' });
    };
    signal.addEventListener('abort', late, { once: true });
    socket.setTimeout(HANDSHAKE_MS, late);
    socket.once('error', (thrown) => {
      end({ kind: 'unreached', why: messageOf(thrown) });
    });
    socket.once('secureConnect', () => {
      end(socket.authorized ? { kind: 'trusted' } : { kind: 'distrusted', why: reasonOf(socket.authorizationError) });
    });
  });
}

/** Node's types call it an Error; it is the code alone. */
function reasonOf(error: unknown): string {
  return typeof error === 'string' ? error : messageOf(error);
}
