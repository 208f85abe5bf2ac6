/** Connections through proxies, and what they prove and check on the way. */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { TLSSocket, type TlsOptions } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { connectCluster } from '../../../shared/cluster/live/connect.ts';
import { textAt } from '../../../shared/index.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { base64, containing, json, optionsFor, scriptedServer } from './scripted-server.ts';

const authority = selfSigned({ name: 'authority' });

async function apiServer(tls?: TlsOptions) {
  const callers: (string | undefined)[] = [];
  const server = await scriptedServer((_seen, response) => {
    const { socket } = response;
    callers.push(socket instanceof TLSSocket ? textAt(socket.getPeerCertificate(), 'subject', 'CN') : undefined);
    json(response, 200, { is: 'there' });
  }, tls);
  onTestFinished(() => server.close());
  return { url: server.url, port: Number(new URL(server.url).port), callers };
}

/** A proxy of HTTP that leads everybody to one port of this machine; what it was asked for, and with which credentials. */
async function httpProxy(port: number) {
  const asked: (string | undefined)[][] = [];
  const proxy = createHttpServer();
  proxy.on('connect', ({ url, headers }, socket: Socket) => {
    asked.push([url, headers['proxy-authorization']]);
    if (headers['proxy-authorization'] === undefined) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    leadTo(port, socket, 'HTTP/1.1 200 OK\r\n\r\n');
  });
  await listening(proxy);
  return { host: hostOf(proxy), asked };
}

/** The same with SOCKS 5 (RFC 1928). */
async function socksProxy(port: number) {
  const asked: (string | undefined)[][] = [];
  const proxy = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        asked.push([request[3] === 3 ? request.subarray(5, 5 + (request[4] ?? 0)).toString() : 'an address']);
        leadTo(port, socket, Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      });
    });
  });
  await listening(proxy);
  return { host: hostOf(proxy), asked };
}

function leadTo(port: number, socket: Socket, greeting: string | Buffer): void {
  const onward = connect(port, '127.0.0.1', () => {
    socket.write(greeting);
    socket.pipe(onward).pipe(socket);
  });
  socket.on('error', () => onward.destroy());
  onward.on('error', () => socket.destroy());
}

async function listening(server: ReturnType<typeof createServer>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
}

function hostOf(server: ReturnType<typeof createServer>): string {
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
}

const client = selfSigned({ name: 'ana', issuer: authority });
const USER = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };

test.each([
  ['http', 'api.internal.invalid', ['api.internal.invalid:6443', 'Basic YW5hOnA6dw==']],
  ['http', '10.1.2.3', ['10.1.2.3:6443', 'Basic YW5hOnA6dw==']],
  ['socks5', 'api.internal.invalid', ['api.internal.invalid']],
  ['socks5', '10.1.2.3', ['an address']],
  ['socks5h', '10.1.2.3', ['an address']],
])('through a proxy of %s, %s is checked, and the caller proves who it is', async (scheme, host, asked) => {
  const server = await apiServer({
    ...selfSigned({ name: host, issuer: authority }),
    ca: authority.cert,
    requestCert: true,
  });
  const proxy = scheme === 'http' ? await httpProxy(server.port) : await socksProxy(server.port);
  const credentials = scheme === 'http' ? 'ana:p%3Aw@' : '';
  const trust = { 'certificate-authority-data': base64(authority.cert) };
  const options = await optionsFor(`https://${host}:6443`, USER, {
    ...trust,
    'proxy-url': `${scheme}://${credentials}${proxy.host}`,
  });
  const cluster = await connectCluster(options);
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  // The connection is kept.
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  expect(proxy.asked).toEqual([asked]);
  expect(server.callers).toEqual(['ana', 'ana']);
  cluster.close();

  const another = `https://${host === '10.1.2.3' ? '10.1.2.4' : 'another.invalid'}:6443`;
  const misled = await connectCluster({ ...options, server: another });
  await expect(misled.get('/x')).rejects.toMatchObject({ message: containing('its certificate is for another name') });
  misled.close();
  const told = await connectCluster({ ...options, server: another, tlsServerName: host });
  expect(await told.get('/x')).toEqual({ is: 'there' });
  told.close();
});

test('a server without TLS is reached through a proxy, too', async () => {
  const server = await apiServer();
  const proxy = await httpProxy(server.port);
  const cluster = await connectCluster(
    await optionsFor('http://api.internal.invalid:8080', {}, { 'proxy-url': `http://ana:pw@${proxy.host}` }),
  );
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  cluster.close();
});

test('what a proxy refuses is told', async () => {
  const server = await apiServer(selfSigned());
  const proxy = await httpProxy(server.port);
  const cluster = await connectCluster(await optionsFor(server.url, {}, { 'proxy-url': `http://${proxy.host}` }));
  await expect(cluster.get('/x')).rejects.toMatchObject({ code: 'cluster', message: containing('407') });
  cluster.close();
});

test.each(['insecure-skip-tls-verify', 'tls-server-name'])('%s of the kubeconfig', async (how) => {
  const identity = selfSigned({ name: 'inside.invalid' });
  const server = await apiServer(identity);
  const entry =
    how === 'tls-server-name'
      ? { 'certificate-authority-data': base64(identity.cert), 'tls-server-name': 'inside.invalid' }
      : { 'insecure-skip-tls-verify': true };
  const cluster = await connectCluster(await optionsFor(server.url, {}, entry));
  expect(await cluster.get('/x')).toEqual({ is: 'there' });
  cluster.close();
});
