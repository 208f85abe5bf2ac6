/** A world for the webhook's tests: a cluster that is told what to say, reviews, and calls over real HTTPS. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import {
  at,
  nodePath,
  NODES,
  RECORD_ANNOTATION,
  STATE_LABEL,
  type ApiAnswer,
  type Cluster,
  type CollectionListener,
} from '../../../shared/index.ts';
import { reviewWith } from '../../support/reviews.ts';
import { rawListener, untilAborted } from '../../support/raw-listener.ts';

/** A Node object; `held` puts it in maintenance. */
export function nodeObject(name: string, held = false): object {
  const claims = [{ owner: 'ana', mode: 'drain', reason: 'new disk', since: '2026-01-05T22:10:00Z' }];
  const record = {
    version: 1,
    claims,
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: '2026-01-05T22:10:00Z',
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      labels: { 'kubernetes.io/hostname': name, ...(held && { [STATE_LABEL]: 'complete' }) },
      annotations: held ? { [RECORD_ANNOTATION]: JSON.stringify(record) } : {},
    },
    spec: { unschedulable: held },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** A backup of a ZFS volume on a node, which it names itself. */
export function volumeBackup(node: string): object {
  return {
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSBackup',
    metadata: { name: 'nightly', namespace: 'openebs', uid: 'uid-nightly' },
    spec: { ownerNodeID: node },
  };
}

/** An AdmissionReview of the CREATE of an object. */
export function reviewOf(object: unknown, uid = '7f0c1a5e-0000-4000-8000-000000000001'): object {
  return reviewWith({
    uid,
    operation: 'CREATE',
    userInfo: { username: 'system:serviceaccount:openebs:zfs', groups: ['system:authenticated'] },
    object,
    oldObject: null,
  });
}

/** A cluster whose watch says what the test tells it to. */
export class ToldCluster implements Cluster {
  readonly server = 'https://told.invalid';
  readonly name = 'told';
  readonly context = 'ana@told';
  readonly namespace = undefined;
  readonly nodes = new Map<string, object>();
  closed = false;
  /** What live reads do instead of answering from `nodes`. */
  instead: (() => Promise<never>) | undefined;
  #listener: CollectionListener<unknown> | undefined;
  #fail: ((cause: unknown) => void) | undefined;

  constructor(...nodes: readonly object[]) {
    for (const node of nodes) this.nodes.set(String(at(node, 'metadata', 'name')), node);
  }

  get listener(): CollectionListener<unknown> {
    if (this.#listener === undefined) throw new Error('nobody follows');
    return this.#listener;
  }

  sync(): void {
    this.listener.synced([...this.nodes.values()]);
  }

  refuse(cause: unknown): void {
    this.#fail?.(cause);
  }

  async get(path: string): Promise<unknown> {
    await this.instead?.();
    return [...this.nodes].find(([name]) => nodePath(name) === path)?.[1];
  }

  async *pages() {
    await this.instead?.();
    const held = [...this.nodes.values()].filter((node) => at(node, 'metadata', 'labels', STATE_LABEL) !== undefined);
    yield { items: held, resourceVersion: '1' };
  }

  /** Of other collections nothing is told. */
  follow<T>(path: string, listener: CollectionListener<T>, { signal }: { signal: AbortSignal }): Promise<void> {
    const isNodes = path === NODES;
    if (isNodes) this.#listener = rawListener(listener);
    const refused = new Promise<void>((_resolve, reject) => {
      if (isNodes) this.#fail = reject;
    });
    return Promise.race([refused, untilAborted(signal)]);
  }

  send(): Promise<ApiAnswer> {
    return Promise.reject(new Error('the webhook sends nothing'));
  }

  stream(): never {
    throw new Error('the webhook streams nothing');
  }

  unansweredMs(): number {
    return 0;
  }

  clockAheadMs(): number {
    return 0;
  }

  close(): void {
    this.closed = true;
  }
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: unknown;
}

/** Sends one request, on a connection of its own unless an agent is given. */
export function call(url: string, options: RequestOptions & { readonly body?: string | Buffer } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Posts a review as an API server does. */
export function post(url: string, ca: string, body: string | Buffer, options: RequestOptions = {}): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'Content-Length': body.length };
  return call(url, { ca, method: 'POST', headers, ...options, body });
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A stream that keeps what it is told, and lets tests wait for a line. */
export class Kept {
  text = '';
  readonly #waiting: (() => void)[] = [];

  write(text: string): void {
    this.text += text;
    this.#waiting.splice(0).forEach((wake) => {
      wake();
    });
  }

  /** The first JSON line with that message. */
  async line(msg: string): Promise<unknown> {
    for (;;) {
      const found = this.text
        .split('\n')
        .map(jsonOf)
        .find((line) => at(line, 'msg') === msg);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}
