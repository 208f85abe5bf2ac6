import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../shared/facts/json.ts';
import type { ConnectOptions } from '../../../shared/cluster/live/connect.ts';
import { openCluster } from '../../../shared/cluster/live/session.ts';
import type { Cluster } from '../../../shared/cluster/ports.ts';
import { selfSigned } from '../../support/self-signed.ts';
import {
  base64,
  closedAfterEach,
  fakePace,
  folderWith,
  json,
  optionsFor,
  type Script,
  scriptedServer,
  type ScriptedServer,
  status,
  containing,
} from './scripted-server.ts';

const open = closedAfterEach();

const ok: Script = (_seen, response) => {
  json(response, 200, {});
};

interface Served {
  readonly server: ScriptedServer;
  readonly cluster: Cluster;
  readonly pace: ReturnType<typeof fakePace>;
  readonly folder: string;
  readonly sent: () => (string | undefined)[];
}

async function served(
  user: unknown,
  script: Script = ok,
  more: Partial<ConnectOptions> = {},
  files: Record<string, string> = {},
): Promise<Served> {
  const server = await scriptedServer(script);
  const options = await optionsFor(server.url, user);
  const folder = dirname(options.kubeconfig ?? '');
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o700 });
  const pace = fakePace();
  const cluster = await openCluster({ ...options, ...more }, { pace, quietMs: 1000, silenceMs: 1000 });
  open.push(cluster, server);
  return { server, cluster, pace, folder, sent: () => server.requests.map(({ headers }) => headers.authorization) };
}

