import { createServer, type ServerResponse } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectCluster, connectInCluster, type Exchange } from '../../../shared/cluster/live/connect.ts';
import { realPace } from '../../../shared/cluster/live/pace.ts';
import { openCluster } from '../../../shared/cluster/live/session.ts';
import type { Cluster } from '../../../shared/cluster/ports.ts';
import { selfSigned } from '../../support/self-signed.ts';
import {
  base64,
  closedAfterEach,
  fakePace,
  folderWith,
  json,
  kubeconfigFor,
  optionsFor,
  type Script,
  scriptedServer,
  type ScriptedServer,
  status,
  containing,
  matching,
} from './scripted-server.ts';

const open = closedAfterEach();

let pace = fakePace();

async function served(
  script: Script,
  prefix = '',
): Promise<{ server: ScriptedServer; cluster: Cluster; slept: number[] }> {
  const server = await scriptedServer(script);
  pace = fakePace();
  const cluster = await openCluster(await optionsFor(server.url + prefix, { token: 't' }), {
    pace,
    quietMs: 1000,
    silenceMs: 1000,
  });
  open.push(cluster, server);
  return { server, cluster, slept: pace.slept };
}

const NOBODY = {
  project: (object: unknown) => object,
  synced: () => undefined,
  changed: () => undefined,
  removed: () => undefined,
};

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Length': '100' }).write('{"kind":');
  setTimeout(() => response.socket?.destroy(), 20);
}

