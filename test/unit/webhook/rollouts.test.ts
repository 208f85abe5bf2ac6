import { afterEach, describe, expect, test } from 'vitest';
import {
  DAEMONSETS,
  daemonSetStatusPath,
  nodeFromObject,
  NodeTable,
  podsPath,
  RECORD_ANNOTATION,
  STATE_LABEL,
  WOKEN_CONDITION,
  type ApiAnswer,
  type ApiRequest,
  type CollectionListener,
  type ListPage,
} from '../../../shared/index.ts';
import { logTo } from '../../../webhook/log.ts';
import { RolloutReconciler, type RolloutPorts } from '../../../webhook/controller/rollouts/reconciler.ts';
import { until } from '../../support/until.ts';
import { rawListener, untilAborted } from '../../support/raw-listener.ts';
import { Kept, nodeObject } from './world.ts';

const NOW = Date.parse('2026-01-06T08:00:00Z');
const DONE: ApiAnswer = { status: 200, headers: {}, body: {} };
const FORBIDDEN: ApiAnswer = { status: 403, headers: {}, body: { message: 'no right' } };

/** How a DaemonSet differs from one of 9 nodes that is in the middle of a rollout. */
interface Sketch {
  readonly name?: string;
  readonly updated?: number;
  readonly observed?: number;
  readonly strategy?: string;
  readonly deleting?: boolean;
}

function daemonSet({ name = 'agent', updated = 5, observed = 2, strategy = 'RollingUpdate', deleting }: Sketch = {}) {
  return {
    metadata: {
      name,
      namespace: 'ops',
      uid: `uid-${name}`,
      generation: 2,
      annotations: { 'deprecated.daemonset.template.generation': '2' },
      ...(deleting === true && { deletionTimestamp: '2026-01-06T07:59:00Z' }),
    },
    spec: { selector: { matchLabels: { app: name } }, updateStrategy: { type: strategy }, template: { spec: {} } },
    status: { observedGeneration: observed, desiredNumberScheduled: 9, updatedNumberScheduled: updated },
  };
}

const REVISION = {
  metadata: {
    labels: { 'controller-revision-hash': 'new' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', uid: 'uid-agent', controller: true }],
  },
  revision: 2,
};

/** A pod of it of the older template. */
function pod(nodeName: string, more: { hash?: string; metadata?: object } = {}): object {
  return {
    metadata: {
      name: `agent-${nodeName}`,
      namespace: 'ops',
      uid: `uid-${nodeName}`,
      labels: { 'pod-template-generation': '1', 'controller-revision-hash': more.hash ?? 'old' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true },
      ],
      ...more.metadata,
    },
    spec: { nodeName },
    status: { phase: 'Running' },
  };
}

/** A node in maintenance whose record or state says more. */
function heldNode(name: string, { state = 'complete', exceptions = [] as readonly object[] } = {}): object {
  const since = '2026-01-06T07:00:00Z';
  const claims = [{ owner: 'ana', mode: 'drain', since }];
  const record = { version: 1, claims, before: { cordoned: false }, exceptions, initiatedAt: since };
  const annotations = { [RECORD_ANNOTATION]: JSON.stringify(record) };
  return { ...nodeObject(name, true), metadata: { name, labels: { [STATE_LABEL]: state }, annotations } };
}

const EXCEPTION = { rules: ['addon'], until: '2026-01-06T09:00:00Z', by: 'ana', reason: 'urgent' };
const IN_SERVICE = ['n3', 'n4'].map((name) => nodeObject(name));

/** A cluster in which rollouts are followed, and what was sent and read. */
class World {
  nodes: NodeTable;
  object: object | undefined = daemonSet();
  pods: readonly object[] = [];
  answer: ApiAnswer | Error = DONE;
  refusal: Error | undefined;
  now = NOW;
  follows = 0;
  readonly sent: ApiRequest[] = [];
  readonly queries: unknown[] = [];
  readonly out = new Kept();
  pace = { shortestMs: 1, longestMs: 4, lingerMs: 50 };
  /** Aborts when nobody follows any more. */
  followed = new AbortController().signal;
  readonly #ports: RolloutPorts;
  #reconciler: RolloutReconciler | undefined;
  #listener: CollectionListener<unknown> | undefined;

