import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { STAGE_FILES } from '../../../control-plane/stages.ts';
import { KUBERNETES_PROGRAMS } from '../../../control-plane/versions.ts';

/** A mirror on this machine that plays the hosts of official releases, until the test is over. */
export interface FakeHosts {
  /** For `MAINT_DOWNLOADS`. */
  readonly address: string;
  readonly host: string;
  /** `PATH` or `PATH from BYTE` of each request. */
  readonly asked: readonly string[];
  /** How a path (`/HOST/…`) is answered; what is not told is 404. */
  answer(path: string, listener: RequestListener): void;
}

/** Hosts with nothing. */
export async function fakeHosts(): Promise<FakeHosts> {
  const answers = new Map<string, RequestListener>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const from = firstByte(request);
    // A proxy is asked for a whole address.
    const path = new URL(request.url ?? '', 'http://mirror').pathname;
    asked.push(from === 0 ? path : `${path} from ${from}`);
    const listener = answers.get(path) ?? ((_request, answer) => answer.writeHead(404).end());
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address: `http://${host}`,
    host,
    asked,
    answer: (path, listener) => {
      answers.set(path, listener);
    },
  };
}

/** Answers with these bytes, or with those that were asked for. */
export function whole(bytes: Buffer | string): RequestListener {
  return (request, response) => {
    begin(request, response, Buffer.from(bytes)).end(rest(request, bytes));
  };
}

/** Sends half of what is asked for; what becomes of the connection then is up to `then`. */
export function half(bytes: Buffer | string, then: (response: ServerResponse) => void): RequestListener {
  return (request, response) => {
    const asked = rest(request, bytes);
    begin(request, response, Buffer.from(bytes)).write(asked.subarray(0, asked.length / 2), () => {
      then(response);
    });
  };
}

/** Closes the connection in the middle of an answer. */
export function cutOff(response: ServerResponse): void {
  response.destroy();
}

function begin(request: IncomingMessage, response: ServerResponse, bytes: Buffer): ServerResponse {
  const from = firstByte(request);
  const length = { 'Content-Length': bytes.length - from };
  return from === 0
    ? response.writeHead(200, length)
    : response.writeHead(206, { ...length, 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
}

function rest(request: IncomingMessage, bytes: Buffer | string): Buffer {
  return Buffer.from(bytes).subarray(firstByte(request));
}

function firstByte(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A file of an archive. */
export interface Packed {
  readonly name: string;
  readonly text: string;
  readonly type?: 'file' | 'symlink';
}

/** A tar.gz. */
export async function packed(...files: readonly Packed[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, text, type = 'file' } of files) {
    if (type === 'file') tar.entry({ name }, text);
    else tar.entry({ name, type, linkname: text });
  }
  tar.finalize();
  return gzipSync(await buffer(tar));
}

/** Where the hosts have what the tests ask for. */
export const KUBERNETES = kubernetes('1.37.2');
export const ETCD = '/github.com/etcd-io/etcd/releases/download/v3.7.3';
export const ETCD_ARCHIVE = 'etcd-v3.7.3-linux-amd64.tar.gz';
const KWOK = '/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64';

/** The SHA-256 that a fake kwok and fake stages have. */
export const FAKE_PINS: Readonly<Record<string, string>> = Object.fromEntries(
  [KWOK, ...STAGE_FILES.map((file) => `/kubernetes-sigs/kwok/raw/v0.8.0/kustomize/stage/${file}`)].map((path) => [
    path,
    sha256(path),
  ]),
);

function kubernetes(version: string): string {
  return `/dl.k8s.io/release/v${version}/bin/linux/amd64`;
}

/** Hosts that have a whole control plane, as they would have it, and of an older one what differs. */
export async function completeHosts(older = '1.36.3'): Promise<FakeHosts> {
  const hosts = await fakeHosts();
  for (const name of KUBERNETES_PROGRAMS) {
    hosts.answer(`${kubernetes(older)}/${name}`, whole(`older ${name}`));
    hosts.answer(`${kubernetes(older)}/${name}.sha256`, whole(sha256(`older ${name}`)));
  }
  for (const name of [...KUBERNETES_PROGRAMS, 'kubectl']) {
    hosts.answer(`${KUBERNETES}/${name}`, whole(`program ${name}`));
    hosts.answer(`${KUBERNETES}/${name}.sha256`, whole(sha256(`program ${name}`)));
  }
  const archive = await packed(
    { name: 'etcd-v3.7.3-linux-amd64/README.md', text: 'read me' },
    { name: 'etcd-v3.7.3-linux-amd64/etcd', text: 'program etcd' },
  );
  hosts.answer(`${ETCD}/${ETCD_ARCHIVE}`, whole(archive));
  hosts.answer(`${ETCD}/SHA256SUMS`, whole(`${sha256('other')}  other.zip\n${sha256(archive)}  ${ETCD_ARCHIVE}\n`));
  for (const path of Object.keys(FAKE_PINS)) hosts.answer(`/github.com${path}`, whole(path));
  return hosts;
}