describe('one request', () => {
  test('carries agent, token, query and body, below the path of the server', async () => {
    const { server, cluster } = await served((_seen, response) => {
      json(response, 201, { ok: 1 });
    }, '/k8s/c1/');
    const answer = await cluster.send({
      method: 'PATCH',
      path: '/api/v1/nodes/a',
      query: { dryRun: 'All', nothing: undefined },
      body: { ä: 1 },
      contentType: 'application/merge-patch+json',
    });
    expect(answer).toMatchObject({ status: 201, body: { ok: 1 }, headers: { 'content-type': 'application/json' } });
    const [seen] = server.requests;
    expect(seen?.url.href.slice('http://scripted'.length)).toBe('/k8s/c1/api/v1/nodes/a?dryRun=All');
    expect(seen?.body).toBe('{"ä":1}');
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer t',
      accept: 'application/json',
      'user-agent': 'kubectl-maint/test',
      'content-type': 'application/merge-patch+json',
    });
  });

  test('connections are kept: many requests in a row use one', async () => {
    const ports = new Set<number | undefined>();
    const { cluster } = await served((_seen, response) => {
      ports.add(response.socket?.remotePort);
      json(response, 200, {});
    });
    for (let i = 0; i < 5; i++) await cluster.get('/x');
    expect(ports.size).toBe(1);
  });

  test('at most 32 connections, and no warning about listeners on a shared signal', async () => {
    const warnings: unknown[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning.message);
    };
    process.on('warning', note);
    const ports = new Set<number | undefined>();
    const { cluster } = await served((_seen, response) => {
      ports.add(response.socket?.remotePort);
      setImmediate(() => {
        json(response, 200, {});
      });
    });
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 100 }, () => cluster.get('/x', { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(ports.size).toBeLessThanOrEqual(32);
    expect(warnings).toEqual([]);
  });

  test('a GET is repeated once after a reset', async () => {
    const { server, cluster } = await served((_seen, response, count) => {
      if (count === 1) response.socket?.resetAndDestroy();
      else json(response, 200, { kind: 'Node' });
    });
    expect(await cluster.get('/x')).toEqual({ kind: 'Node' });
    expect(server.requests).toHaveLength(2);
  });

  test('a GET that is reset twice is an error in one line', async () => {
    const { server, cluster } = await served((_seen, response) => response.socket?.resetAndDestroy());
    await expect(cluster.get('/x')).rejects.toMatchObject({
      code: 'cluster',
      message: containing('the connection was reset'),
    });
    expect(server.requests).toHaveLength(2);
  });

  test('a write is never repeated', async () => {
    const { server, cluster } = await served((_seen, response) => response.socket?.resetAndDestroy());
    await expect(cluster.send({ method: 'POST', path: '/x', body: {} })).rejects.toMatchObject({ code: 'cluster' });
    expect(server.requests).toHaveLength(1);
  });

  test('an answer that is cut off counts as a reset', async () => {
    const { cluster } = await served((_seen, response, count) => {
      if (count === 1) cutOff(response);
      else json(response, 200, { whole: true });
    });
    expect(await cluster.get('/x')).toEqual({ whole: true });
  });

  test('a busy server gets its GETs again, after its own pause', async () => {
    const { cluster, slept } = await served((_seen, response, count) => {
      if (count === 1) json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'Retry-After': '1' });
      else if (count === 2) json(response, 503, {}, { 'Retry-After': '600' });
      else json(response, 200, { done: true });
    });
    expect(await cluster.get('/x')).toEqual({ done: true });
    expect(slept).toEqual([1000, 5000]);
  });

  test('a server that stays busy is believed in the end, and writes are not repeated', async () => {
    const { server, cluster } = await served((_seen, response) => {
      json(response, 429, status(429, 'TooManyRequests', 'busy'), { 'Retry-After': '1' });
    });
    await expect(cluster.get('/x')).rejects.toMatchObject({ status: 429, reason: 'TooManyRequests', message: 'busy' });
    expect(server.requests).toHaveLength(5);
    expect(await cluster.send({ method: 'POST', path: '/x', body: {} })).toMatchObject({ status: 429 });
    expect(server.requests).toHaveLength(6);
  });

  test.each<[number, unknown, object]>([
    [
      401,
      status(401, 'Unauthorized', 'Unauthorized'),
      { status: 401, message: 'You must be logged in to the server (Unauthorized)' },
    ],
    [
      403,
      status(403, 'Forbidden', 'nodes is forbidden'),
      { status: 403, reason: 'Forbidden', message: 'nodes is forbidden' },
    ],
    [500, '', { status: 500, message: 'the server answered with HTTP status 500' }],
    [502, '<html>\n<b>Bad Gateway</b>', { status: 502, message: 'HTTP status 502: <html> <b>Bad Gateway</b>' }],
    [302, 'log in', { status: 302, message: 'HTTP status 302: log in' }],
    [200, '<html>', { code: 'cluster', message: 'the server answered /x with something that is not JSON' }],
  ])('%i is told', async (code, body, expected) => {
    const { cluster } = await served((_seen, response) => {
      response.writeHead(code).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await expect(cluster.get('/x')).rejects.toMatchObject(expected);
  });

  test('404 is undefined', async () => {
    const { cluster } = await served((_seen, response) => {
      json(response, 404, status(404, 'NotFound', 'gone'));
    });
    expect(await cluster.get('/x')).toBeUndefined();
  });

  test('the reason of the signal is thrown, before and while the request runs', async () => {
    const { cluster } = await served(() => undefined);
    const reason = new Error('ctrl-c');
    await expect(cluster.get('/x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const running = cluster.get('/x', { signal: stop.signal });
    setTimeout(() => {
      stop.abort(reason);
    }, 20);
    await expect(running).rejects.toBe(reason);
  });

  test('--request-timeout ends a request that hangs, before or within the answer', async () => {
    const server = await scriptedServer((_seen, response, count) => {
      if (count > 1) response.writeHead(200).write('{');
    });
    const cluster = await connectCluster({ ...(await optionsFor(server.url)), requestTimeoutMs: 50 });
    open.push(cluster, server);
    const expected = { code: 'cluster', message: `the server ${server.url} did not answer within 0.05 s` };
    await expect(cluster.get('/x')).rejects.toMatchObject(expected);
    await expect(cluster.get('/x')).rejects.toMatchObject(expected);
  });

  test('a server that falls silent ends a request, too, however long the answer takes that keeps coming', async () => {
    const server = await scriptedServer((seen, response) => {
      if (seen.url.pathname === '/silent') return;
      response.writeHead(200).write('{');
      if (seen.url.pathname === '/within') return;
      const parts = setInterval(() => response.write(' '), 20);
      setTimeout(() => {
        clearInterval(parts);
        response.end('}');
      }, 400);
    });
    const settings = { pace: realPace, quietMs: 1000, silenceMs: 150 };
    const cluster = await openCluster(await optionsFor(server.url), settings);
    open.push(cluster, server);
    const expected = { code: 'cluster', message: `the server ${server.url} did not answer within 0.15 s` };
    await expect(cluster.get('/silent')).rejects.toMatchObject(expected);
    await expect(cluster.get('/within')).rejects.toMatchObject(expected);
    await expect(cluster.get('/slow')).resolves.toEqual({});
  });

  test('an answer that is larger than the request takes is an error, and is not read to its end', async () => {
    const { cluster } = await served((_request, response) => {
      response.writeHead(200).write(`["${'x'.repeat(1000)}`);
    });
    await expect(cluster.get('/api', { maxBytes: 999 })).rejects.toThrow('the answer to /api is larger than 999 bytes');
  });

  test('every exchange is told, without what the caller proves itself by', async () => {
    const server = await scriptedServer((seen, response) => {
      if (seen.url.searchParams.has('watch')) response.writeHead(200).end();
      else json(response, 404, { kind: 'Status' });
    });
    const told: Exchange[] = [];
    const options = { ...(await optionsFor(server.url, { token: 'secret' })), as: 'ana' };
    const stop = new AbortController();
    const onExchange = (exchange: Exchange): void => {
      told.push(exchange);
      if (exchange.method === 'GET') stop.abort();
    };
    const cluster = await connectCluster({ ...options, onExchange });
    open.push(cluster, server);
    await cluster.send({ method: 'PATCH', path: '/x', query: { a: 'b' }, body: { c: 1 } });
    await cluster.follow('/y', NOBODY, { signal: stop.signal });
    expect(told[0]).toMatchObject({ method: 'PATCH', url: `${server.url}/x?a=b`, body: { c: 1 }, status: 404 });
    expect(told[0]?.headers).toMatchObject({ Authorization: '<masked>', 'Impersonate-User': 'ana' });
    expect(told[1]).toMatchObject({ method: 'GET', status: 200, answer: undefined });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('what the server owes an answer is known while it does', async () => {
    const answers: (() => void)[] = [];
    const { cluster, server } = await served((_seen, response) => {
      answers.push(() => {
        json(response, 200, {});
      });
    });
    expect(cluster.unansweredMs()).toBe(0);
    const asked = cluster.get('/x');
    await expect.poll(() => server.requests.length).toBe(1);
    pace.advance(700);
    expect(cluster.unansweredMs()).toBe(700);
    answers[0]?.();
    await asked;
    expect(cluster.unansweredMs()).toBe(0);
  });

  test.each([
    [2 * 3_600_000, 'an hour and more'],
    [-2 * 3_600_000, 'the other way round'],
    [1500, 'as good as nothing'],
  ])('the clock of the server is known by its answers: %i ms ahead, %s', async (ahead) => {
    const { cluster } = await served((_seen, response) => {
      const there = new Date(pace.wallClock() + ahead).toUTCString();
      json(response, 200, {}, { Date: there });
    });
    expect(cluster.clockAheadMs()).toBe(0);
    await cluster.get('/x');
    expect(cluster.clockAheadMs()).toBe(Math.abs(ahead) > 3000 ? ahead : 0);
  });

  test('warnings are told once each', async () => {
    const server = await scriptedServer((_seen, response) => {
      response.setHeader('Warning', ['299 - "old \\"thing\\""', '299 - "a", 299 - "b"', '199 - "other"']);
      json(response, 200, {});
    });
    const told: string[] = [];
    const cluster = await connectCluster({ ...(await optionsFor(server.url)), onWarning: (text) => told.push(text) });
    open.push(cluster, server);
    await cluster.get('/x');
    await cluster.get('/x');
    expect(told).toEqual(['old "thing"', 'a', 'b']);
  });
});

describe('pages', () => {
  const page = (names: string[], token?: string): unknown => ({
    kind: 'NodeList',
    metadata: { resourceVersion: '7', ...(token !== undefined && { continue: token }) },
    items: names,
  });

  test('follow the token, 250 at a time', async () => {
    const { server, cluster } = await served((seen, response) => {
      json(response, 200, seen.url.searchParams.has('continue') ? page(['b']) : page(['a'], 'T'));
    });
    const items: unknown[] = [];
    for await (const { items: some } of cluster.pages('/x', { query: { labelSelector: 'l' } })) items.push(...some);
    expect(items).toEqual(['a', 'b']);
    expect(server.requests.map(({ url }) => url.search)).toEqual([
      '?limit=250&labelSelector=l',
      '?limit=250&labelSelector=l&continue=T',
    ]);
  });

  test('go on with the token of a 410, so that nothing comes twice', async () => {
    const { cluster } = await served((seen, response) => {
      const token = seen.url.searchParams.get('continue');
      if (token === 'T') json(response, 410, status(410, 'Expired', 'too old', { continue: 'NEW' }));
      else json(response, 200, token === 'NEW' ? page(['b']) : page(['a'], 'T'));
    });
    const items: unknown[] = [];
    for await (const { items: some } of cluster.pages('/x')) items.push(...some);
    expect(items).toEqual(['a', 'b']);
  });

  test('a 410 without a token is a refusal', async () => {
    const { cluster } = await served((_seen, response) => {
      json(response, 410, status(410, 'Expired', 'too old'));
    });
    await expect(cluster.pages('/x')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 410 });
  });
});

describe('connections', () => {
  const here = selfSigned();

  async function secure(
    user: unknown,
    cluster: Record<string, unknown>,
    identity = here,
    mutual = false,
  ): Promise<Cluster> {
    const server = await scriptedServer(
      (_seen, response) => {
        json(response, 200, { ok: true });
      },
      {
        ...identity,
        ...(mutual && { requestCert: true, ca: here.cert }),
      },
    );
    const connected = await connectCluster(await optionsFor(server.url, user, cluster));
    open.push(connected, server);
    return connected;
  }

  test('nobody listens', async () => {
    const server = await scriptedServer(() => undefined);
    await server.close();
    const cluster = await connectCluster(await optionsFor(server.url));
    await expect(cluster.get('/x')).rejects.toMatchObject({
      code: 'cluster',
      message: `The connection to the server ${server.url} was refused - did you specify the right host or port?`,
      hint: containing(server.url),
    });
  });

  test('a name that does not exist', async () => {
    const cluster = await connectCluster(await optionsFor('https://no-such-host.invalid'));
    await expect(cluster.get('/x')).rejects.toMatchObject({ message: containing('cannot be resolved') });
  });

  test.each<[string, Record<string, unknown>]>([
    ['CA data', { 'certificate-authority-data': base64(here.cert) }],
    ['no verification', { 'insecure-skip-tls-verify': true }],
  ])('%s is trusted', async (_name, entry) => {
    expect(await (await secure({}, entry)).get('/x')).toEqual({ ok: true });
  });

  test('a CA file is found beside the kubeconfig, and data wins over a file', async () => {
    const server = await scriptedServer((_seen, response) => {
      json(response, 200, { ok: true });
    }, here);
    const folder = await folderWith({
      'ca.crt': here.cert,
      config: kubeconfigFor(server.url, {}, { 'certificate-authority': 'ca.crt' }),
    });
    const cluster = await connectCluster({ kubeconfig: join(folder, 'config'), env: {}, userAgent: 't' });
    open.push(cluster, server);
    expect(await cluster.get('/x')).toEqual({ ok: true });
    const both = { 'certificate-authority-data': base64(here.cert), 'certificate-authority': '/nowhere' };
    expect(await (await secure({}, both)).get('/x')).toEqual({ ok: true });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown CA', {}, 'not signed by an authority that is trusted here'],
    ['a missing CA file', { 'certificate-authority': '/nowhere' }, 'cannot use the certificates of cluster c'],
    ['CA data that is no PEM', { 'certificate-authority-data': base64('x') }, 'Unable to connect|cannot be read'],
    [
      'another name',
      { 'certificate-authority-data': base64(here.cert), 'tls-server-name': 'other' },
      'for another name',
    ],
  ])('%s is told', async (_name, entry, words) => {
    await expect((await secure({}, entry)).get('/x')).rejects.toMatchObject({
      code: 'cluster',
      message: matching(words),
    });
  });

  test('an expired certificate is told', async () => {
    const old = selfSigned({ days: -1 });
    const cluster = await secure({}, { 'certificate-authority-data': base64(old.cert) }, old);
    await expect(cluster.get('/x')).rejects.toMatchObject({ message: containing('has expired') });
  });

  test('tls-server-name is what the certificate is checked for', async () => {
    const named = selfSigned({ name: 'api.example' });
    const entry = { 'certificate-authority-data': base64(named.cert), 'tls-server-name': 'api.example' };
    expect(await (await secure({}, entry, named)).get('/x')).toEqual({ ok: true });
  });

  test('a client certificate is shown', async () => {
    const trust = { 'certificate-authority-data': base64(here.cert) };
    const user = { 'client-certificate-data': base64(here.cert), 'client-key-data': base64(here.key) };
    expect(await (await secure(user, trust, here, true)).get('/x')).toEqual({ ok: true });
    await expect((await secure({}, trust, here, true)).get('/x')).rejects.toMatchObject({ code: 'cluster' });
  });

  test('TLS to a server without it is told', async () => {
    const server = await scriptedServer(() => undefined);
    const cluster = await connectCluster(await optionsFor(server.url.replace('http:', 'https:')));
    open.push(cluster, server);
    await expect(cluster.get('/x')).rejects.toMatchObject({
      message: containing('it does not speak TLS'),
    });
  });

  test.each(['proxy-url', 'HTTPS_PROXY'])('%s is used, with connections that are kept', async (how) => {
    const identity = how === 'proxy-url' ? here : selfSigned({ name: 'api.example' });
    const server = await scriptedServer((_seen, response) => {
      json(response, 200, { ok: true });
    }, identity);
    const tunnels: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url);
      const far = connectTcp(Number(new URL(server.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(far).pipe(socket);
      });
      far.on('error', () => socket.destroy());
      socket.on('error', () => far.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
    const entry = { 'certificate-authority-data': base64(identity.cert) };
    const target = how === 'proxy-url' ? server.url : server.url.replace('127.0.0.1', 'api.example');
    const options = await optionsFor(target, {}, how === 'proxy-url' ? { ...entry, 'proxy-url': url } : entry);
    const cluster = await connectCluster({ ...options, env: how === 'proxy-url' ? {} : { HTTPS_PROXY: url } });
    open.push(cluster, server, proxy);
    await cluster.get('/x');
    expect(await cluster.get('/x')).toEqual({ ok: true });
    expect(tunnels).toEqual([new URL(target).host]);
  });

  test('in a pod: the service account; outside: told', async () => {
    const server = await scriptedServer((_seen, response) => {
      json(response, 200, {});
    }, here);
    const folder = await folderWith({ token: 'pod-token\n', 'ca.crt': here.cert, namespace: 'ops' });
    const { hostname, port } = new URL(server.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const cluster = await connectInCluster({ env, userAgent: 't', serviceAccountFolder: folder });
    open.push(cluster, server);
    await cluster.get('/x');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer pod-token');
    expect(cluster.namespace).toBe('ops');
    const likeKubectl = await connectCluster({ env: { ...env, MAINT_SERVICE_ACCOUNT_FOLDER: folder }, userAgent: 't' });
    open.push(likeKubectl);
    await likeKubectl.get('/x');
    expect(server.requests[1]?.headers.authorization).toBe('Bearer pod-token');
    expect(likeKubectl).toMatchObject({ name: 'in-cluster', context: undefined, namespace: 'ops' });
    await expect(connectInCluster({ env: {}, userAgent: 't' })).rejects.toMatchObject({
      message: 'not in a pod with a service account',
    });
  });
});