  constructor(held: readonly object[] = [heldNode('n1'), heldNode('n2')]) {
    this.nodes = tableOf([...held, ...IN_SERVICE]);
    const cluster = {
      follow: <T>(path: string, listener: CollectionListener<T>, { signal }: { signal: AbortSignal }) => {
        expect(path).toBe(DAEMONSETS);
        this.follows += 1;
        this.followed = signal;
        const { refusal } = this;
        this.refusal = undefined;
        if (refusal !== undefined) return Promise.reject(refusal);
        this.#listener = rawListener(listener);
        return untilAborted(signal);
      },
      get: () => Promise.resolve(this.object),
      pages: (path: string, options?: { query?: unknown }) => this.#pages(path, options?.query),
      send: (request: ApiRequest) => {
        this.sent.push(request);
        return this.answer instanceof Error ? Promise.reject(this.answer) : Promise.resolve(this.answer);
      },
    };
    this.#ports = { cluster, nodeIndex: () => this.nodes, log: logTo(this.out, 'info'), now: () => this.now };
  }

  get reconciler(): RolloutReconciler {
    this.#reconciler ??= new RolloutReconciler(this.#ports, this.pace);
    return this.#reconciler;
  }

  get listener(): CollectionListener<unknown> {
    if (this.#listener === undefined) throw new Error('nobody follows');
    return this.#listener;
  }

  /** Begins, and tells what there is. */
  begin(...objects: readonly object[]): void {
    this.reconciler.nodesChanged();
    this.listener.synced(objects);
  }

  /** Waits until it has looked some more times. */
  async looked(times = 4): Promise<void> {
    const before = this.queries.length;
    await until('it looked', () => this.queries.length >= before + times);
  }

  async *#pages(path: string, query: unknown): AsyncIterable<ListPage> {
    const isPods = path === podsPath('ops');
    this.queries.push(isPods ? query : path);
    yield await Promise.resolve({ items: isPods ? this.pods : [REVISION], resourceVersion: '1' });
  }
}

function tableOf(nodes: readonly object[]): NodeTable {
  return new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
}

const worlds: World[] = [];
afterEach(() => {
  worlds.splice(0).forEach(({ reconciler }) => {
    reconciler.end();
  });
});

function world(held?: readonly object[]): World {
  const made = new World(held);
  worlds.push(made);
  return made;
}

test('the controller of a rollout that stands still is woken by a change of its status, again and again', async () => {
  const seen = world();
  seen.begin(daemonSet());
  await until('it was woken three times', () => seen.sent.length >= 3);
  expect(seen.sent[0]).toMatchObject({
    method: 'PATCH',
    path: daemonSetStatusPath('ops', 'agent'),
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [{ type: WOKEN_CONDITION, lastTransitionTime: '2026-01-06T08:00:00.000Z' }] } },
  });
  const bodies = seen.sent.slice(0, 3).map(({ body }) => JSON.stringify(body));
  expect(new Set(bodies).size, 'within one second, too, which is all that the API server keeps of a time').toBe(3);
});

describe('whether a node in service is behind', () => {
  const HELD_PODS = [pod('n1'), pod('n2')];
  const GOING = { deletionTimestamp: '2026-01-06T07:59:00Z' };
  const returning = heldNode('n2', { state: 'returning' });
  const excepted = heldNode('n2', { exceptions: [EXCEPTION] });
  test.each<[what: string, wakes: boolean, given: Partial<Pick<World, 'object' | 'pods'>>, held?: readonly object[]]>([
    ['more are behind than are held', true, { object: daemonSet({ updated: 6 }) }],
    ['as many as are held, and these they are', false, { pods: HELD_PODS }],
    ['as many as are held, but one of them is down and not counted', true, { pods: [...HELD_PODS, pod('n3')] }],
    ['a pod in service that goes already', false, { pods: [pod('n1'), pod('n3', { metadata: GOING })] }],
    ['a pod in service that is current after an undo', false, { pods: [pod('n1'), pod('n3', { hash: 'new' })] }],
    ['a pod in service of another owner', false, { pods: [pod('n3', { metadata: { ownerReferences: [] } })] }],
    ['a node on its way back', true, { pods: [pod('n2')] }, [heldNode('n1'), returning]],
    ['a node with an exception for add-ons', true, { pods: [pod('n2')] }, [heldNode('n1'), excepted]],
    ['counts of the template before', false, { object: daemonSet({ updated: 5, observed: 1 }) }],
    ['the DaemonSet is gone meanwhile', false, { object: undefined }],
  ])('%s', async (_, wakes, given, held) => {
    const seen = Object.assign(world(held), { object: daemonSet({ updated: held === undefined ? 7 : 8 }) }, given);
    seen.begin(daemonSet());
    await seen.looked();
    expect(seen.sent.length > 0).toBe(wakes);
  });

  test('only pods of older templates are listed', async () => {
    const seen = world();
    seen.object = daemonSet({ updated: 7 });
    seen.begin(seen.object);
    await seen.looked();
    expect(seen.queries).toContainEqual({
      labelSelector: 'app in (agent),pod-template-generation notin (2)',
      limit: '100',
    });
  });
});

