import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenSecurely, type SecureServer } from '../../../webhook/servers.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import { steadyPorts } from '../../control-plane/ports.ts';
import { until } from '../../support/until.ts';

/** Callers that are no API server, at the server that takes reviews. */

const LOOPBACK = '127.0.0.1';
const now = Date.now();
const authority = await issueAuthority(now);
/** For so long this process does nothing else, in ms. */
const BUSY_MS = 20;
/** Connections of it at once. */
const MOST = 4;
let server: SecureServer;
let asked = 0;

beforeAll(async () => {
  const app = express();
  app.get('/', (_request, response) => {
    asked += 1;
    response.type('text').send('here');
  });
  const address = { host: LOOPBACK, port: 0, connections: MOST };
  server = await listenSecurely(app, address, await issueLeaf(authority, [LOOPBACK], now));
});

afterAll(() => server.close(0));

/** A connection after its handshake; rejects where the server refuses it. */
async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: LOOPBACK, port: server.port, ca: authority.certificate, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** What is answered to some bytes, until the server ends the connection. */
async function answerTo(text: string): Promise<string> {
  const socket = await handshake();
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  return chunks.join('');
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

describe('the handshake', () => {
  test('is refused below TLS 1.2', async () => {
    // OpenSSL itself no longer speaks it at its default security level: level 0 lets this side try.
    const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
    await expect(handshake(old)).rejects.toThrow(/protocol version/i);
  });

  test('needs no server name: an API server that dials an address sends none', async () => {
    const socket = await handshake({ servername: '' });
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  test('offers no HTTP/2: a caller that wants nothing else is refused, one that takes both gets HTTP/1.1', async () => {
    const both = await handshake({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(both.alpnProtocol).toBe('http/1.1');
    both.destroy();
    await expect(handshake({ ALPNProtocols: ['h2'] })).rejects.toThrow();
  });
});

describe('what is no request', () => {
  test.each([
    ['noise', '\u0000\u0001\u0002\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\n${'X-Filler: 0123456789\r\n'.repeat(2000)}\r\n`],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('%s is answered by an error, and the connection ends', async (_what, text) => {
    expect(await answerTo(text)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await answerTo(GET)).toMatch(/^HTTP\/1\.1 200 [^]*here$/);
  });
});

describe('a connection', () => {
  test('with more requests than one after the other ends, and hardly any of them is answered', async () => {
    const before = asked;
    await answerTo('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
    expect(asked - before).toBeLessThanOrEqual(2);
    expect(await answerTo(GET)).toMatch(/^HTTP\/1\.1 200 [^]*here$/);
  });

  test('that comes again from its port at once is counted like any other', async () => {
    const ports = await steadyPorts(3 * MOST);
    const open = new Set<Socket>();
    for (const localPort of ports) {
      const first = dialled(localPort);
      await once(first, 'connect');
      // Reset, its port may be taken again without waiting.
      first.resetAndDestroy();
      const again = dialled(localPort);
      // The server is busy meanwhile, and learns of both in one turn.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
      open.add(again);
      again.once('close', () => open.delete(again));
      await once(again, 'connect');
    }
    // Sooner than they would end without a handshake.
    await until('no more are open than may be', () => open.size <= MOST, { giveUpAfterMs: 5000 });
    for (const socket of open) socket.destroy();
  });
});

/** A connection from a port, that says nothing; its reset by the server is no error here. */
function dialled(localPort: number): Socket {
  const socket = dial({ host: LOOPBACK, port: server.port, localAddress: LOOPBACK, localPort });
  return socket.on('error', () => undefined);
}