/** Refuses every authorization but one. */
function only(authorization: string): Script {
  return ({ headers }, response) => {
    if (headers.authorization === authorization) json(response, 200, {});
    else json(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
  };
}

describe('given', () => {
  test.each<[string, unknown, Partial<ConnectOptions>, string | undefined]>([
    ['none', {}, {}, undefined],
    ['token', { token: 'abc' }, {}, 'Bearer abc'],
    ['the flag before all', { token: 'abc', tokenFile: 'x', exec: {} }, { token: 'flag' }, 'Bearer flag'],
    ['username and password', { username: 'ä', password: 'b:c' }, {}, `Basic ${base64('ä:b:c')}`],
    ['the token before a plugin', { token: 'abc', exec: { command: 'false' } }, {}, 'Bearer abc'],
  ])('%s', async (_name, user, flags, expected) => {
    const { cluster, sent } = await served(user, ok, flags);
    await cluster.get('/x');
    expect(sent()).toEqual([expected]);
  });

  test('a refused fixed token is not tried twice', async () => {
    const { cluster, server } = await served({ token: 'abc' }, only('-'));
    await expect(cluster.get('/x')).rejects.toMatchObject({ status: 401 });
    expect(server.requests).toHaveLength(1);
  });
});

describe('token file', () => {
  test('is sent, kept for a minute, and read again', async () => {
    const { cluster, sent, pace, folder } = await served({ tokenFile: 'token' }, ok, {}, { token: 'one\n' });
    await cluster.get('/x');
    await writeFile(join(folder, 'token'), 'two\n');
    pace.advance(59_999);
    await cluster.get('/x');
    pace.advance(1);
    await cluster.get('/x');
    expect(sent()).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  test('is read again on 401, and the request repeated, writes too', async () => {
    const { cluster, sent, folder } = await served({ tokenFile: 'token' }, only('Bearer two'), {}, { token: 'two' });
    await writeFile(join(folder, 'token'), 'one');
    await expect(cluster.get('/x')).rejects.toMatchObject({ status: 401 });
    await writeFile(join(folder, 'token'), 'two');
    expect(await cluster.send({ method: 'POST', path: '/x', body: {} })).toMatchObject({ status: 200 });
    expect(sent()).toEqual(['Bearer one', 'Bearer one', 'Bearer one', 'Bearer two']);
  });

  test('that is missing is told, never an anonymous request', async () => {
    const { cluster, server } = await served({ tokenFile: 'gone' });
    await expect(cluster.get('/x')).rejects.toMatchObject({
      code: 'cluster',
      message: containing('cannot read the token file'),
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('impersonation', () => {
  test('by flags: groups are sent one by one', async () => {
    const { cluster, server } = await served({ as: 'config', 'as-groups': ['x'] }, ok, {
      as: 'jane',
      asGroups: ['a', 'b,c'],
      asUid: 'u1',
    });
    await cluster.get('/x');
    const raw = server.requests[0]?.rawHeaders ?? [];
    const pairs = raw.flatMap((name, i) =>
      i % 2 === 0 && name.startsWith('Impersonate') ? [`${name}: ${raw[i + 1] ?? ''}`] : [],
    );
    expect(pairs).toEqual([
      'Impersonate-User: jane',
      'Impersonate-Group: a',
      'Impersonate-Group: b,c',
      'Impersonate-Uid: u1',
    ]);
  });

  test('by the kubeconfig user, with extra', async () => {
    const { cluster, server } = await served({
      as: 'jane',
      'as-groups': ['a'],
      'as-uid': 'u',
      'as-user-extra': { 'acme.com/Team': ['x', 'y'] },
    });
    await cluster.get('/x');
    expect(server.requests[0]?.headers).toMatchObject({
      'impersonate-user': 'jane',
      'impersonate-group': 'a',
      'impersonate-uid': 'u',
      'impersonate-extra-acme.com%2fteam': 'x, y',
    });
  });
});

describe('exec plugin', () => {
  const V1 = 'client.authentication.k8s.io/v1';
  /** Prints its own environment and a counter as the token, so that the server sees both. */
  const plugin = `#!/bin/sh
n=$(cat "$COUNT" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$COUNT"
echo "$KUBERNETES_EXEC_INFO" > "$COUNT.info"
printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s-%s"%s}}' "$VERSION" "$1" $n "$MORE"
`;
  function exec(folderVariable: string, more: Record<string, unknown> = {}, env: Record<string, string> = {}): unknown {
    const list = Object.entries({ COUNT: folderVariable, VERSION: V1, ...env }).map(([name, value]) => ({
      name,
      value,
    }));
    return {
      exec: { apiVersion: V1, command: './plugin', args: ['tok'], interactiveMode: 'Never', env: list, ...more },
    };
  }
  const count = async (): Promise<string> => join(await folderWith({}), 'count');

  test('runs once for many requests, with what it needs to know', async () => {
    const file = await count();
    const { cluster, sent, server } = await served(exec(file, { provideClusterInfo: true }), ok, {}, { plugin });
    await Promise.all([cluster.get('/x'), cluster.get('/x')]);
    expect(sent()).toEqual(['Bearer tok-1', 'Bearer tok-1']);
    const info: unknown = JSON.parse(await readFile(`${file}.info`, 'utf8'));
    expect(info).toEqual({
      kind: 'ExecCredential',
      apiVersion: V1,
      spec: { interactive: false, cluster: { server: server.url, config: null } },
    });
  });

  test('v1beta1 works too, without cluster information unless asked for', async () => {
    const file = await count();
    const version = 'client.authentication.k8s.io/v1beta1';
    const { cluster, sent } = await served(
      exec(file, { apiVersion: version, interactiveMode: undefined }, { VERSION: version }),
      ok,
      {},
      { plugin },
    );
    await cluster.get('/x');
    expect(sent()).toEqual(['Bearer tok-1']);
    expect(JSON.parse(await readFile(`${file}.info`, 'utf8'))).toMatchObject({ spec: { interactive: false } });
  });

  test('runs again when the credential has expired', async () => {
    const end = new Date(Date.UTC(2026, 0, 1) + 1000).toISOString();
    const { cluster, sent, pace } = await served(
      exec(await count(), {}, { MORE: `,"expirationTimestamp":"${end}"` }),
      ok,
      {},
      { plugin },
    );
    await cluster.get('/x');
    await cluster.get('/x');
    pace.advance(1000);
    await cluster.get('/x');
    expect(sent()).toEqual(['Bearer tok-1', 'Bearer tok-1', 'Bearer tok-2']);
  });

  test('runs once more on 401, however many requests were refused', async () => {
    const { cluster } = await served(exec(await count()), only('Bearer tok-2'), {}, { plugin });
    expect(await Promise.all([1, 2, 3].map(() => cluster.get('/x')))).toEqual([{}, {}, {}]);
  });

  test('may bring a client certificate', async () => {
    const here = selfSigned();
    const server = await scriptedServer(ok, { ...here, requestCert: true, ca: here.cert });
    const output = JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: V1,
      status: { clientCertificateData: here.cert, clientKeyData: here.key },
    });
    const user = { exec: { apiVersion: V1, command: 'cat', args: [], interactiveMode: 'Never' } };
    const options = await optionsFor(server.url, user, { 'certificate-authority-data': base64(here.cert) });
    const file = join(dirname(options.kubeconfig ?? ''), 'out.json');
    await writeFile(file, output);
    await writeFile(
      options.kubeconfig ?? '',
      (await readFile(options.kubeconfig ?? '', 'utf8')).replace('"args":[]', `"args":["${file}"]`),
    );
    const cluster = await openCluster(options);
    open.push(cluster, server);
    expect(await cluster.get('/x')).toEqual({});
  });

  test.each<[string, [Record<string, unknown>, string], string, string]>([
    [
      'is missing',
      [{ command: 'no-such-plugin', installHint: 'install\n it' }, ''],
      'executable no-such-plugin not found',
      'install it',
    ],
    ['fails', [{}, '#!/bin/sh\nexit 3\n'], 'failed with exit code 3', 'by hand'],
    ['prints no JSON', [{}, '#!/bin/sh\necho hello\n'], 'did not print JSON', 'by hand'],
    ['prints something else', [{}, '#!/bin/sh\necho "{}"\n'], 'did not print an ExecCredential', 'by hand'],
    [
      'prints no status',
      [{}, `#!/bin/sh\necho '{"kind":"ExecCredential","apiVersion":"${V1}"}'\n`],
      'a status',
      'by hand',
    ],
    [
      'prints no token',
      [{}, `#!/bin/sh\necho '{"kind":"ExecCredential","apiVersion":"${V1}","status":{}}'\n`],
      'token or cert/key',
      'by hand',
    ],
  ])('that %s is told', async (_name, [more, script], message, hint) => {
    const { cluster, server } = await served(exec(await count(), more), ok, {}, { plugin: script });
    await expect(cluster.get('/x')).rejects.toMatchObject({
      code: 'cluster',
      message: containing(message),
      hint: containing(hint),
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('oidc', () => {
  const jwt = (seconds: number, id: string): string =>
    ['{}', JSON.stringify({ exp: Date.UTC(2026, 0, 1) / 1000 + seconds, id }), 'sig']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');

  async function issuer(script: Script): Promise<ScriptedServer> {
    const server = await scriptedServer((seen, response, number) => {
      if (seen.url.pathname.endsWith('/.well-known/openid-configuration'))
        json(response, 200, { token_endpoint: `${server.url}/token` });
      else script(seen, response, number);
    });
    open.push(server);
    return server;
  }

  function provider(url: string, idToken: string, more: Record<string, string> = {}): unknown {
    const config = {
      'idp-issuer-url': url,
      'client-id': 'me',
      'client-secret': 's',
      'id-token': idToken,
      'refresh-token': 'r1',
      ...more,
    };
    return { 'auth-provider': { name: 'oidc', config } };
  }

  test('a token that is still good is sent as it is', async () => {
    const token = jwt(3600, 'a');
    const { cluster, sent } = await served(provider('http://127.0.0.1:1', token));
    await cluster.get('/x');
    expect(sent()).toEqual([`Bearer ${token}`]);
  });

  test('an expired one is renewed once, and both tokens are kept in the kubeconfig', async () => {
    const fresh = jwt(3600, 'b');
    const idp = await issuer((_seen, response) => {
      json(response, 200, { id_token: fresh, refresh_token: 'r2', token_type: 'bearer' });
    });
    const { cluster, sent, folder } = await served(provider(`${idp.url}/realm/`, jwt(5, 'a')));
    await Promise.all([cluster.get('/x'), cluster.get('/x')]);
    expect(sent()).toEqual([`Bearer ${fresh}`, `Bearer ${fresh}`]);
    expect(idp.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /realm/.well-known/openid-configuration',
      'POST /token',
    ]);
    expect(Object.fromEntries(new URLSearchParams(idp.requests[1]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r1',
      client_id: 'me',
      client_secret: 's',
    });
    const kept: unknown = JSON.parse(await readFile(join(folder, 'config'), 'utf8'));
    const config = at(listAt(kept, 'users')[0], 'user', 'auth-provider', 'config');
    expect([textAt(config, 'id-token'), textAt(config, 'refresh-token'), textAt(config, 'client-secret')]).toEqual([
      fresh,
      'r2',
      's',
    ]);
  });

  test('an issuer that wants the client in the header gets it there', async () => {
    const fresh = jwt(3600, 'b');
    const idp = await issuer((seen, response) => {
      if (seen.headers.authorization === undefined) json(response, 401, { error: 'invalid_client' });
      else json(response, 200, { id_token: fresh });
    });
    const { cluster, sent } = await served(provider(idp.url, jwt(5, 'a'), { 'client-secret': 's:/ä' }));
    await cluster.get('/x');
    expect(sent()).toEqual([`Bearer ${fresh}`]);
    const [, , last] = idp.requests;
    expect(last?.headers.authorization).toBe(`Basic ${Buffer.from('me:s%3A%2F%C3%A4').toString('base64')}`);
    expect(last?.body).toBe('grant_type=refresh_token&refresh_token=r1');
  });

  test.each<[string, Script, string]>([
    [
      'the issuer refuses',
      (_seen, response) => {
        json(response, 400, { error: 'invalid_grant', error_description: 'session ended' });
      },
      'session ended',
    ],
    [
      'there is no id token',
      (_seen, response) => {
        json(response, 200, { access_token: 'x' });
      },
      'without an id_token',
    ],
    ['the issuer talks HTML', (_seen, response) => response.end('<html>'), 'cannot renew the OpenID Connect token'],
  ])('%s: told', async (_name, script, words) => {
    const idp = await issuer(script);
    const { cluster, server } = await served(provider(idp.url, jwt(-1, 'a')));
    await expect(cluster.get('/x')).rejects.toMatchObject({ code: 'cluster', message: containing(words) });
    expect(server.requests).toHaveLength(0);
  });

  test('no refresh token: told', async () => {
    const { cluster } = await served(provider('http://127.0.0.1:1', jwt(-1, 'a'), { 'refresh-token': '' }));
    await expect(cluster.get('/x')).rejects.toMatchObject({ message: containing('no refresh token') });
  });
});