test.each<[what: string, sketch: Sketch]>([
  ['that is done', { updated: 9 }],
  ['of OnDelete', { strategy: 'OnDelete' }],
  ['that is being deleted', { deleting: true }],
])('a DaemonSet %s is not looked at', async (_, sketch) => {
  const seen = world();
  seen.begin(daemonSet(sketch), {}, daemonSet({ name: 'other' }));
  await until('another one was woken', () => seen.sent.length > 1);
  expect(new Set(seen.sent.map(({ path }) => path))).toEqual(new Set([daemonSetStatusPath('ops', 'other')]));
});

test('the end of a rollout, of its DaemonSet and of a watch that was interrupted ends the looks', async () => {
  const seen = world();
  const [done, removed, missed] = ['done', 'removed', 'missed'].map((name) => daemonSet({ name }));
  seen.begin(daemonSet(), ...[done, removed, missed].filter((object) => object !== undefined));
  seen.listener.changed(daemonSet({ name: 'done', updated: 9 }));
  seen.listener.removed(removed);
  seen.listener.synced([daemonSet()]);
  await until('the one that is left was woken', () => seen.sent.length > 2);
  expect(new Set(seen.sent.map(({ path }) => path))).toEqual(new Set([daemonSetStatusPath('ops', 'agent')]));
});

test('a wake that fails is told once, and tried again until it succeeds', async () => {
  const seen = world();
  seen.answer = FORBIDDEN;
  seen.begin(daemonSet());
  await until('it was tried three times', () => seen.sent.length >= 3);
  expect(await seen.out.line('its controller was not woken')).toMatchObject({
    daemonSet: 'ops/agent',
    error: 'no right',
  });
  expect(seen.out.text.match(/was not woken/g)).toHaveLength(1);
  seen.answer = new Error('connection reset');
  await until('another failure is told', () => seen.out.text.includes('connection reset'));
  seen.answer = DONE;
  const before = seen.sent.length;
  await until('it goes on', () => seen.sent.length > before + 1);
});

test('DaemonSets that cannot be followed are told, and tried again', async () => {
  const seen = world();
  seen.refusal = new Error('no right to list');
  seen.reconciler.nodesChanged();
  expect(await seen.out.line('held rollouts are not followed')).toMatchObject({ error: 'no right to list' });
  await until('it follows again', () => seen.follows > 1);
});

describe('the last node leaves maintenance', () => {
  test('what is behind is woken for a while, in the words of a return, and then nothing is followed', async () => {
    const seen = world([heldNode('n1')]);
    seen.object = daemonSet({ updated: 8 });
    seen.pods = [pod('n1')];
    seen.begin(seen.object);
    await seen.looked();
    expect(seen.sent).toEqual([]);
    seen.nodes.remove('n1');
    seen.reconciler.nodesChanged();
    await until('it is woken', () => seen.sent.length > 0);
    expect(JSON.stringify(seen.sent[0]?.body)).toContain('"reason":"NodeReturns"');
    await until('nobody follows any more', () => seen.followed.aborted);
    const { length } = seen.queries;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.queries).toHaveLength(length);
  });

  test('another one that goes into it meanwhile goes on with what is followed', async () => {
    const seen = world([heldNode('n1')]);
    seen.begin(daemonSet());
    seen.nodes.remove('n1');
    seen.reconciler.nodesChanged();
    seen.nodes.put(tableOf([heldNode('n2')]).held[0] ?? expect.fail('a node is held'));
    seen.reconciler.nodesChanged();
    await seen.looked(80);
    expect([seen.follows, seen.followed.aborted]).toEqual([1, false]);
  });

  test('before this one began: it follows for as long', async () => {
    const seen = world([]);
    seen.begin(daemonSet({ updated: 8 }));
    await until('it is woken', () => seen.sent.length > 0);
    await until('nobody follows any more', () => seen.followed.aborted);
  });
});

test('a node that comes back is seen at once, however long its rollout has stood still', async () => {
  const seen = world([heldNode('n1'), heldNode('n2')]);
  seen.pace = { shortestMs: 1, longestMs: 3_600_000, lingerMs: 50 };
  seen.object = daemonSet({ updated: 7 });
  seen.pods = [pod('n1'), pod('n2')];
  seen.begin(seen.object);
  seen.now += 3_600_000;
  await seen.looked(1);
  expect(seen.sent).toEqual([]);
  seen.nodes.put(tableOf([heldNode('n2', { state: 'returning' })]).held[0] ?? expect.fail('a node is held'));
  seen.reconciler.nodesChanged();
  await until('it is woken', () => seen.sent.length > 0);
});
