import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  at,
  ClusterRefusal,
  EMPTY_REGISTER,
  nodeFromObject,
  NODES,
  NodeTable,
  registeredNodes,
  REGISTERS,
  type ApiAnswer,
  type ApiRequest,
  type CollectionListener,
  type ListPage,
} from '../../../shared/index.ts';
import { RegisterReconciler } from '../../../webhook/controller/register/reconciler.ts';
import { logTo } from '../../../webhook/log.ts';
import { rawListener, untilAborted } from '../../support/raw-listener.ts';
import { Kept, nodeObject } from './world.ts';

/** An API server with one register at most, which answers as it would. */
class RegisterCluster {
  readonly sent: ApiRequest[] = [];
  refuses: (() => ApiAnswer) | undefined;
  /** What a write waits for instead of being answered. */
  instead: (() => Promise<ApiAnswer>) | undefined;
  refusesToWatch: Error | undefined;
  /** Nodes that are in maintenance as the API server has them; `undefined`: they cannot be read. */
  held: readonly string[] | undefined = [];
  register: unknown;
  #version = 0;
  #listener: CollectionListener<unknown> | undefined;

  send(request: ApiRequest): Promise<ApiAnswer> {
    this.sent.push(request);
    return this.instead?.() ?? Promise.resolve(this.refuses?.() ?? this.#answer(request));
  }

  async *pages(path: string): AsyncIterable<ListPage> {
    expect(path).toBe(NODES);
    if (this.held === undefined) throw new Error('no answer');
    yield await Promise.resolve({ items: this.held.map((name) => nodeObject(name, true)), resourceVersion: '1' });
  }

  #answer({ method, body }: ApiRequest): ApiAnswer {
    const versionOf = (object: unknown): unknown => at(object, 'metadata', 'resourceVersion');
    const isFree = method === 'POST' ? this.register === undefined : versionOf(body) === versionOf(this.register);
    if (!isFree) return { status: 409, headers: {}, body: {} };
    this.#keep(at(body, 'spec'));
    return { status: 200, headers: {}, body: this.register };
  }

  follow<T>(path: string, listener: CollectionListener<T>, { signal }: { signal: AbortSignal }): Promise<void> {
    expect(path).toBe(REGISTERS);
    if (this.refusesToWatch !== undefined) return Promise.reject(this.refusesToWatch);
    this.#listener = rawListener(listener);
    this.#listener.synced(this.register === undefined ? [] : [this.register]);
    return untilAborted(signal);
  }

  /** Somebody else writes it, or deletes it. */
  async write(spec: unknown): Promise<void> {
    const before = this.register;
    if (spec === undefined) this.register = undefined;
    else this.#keep(spec);
    if (spec === undefined) this.#listener?.removed(before);
    else this.#listener?.changed(this.register);
    await settle();
  }

