/** Each threat of docs/security.md to the page, against a server that really listens. */
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Board } from '../../../../../plugin/verbs/ui/board.ts';
import { cookieIn } from '../../../../../plugin/verbs/ui/server/admit.ts';
import { uiApp } from '../../../../../plugin/verbs/ui/server/app.ts';
import { listen, type Listening } from '../../../../../plugin/verbs/ui/server/listen.ts';
import { Secrets } from '../../../../../plugin/verbs/ui/server/secrets.ts';
import { Opened, type Asked } from '../../../../../plugin/verbs/ui/wire.ts';
import { like } from '../../../../support/like.ts';
import { row } from './rows.ts';

let server: Listening;
let secrets: Secrets;
let begun: Asked[];
let board: Board;
let openings: number;

beforeEach(async () => {
  secrets = new Secrets();
  begun = [];
  openings = 0;
  board = new Board();
  const app = uiApp({
    about: { version: '1.2.3', allowsChanges: true, clusters: ['prod'], liftable: ['backup'] },
    board,
    secrets,
    opened: () => (openings += 1),
    begin: (asked) => {
      begun.push(asked);
      return 'run-1';
    },
    details: () => Promise.resolve(undefined),
    enforcement: () => Promise.reject(new Error('<script>alert(1)</script>')),
  });
  server = await listen(app, 0);
});

afterEach(() => server.close());

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Says whatever it wants to, as no browser would let a page. */
function ask(method: string, path: string, headers: OutgoingHttpHeaders = {}, body?: unknown): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port: server.port,
        agent: false,
        method,
        path,
        headers: { ...(body !== undefined && JSON_BODY), ...headers },
      },
      (answer) => {
        text(answer).then((said) => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said });
        }, reject);
      },
    );
    asking.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const JSON_BODY = { 'content-type': 'application/json' };

const origin = (): string => `http://127.0.0.1:${server.port}`;

/** What a browser has that was opened by a token. */
async function opened(): Promise<{ readonly cookie: string; readonly 'x-maint-key': string }> {
  const answer = await ask('POST', '/ui/session', { origin: origin() }, { token: secrets.token });
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  const { key } = Opened.parse(JSON.parse(answer.body));
  return { cookie: cookie.split(';')[0] ?? '', 'x-maint-key': key };
}

const ASKED: Asked = { cluster: 'prod', verb: 'on', nodes: ['n1'], dryRun: 'none', values: {}, switches: [] };

