/** The doors as an API server and a kubelet meet them: real HTTPS, a told cluster. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, BUILT_IN_POLICY } from '../../../shared/index.ts';
import { MAX_BODY_BYTES } from '../../../webhook/admission/gate.ts';
import { logTo } from '../../../webhook/log.ts';
import { serve, type Serving } from '../../../webhook/serve.ts';
import { call, Kept, nodeObject, post, reviewOf, ToldCluster, volumeBackup, type Answer } from './world.ts';

const SELF = { kind: 'self', names: ['127.0.0.1'], stateFolder: undefined } as const;
const ANY_PORTS = { host: '127.0.0.1', port: 0, healthPort: 0, metricsPort: 0 };
const UID = '7f0c1a5e-0000-4000-8000-000000000001';
const cluster = new ToldCluster(nodeObject('n1', true), nodeObject('n2'));
const out = new Kept();
let folder: string;
let serving: Serving;
let ca: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-webhook-'));
  const caOut = join(folder, 'ca.pem');
  const options = { ...ANY_PORTS, certificates: SELF, clientCaFile: undefined, caOut, controller: undefined };
  serving = await serve(options, { cluster, log: logTo(out, 'info'), policy: BUILT_IN_POLICY, now: Date.now });
  ca = await readFile(caOut, 'utf8');
});

afterAll(async () => {
  await serving.stop(0);
  await rm(folder, { recursive: true });
});

const door = () => `https://127.0.0.1:${serving.port}`;
const health = (path: string) => call(`http://127.0.0.1:${serving.healthPort}${path}`);
const review = (body: unknown): Promise<Answer> => post(`${door()}/validate?timeout=3s`, ca, JSON.stringify(body));

test('before the first sync it is alive, not ready, and asks to be called again', async () => {
  expect(await out.line('serving')).toMatchObject({
    port: serving.port,
    healthPort: serving.healthPort,
    metricsPort: serving.metricsPort,
  });
  expect(await health('/livez')).toMatchObject({ status: 200, text: 'ok\n' });
  expect(await health('/readyz')).toMatchObject({ status: 503, text: 'nodes: not synced yet\n' });
  const answer = await review(reviewOf(volumeBackup('n2')));
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
  cluster.sync();
  expect(await health('/readyz')).toMatchObject({ status: 200, text: 'ok\n' });
  expect(await call(`${door()}/readyz`, { ca })).toMatchObject({ status: 200 });
});

test('allows, denies and echoes the uid, as JSON', async () => {
  const passed = await review(reviewOf(volumeBackup('n2')));
  expect(passed).toMatchObject({ status: 200, json: { response: { uid: UID, allowed: true } } });
  expect(passed.headers['content-type']).toMatch(/^application\/json/);
  expect(passed.headers).not.toHaveProperty('x-powered-by');
  expect(await review(reviewOf(volumeBackup('n1'), 'other'))).toMatchObject({
    status: 200,
    json: { response: { uid: 'other', allowed: false, status: { code: 403, reason: 'Forbidden' } } },
  });
  expect(await out.line('decided')).toMatchObject({
    level: 'info',
    decision: 'deny',
    tool: 'openebs-zfs',
    nodes: ['n1'],
  });
});

const JSON_TYPE = { 'Content-Type': 'application/json' };

interface BadCall {
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly text: RegExp;
}

test.each<[name: string, bad: BadCall]>([
  ['garbage', { body: 'garbage', status: 400, text: /not JSON/ }],
  ['an empty body', { body: '', status: 400, text: /empty/ }],
  ['another kind', { body: JSON.stringify({ ...reviewOf({}), kind: 'Pod' }), status: 400, text: /"uid":"7f0c1a5e-/ }],
  ['no uid', { body: JSON.stringify({ ...reviewOf({}), request: {} }), status: 400, text: /request.uid: is missing/ }],
  ['deep nesting', { body: '['.repeat(100_000), status: 400, text: /kind: must be AdmissionReview/ }],
  ['another type', { body: '{}', headers: { 'Content-Type': 'text/plain' }, status: 415, text: /application\/json/ }],
  [
    'a packed body',
    { body: '{}', headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, status: 415, text: /encoding/ },
  ],
  ['one byte too many', { body: Buffer.alloc(MAX_BODY_BYTES + 1, ' '), status: 413, text: /larger than 7 MiB/ }],
])('answers %s with its HTTP status and one line', async (_name, { body, headers = JSON_TYPE, status, text }) => {
  const answer = await post(`${door()}/validate`, ca, body, { headers });
  expect(answer).toMatchObject({ status, text: expect.stringMatching(text) as unknown });
  expect(answer.text).not.toContain('\n');
});

test('takes a body of exactly the limit', async () => {
  const body = JSON.stringify(reviewOf(volumeBackup('n2')));
  const answer = await post(`${door()}/validate`, ca, body + ' '.repeat(MAX_BODY_BYTES - body.length));
  expect(answer).toMatchObject({ status: 200, json: { response: { allowed: true } } });
});

test('counts bytes where no length was announced', async () => {
  const answer = await new Promise<Answer | Error>((resolve) => {
    const sent = request(`${door()}/validate`, {
      ca,
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/json' },
    });
    sent.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '', json: undefined });
    });
    sent.on('error', resolve);
    sent.write(Buffer.alloc(MAX_BODY_BYTES, ' '));
    sent.end('  ');
  });
  expect(answer).toMatchObject({ status: 413 });
});

test('GET is 405, an unknown path 404', async () => {
  expect(await call(`${door()}/validate`, { ca })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  expect(await call(`${door()}/mutate`, { ca, method: 'POST' })).toMatchObject({ status: 404 });
  expect(await call(`${door()}/metrics`, { ca })).toMatchObject({ status: 404 });
});

test('counts what it did, and takes no word of a request into a label', async () => {
  const named = JSON.stringify(reviewOf({ apiVersion: 'v1', kind: 'EvilKind"}', metadata: { name: 'evil-name' } }));
  await post(`${door()}/validate`, ca, named);
  const metrics = (path: string) => call(`http://127.0.0.1:${serving.metricsPort}${path}`);
  const { text, headers } = await metrics('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain/);
  for (const line of [
    /^maint_webhook_requests_total\{operation="CREATE",decision="deny",work="backup"\} 1$/m,
    /^maint_webhook_requests_total\{operation="none",decision="refused",work="none"\} \d+$/m,
    /^maint_webhook_request_duration_seconds_bucket\{le="0.0005",decision="allow"\} \d+$/m,
    /^maint_webhook_denials_total\{rule="backup",tool="openebs-zfs"\} 1$/m,
    /^maint_webhook_shed_total 1$/m,
    /^maint_webhook_unknown_total\{cause="lookup"\} 0$/m,
    /^maint_webhook_in_flight 0$/m,
    /^maint_webhook_nodes 2$/m,
    /^maint_webhook_nodes_in_maintenance 1$/m,
    /^maint_webhook_node_cache_age_seconds \d/m,
    /^maint_webhook_node_watch_restarts_total 0$/m,
    /^maint_webhook_certificate_not_after_seconds 1[789]\d{8}$/m,
  ]) {
    expect(text).toMatch(line);
  }
  expect(text.toLowerCase()).not.toContain('evil');
});

test('a reader that throws is no bug: the answer is what the policy says of unknown facts', async () => {
  cluster.instead = () => Promise.reject(new Error('reset'));
  const answer = await review(reviewOf(volumeBackup('n2')));
  cluster.instead = undefined;
  expect(answer).toMatchObject({ status: 200, json: { response: { allowed: false } } });
  expect(answer.text).toContain('could not be found out (reset)');
});

test('more calls than there is room for are sent back, to be called again', async () => {
  const hanging = Promise.withResolvers<never>();
  cluster.instead = () => hanging.promise;
  const large = JSON.stringify(reviewOf(volumeBackup('n2'))).padEnd(MAX_BODY_BYTES);
  const calls = Array.from({ length: 9 }, () => post(`${door()}/validate?timeout=30s`, ca, large));
  const first = await Promise.race(calls);
  expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
  hanging.reject(new Error('over'));
  cluster.instead = undefined;
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 503]);
});

/** Announces a body and sends a part of it; what is answered, as a status. */
function silent(sent: string): { readonly status: Promise<number>; readonly end: () => void } {
  const call = request(`${door()}/validate?timeout=700ms`, {
    ca,
    method: 'POST',
    agent: false,
    headers: { ...JSON_TYPE, 'Content-Length': MAX_BODY_BYTES },
  });
  const { promise: status, resolve } = Promise.withResolvers<number>();
  call.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  call.on('error', () => {
    resolve(0);
  });
  call.flushHeaders();
  call.write(sent);
  return { status, end: () => call.destroy() };
}

test("whoever announces much and sends little takes nobody's room, and is ended in the time of its own call", async () => {
  const callers = Array.from({ length: 300 }, () => silent('{'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => review(reviewOf(volumeBackup('n2')))));
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
  expect(new Set(await Promise.all(callers.map(({ status }) => status)))).toEqual(new Set([408]));
  for (const { end } of callers) end();
  expect(await health('/readyz')).toMatchObject({ status: 200 });
});

test('a door whose port is taken says so, and leaves nothing open', async () => {
  const options = {
    ...ANY_PORTS,
    metricsPort: serving.metricsPort,
    certificates: SELF,
    clientCaFile: undefined,
    caOut: undefined,
    controller: undefined,
  };
  const second = serve(options, {
    cluster: new ToldCluster(),
    log: logTo(out, 'silent'),
    policy: BUILT_IN_POLICY,
    now: Date.now,
  });
  await expect(second).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('EADDRINUSE') as unknown,
  });
  expect(at(await out.line('serving'), 'port')).toBe(serving.port);
});
