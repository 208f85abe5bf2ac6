import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished } from 'vitest';
import type { ConnectOptions } from '../../../shared/cluster/live/connect.ts';
import type { Pace } from '../../../shared/cluster/live/pace.ts';

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Script = (seen: Seen, response: ServerResponse, count: number) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly requests: Seen[];
  close(): Promise<void>;
}

/** A server for faults that the real API server will not produce on demand. */
export async function scriptedServer(script: Script, tls?: ServerOptions): Promise<ScriptedServer> {
  const requests: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://scripted');
      const { method = '', headers, rawHeaders } = request;
      const seen: Seen = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') };
      requests.push(seen);
      script(seen, response, requests.length);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** What a test opens and puts here is closed after it, in this order. */
export function closedAfterEach(): { close(): unknown }[] {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  return open;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function status(code: number, reason: string, message: string, metadata: unknown = {}): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, code };
}

/** A clock that waiting moves, and that waits for nothing. */
export function fakePace(): Pace & { readonly slept: number[]; advance(ms: number): void } {
  let clock = 0;
  const slept: number[] = [];
  return {
    slept,
    advance: (ms) => {
      clock += ms;
    },
    now: () => clock,
    wallClock: () => Date.UTC(2026, 0, 1) + clock,
    random: () => 0,
    sleep: async (ms, signal) => {
      slept.push(ms);
      clock += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

/** A folder of files for one test, gone after it. */
export async function folderWith(files: Readonly<Record<string, string>>, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-cluster-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode });
  return folder;
}

/** A kubeconfig (JSON is YAML) with one context for one server. */
export function kubeconfigFor(server: string, user: unknown = {}, cluster: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'ctx',
    contexts: [{ name: 'ctx', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
  });
}

/** Options that read that kubeconfig, without the environment of the test run. */
export async function optionsFor(
  server: string,
  user: unknown = {},
  cluster: Record<string, unknown> = {},
): Promise<ConnectOptions> {
  const folder = await folderWith({ config: kubeconfigFor(server, user, cluster) });
  return { kubeconfig: join(folder, 'config'), env: { PATH: process.env.PATH }, userAgent: 'kubectl-maint/test' };
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** expect.stringContaining with a type that may stand in an object. */
export function containing(text: string): unknown {
  return expect.stringContaining(text);
}

/** expect.stringMatching with a type that may stand in an object. */
export function matching(pattern: string): unknown {
  return expect.stringMatching(pattern);
}