describe('a name that somebody bound to this machine (DNS rebinding)', () => {
  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '[::1]', '0.0.0.0'])(
    '%s is refused everything',
    async (host) => {
      for (const path of ['/', '/page.js', '/ui/about'])
        expect(await ask('GET', path, { host, ...(await opened()) })).toMatchObject({ status: 403 });
    },
  );

  test('the two names of this machine are served', async () => {
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`])
      expect(await ask('GET', '/', { host })).toMatchObject({ status: 200 });
  });
});

describe('a page of another origin', () => {
  test.each(['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null'])(
    '%s begins nothing, although the browser sends the cookie with it',
    async (from) => {
      expect(await ask('POST', '/ui/runs', { ...(await opened()), origin: from }, ASKED)).toMatchObject({
        status: 403,
      });
      expect(begun).toEqual([]);
    },
  );

  test('nor does a request that does not say where it comes from', async () => {
    expect(await ask('POST', '/ui/runs', await opened(), ASKED)).toMatchObject({ status: 403 });
    expect(begun).toEqual([]);
  });

  test.each(['cross-site', 'same-site'])('a page of another site (%s) reads nothing', async (site) => {
    const headers = { ...(await opened()), 'sec-fetch-site': site };
    expect(await ask('GET', '/ui/about', headers)).toMatchObject({ status: 403 });
    expect(await ask('GET', '/', { 'sec-fetch-site': site })).toMatchObject({ status: 403 });
  });

  test('no answer allows it to read (CORS)', async () => {
    for (const method of ['OPTIONS', 'GET']) {
      const { headers } = await ask(method, '/ui/about', { origin: 'https://evil.example' });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('a form, which needs nobody to allow it, is no JSON', async () => {
    const headers = { ...(await opened()), origin: origin(), 'content-type': 'text/plain' };
    expect(await ask('POST', '/ui/runs', headers, ASKED)).toMatchObject({ status: 400 });
    expect(begun).toEqual([]);
  });
});

describe('whoever has no session', () => {
  test('gets static files that hold nothing of a cluster, and nothing else', async () => {
    board.cluster({ name: 'prod', state: 'live', why: '', since: '', remarks: [] });
    board.nodes('prod', [row('secret-node')]);
    for (const path of ['/', '/page.js', '/page.css', '/idle.svg'])
      expect((await ask('GET', path)).body).not.toContain('secret-node');
    for (const path of ['/ui/about', '/ui/stream', '/ui/clusters/prod/nodes/n1', '/ui/clusters/prod/enforcement'])
      expect(await ask('GET', path)).toMatchObject({ status: 401 });
    expect(await ask('POST', '/ui/runs', { origin: origin() }, ASKED)).toMatchObject({ status: 401 });
  });

  test('the cookie alone opens nothing: browsers send it to every port of this machine', async () => {
    const { cookie } = await opened();
    expect(await ask('GET', '/ui/about', { cookie })).toMatchObject({ status: 401 });
  });

  test('nor does the key alone, or with the cookie of another browser', async () => {
    const [one, other] = [await opened(), await opened()];
    expect(await ask('GET', '/ui/about', { 'x-maint-key': one['x-maint-key'] })).toMatchObject({ status: 401 });
    const mixed = { cookie: other.cookie, 'x-maint-key': one['x-maint-key'] };
    expect(await ask('GET', '/ui/about', mixed)).toMatchObject({ status: 401 });
    expect(await ask('GET', '/ui/about', { ...one })).toMatchObject({ status: 200 });
  });

  test('what was given out by an earlier server on the same port is worth nothing (a stolen port)', async () => {
    const headers = await opened();
    const { port } = server;
    await server.close();
    const about = { version: '', allowsChanges: true, clusters: [], liftable: [] };
    const never = () => Promise.resolve(undefined);
    const fresh = {
      about,
      board,
      secrets: new Secrets(),
      opened: () => undefined,
      begin: () => '',
      details: never,
      enforcement: never,
    };
    server = await listen(uiApp(fresh), port);
    expect(await ask('GET', '/ui/about', headers)).toMatchObject({ status: 401 });
  });
});

describe('the token', () => {
  test('opens one browser, and a new one takes its place', async () => {
    const { token } = secrets;
    const first = await ask('POST', '/ui/session', { origin: origin() }, { token });
    expect(first.status).toBe(200);
    const again = await ask('POST', '/ui/session', { origin: origin() }, { token });
    expect(again).toMatchObject({ status: 403 });
    expect(again.body).toContain('has been used');
    expect(openings).toBe(1);
    expect(secrets.token).not.toBe(token);
  });

  test('becomes a cookie that no script reads and no other site sends', async () => {
    const { headers } = await ask('POST', '/ui/session', { origin: origin() }, { token: secrets.token });
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^kubectl-maint-ui-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
  });

  test.each([{}, { token: '' }, { token: 7 }, { token: 'a'.repeat(43) }])('%o opens nothing', async (body) => {
    expect(await ask('POST', '/ui/session', { origin: origin() }, body)).toMatchObject({ status: 403 });
  });
});

describe('every answer', () => {
  test('lets the browser run nothing inline, load nothing from elsewhere, frame nothing and keep nothing', async () => {
    for (const path of ['/', '/page.js', '/ui/about', '/nothing']) {
      const { headers } = await ask('GET', path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  test('that tells of a failure is JSON, whatever the failure says', async () => {
    const { status, headers, body } = await ask('GET', '/ui/clusters/prod/enforcement', await opened());
    expect({ status, type: headers['content-type'] }).toEqual({ status: 500, type: 'application/json; charset=utf-8' });
    expect(JSON.parse(body)).toEqual({ error: '<script>alert(1)</script>' });
  });
});

describe('what is asked', () => {
  test('is begun where it is a whole request of this page', async () => {
    const headers = { ...(await opened()), origin: origin(), 'sec-fetch-site': 'same-origin' };
    expect(await ask('POST', '/ui/runs', headers, ASKED)).toMatchObject({ status: 200, body: '{"id":"run-1"}' });
    expect(begun).toEqual([ASKED]);
  });

  test('is refused with what is wrong where it is none', async () => {
    const headers = { ...(await opened()), origin: origin() };
    const bad = await ask('POST', '/ui/runs', headers, { ...ASKED, nodes: ['--all'] });
    expect(bad).toMatchObject({ status: 400 });
    expect(bad.body).toContain('nodes[0]');
    const long = await ask('POST', '/ui/runs', headers, { ...ASKED, values: { reason: 'x'.repeat(100_000) } });
    expect(long.status).toBe(413);
    expect(begun).toEqual([]);
  });

  test('about a cluster without a connection is answered so', async () => {
    expect(await ask('GET', '/ui/clusters/prod/nodes/n1', await opened())).toMatchObject({ status: 503 });
  });
});

test('a port that is taken is said, and what to do', async () => {
  const app = uiApp({
    about: { version: '', allowsChanges: false, clusters: [], liftable: [] },
    board,
    secrets,
    opened: () => undefined,
    begin: () => '',
    details: () => Promise.resolve(undefined),
    enforcement: () => Promise.resolve(undefined),
  });
  await expect(listen(app, server.port)).rejects.toMatchObject({
    code: 'usage',
    message: like(`127.0.0.1:${server.port}`),
    hint: like('--port'),
  });
});

test('a cookie is found among others', () => {
  expect(cookieIn('a=1; kubectl-maint-ui-80=x=y; b=2', 'kubectl-maint-ui-80')).toBe('x=y');
  expect(cookieIn('kubectl-maint-ui-8080=x', 'kubectl-maint-ui-80')).toBeUndefined();
  expect(cookieIn(undefined, 'kubectl-maint-ui-80')).toBeUndefined();
});