  #keep(spec: unknown): void {
    this.#version += 1;
    this.register = {
      metadata: { name: 'cluster', labels: { kept: 'yes' }, resourceVersion: String(this.#version) },
      spec,
    };
  }
}

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function node(name: string, isInMaintenance: boolean) {
  const facts = nodeFromObject(nodeObject(name, isInMaintenance));
  if (facts === undefined) throw new Error('no node');
  return facts;
}

function controller(spec?: unknown, ...held: readonly string[]) {
  return controllerOf(new RegisterCluster(), spec, ...held);
}

/** One that knows of the nodes by its watch; what the API server has of them is the cluster's. */
async function controllerOf(cluster: RegisterCluster, spec?: unknown, ...held: readonly string[]) {
  if (spec !== undefined) await cluster.write(spec);
  const table = new NodeTable(held.map((name) => node(name, true)));
  const nodes = { synced: true, nodeIndex: table, isStale: () => nodes.stale, stale: false };
  const out = new Kept();
  const reconciler = new RegisterReconciler({ cluster, nodes, log: logTo(out, 'info'), now: () => Date.now() });
  const ended = new AbortController();
  void reconciler.follow(ended.signal);
  await settle();
  const mark = async (name: string): Promise<void> => {
    table.put(node(name, true));
    reconciler.check();
    await settle();
  };
  return { cluster, table, nodes, out, reconciler, mark, ended };
}

const listed = ({ register }: RegisterCluster) => [...registeredNodes(register)];
const methods = ({ sent }: RegisterCluster) => sent.map(({ method }) => method);

test('it is made where there is none, and nothing is written where it is right', async () => {
  const { cluster, reconciler } = await controller(undefined, 'n1');
  expect(listed(cluster)).toEqual(['n1']);
  reconciler.check();
  await settle();
  expect(methods(cluster)).toEqual(['POST']);
});

test('a mark is written at once, and what others wrote beside the list stays', async () => {
  const { cluster, mark } = await controller(EMPTY_REGISTER);
  expect(cluster.sent).toEqual([]);
  await mark('n1');
  await mark('n2');
  expect(listed(cluster)).toEqual(['n1', 'n2']);
  expect(cluster.sent.map(({ body }) => at(body, 'metadata', 'labels', 'kept'))).toEqual(['yes', 'yes']);
});

test('who has just begun takes no node out that is in maintenance, although its watch does not know of it yet', async () => {
  const cluster = new RegisterCluster();
  cluster.held = undefined;
  const { table, reconciler, out } = await controllerOf(cluster, { ...EMPTY_REGISTER, nodes: { n1: {}, gone: {} } });
  expect(out.text).toContain('nodes cannot be read: none is taken out of the register');
  cluster.held = ['n1', 'n2'];
  reconciler.check();
  await settle();
  expect(listed(cluster)).toEqual(['n1', 'gone']);
  table.put(node('n1', true));
  reconciler.check();
  await settle();
  expect(listed(cluster)).toEqual(['n1']);
  // From here on it goes by its watch.
  table.put(node('n1', false));
  reconciler.check();
  await settle();
  expect(listed(cluster)).toEqual([]);
});

test.each([
  ['emptied', EMPTY_REGISTER],
  ['written by a stranger', { ...EMPTY_REGISTER, nodes: { n1: {}, other: {} } }],
  ['deleted', undefined],
])('%s, it is put right at once, and a second time after a moment', async (_, spec) => {
  const { cluster, out } = await controller(EMPTY_REGISTER, 'n1');
  await cluster.write(spec);
  expect(listed(cluster)).toEqual(['n1']);
  const before = cluster.sent.length;
  await cluster.write(spec);
  expect(cluster.sent).toHaveLength(before);
  await vi.advanceTimersByTimeAsync(1000);
  expect(listed(cluster)).toEqual(['n1']);
  expect(out.text).toContain('somebody else changed the register');
});

test('a mark does not wait for that moment', async () => {
  const { cluster, mark } = await controller(EMPTY_REGISTER, 'n1');
  await cluster.write(EMPTY_REGISTER);
  await cluster.write(EMPTY_REGISTER);
  await mark('n2');
  expect(listed(cluster)).toEqual(['n1', 'n2']);
});

test('a write that is refused is tried again, and the same reason is told once', async () => {
  const { cluster, mark, out } = await controller(EMPTY_REGISTER);
  cluster.refuses = () => ({ status: 403, headers: {}, body: { message: 'not you' } });
  await mark('n1');
  await vi.advanceTimersByTimeAsync(3000);
  expect(cluster.sent).toHaveLength(3);
  expect(out.text.match(/not you/g)).toHaveLength(1);
  cluster.refuses = undefined;
  await vi.advanceTimersByTimeAsync(4000);
  expect(listed(cluster)).toEqual(['n1']);
});

test('whoever was faster is not overwritten', async () => {
  const { cluster, mark } = await controller(EMPTY_REGISTER);
  cluster.refuses = () => ({ status: 409, headers: {}, body: {} });
  await mark('n1');
  expect(methods(cluster)).toEqual(['PUT']);
  cluster.refuses = undefined;
  await cluster.write({ ...EMPTY_REGISTER, unlisted: 3 });
  expect(listed(cluster)).toEqual(['n1']);
});

test('nodes that have not been heard of for long are not written, and are when they are again', async () => {
  const { cluster, nodes, mark } = await controller(EMPTY_REGISTER);
  nodes.stale = true;
  await mark('n1');
  expect(cluster.sent).toEqual([]);
  nodes.stale = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(listed(cluster)).toEqual(['n1']);
});

test('without the definition it is told once, and looked for again', async () => {
  const { cluster, table, nodes, out, ended } = await controller(EMPTY_REGISTER);
  ended.abort();
  cluster.refusesToWatch = new ClusterRefusal({ status: 404, message: 'no such API', reason: 'NotFound', body: {} });
  const second = new RegisterReconciler({ cluster, nodes, log: logTo(out, 'info'), now: () => Date.now() });
  void second.follow(new AbortController().signal);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(out.text.match(/no such API/g)).toHaveLength(1);
  cluster.refusesToWatch = undefined;
  table.put(node('n1', true));
  await vi.advanceTimersByTimeAsync(5000);
  expect(listed(cluster)).toEqual(['n1']);
});

test('once it is over nothing is written, and what fails then is not tried again', async () => {
  const { cluster, mark, ended } = await controller(EMPTY_REGISTER);
  let refuse: (answer: ApiAnswer) => void = () => undefined;
  cluster.instead = () => new Promise((resolve) => (refuse = resolve));
  await mark('n1');
  ended.abort();
  await settle();
  refuse({ status: 503, headers: {}, body: {} });
  await vi.advanceTimersByTimeAsync(120_000);
  await mark('n2');
  expect(methods(cluster)).toEqual(['PUT']);
});
