import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ARMED_ENTRIES,
  ClusterRefusal,
  DEFAULT_POLICY,
  entryName,
  nodeFromObject,
  NodeTable,
  RECORD_ANNOTATION,
  TOOLS,
  type ApiAnswer,
  type ApiRequest,
  type ClusterReader,
  type CollectionListener,
} from '../../../shared/index.ts';
import { logTo } from '../../../webhook/log.ts';
import { caBundleOf, trustedBy } from '../../../webhook/tls/ca-bundle.ts';
import { issueAuthority } from '../../../webhook/tls/issue.ts';
import { DISARM_AFTER_MS } from '../../../webhook/controller/registration/arming.ts';
import { entriesFor, renderEntries } from '../../../webhook/controller/registration/entries.ts';
import { RegistrationReconciler } from '../../../webhook/controller/registration/reconciler.ts';
import { reconcilerOfOwn } from '../../../webhook/controller/registration/own-registration.ts';
import { rawListener } from '../../support/raw-listener.ts';
import { Kept, nodeObject } from './world.ts';

const SERVICE = { namespace: 'maint', name: 'webhook' };
const ENTRIES = renderEntries(entriesFor(TOOLS, DEFAULT_POLICY), {
  address: { service: SERVICE },
  failurePolicy: 'Ignore',
  failClosed: [],
  exemptNamespaces: [],
});
const ON_DEMAND: readonly string[] = ARMED_ENTRIES.map(entryName);
const registration = (webhooks: readonly object[]) => ({ metadata: { resourceVersion: '7' }, webhooks });
const ARMED = registration(ENTRIES);
const UNARMED = registration(ENTRIES.filter(({ name }) => !ON_DEMAND.includes(name)));

/** A cluster that writes what it is told to write, unless the test says otherwise. */
class RegistrationCluster {
  readonly sent: ApiRequest[] = [];
  say: (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer> = ({ body }) => ({ status: 200, headers: {}, body });
  /** Until it is given, nobody may read it. */
  refusesToWatch: Error | undefined;
  #listener: CollectionListener<unknown> | undefined;

  async send(request: ApiRequest): Promise<ApiAnswer> {
    this.sent.push(request);
    return this.say(request);
  }

  follow<T>(_path: string, listener: CollectionListener<T>, { signal }: { signal: AbortSignal }): Promise<void> {
    if (this.refusesToWatch !== undefined) return Promise.reject(this.refusesToWatch);
    this.#listener = rawListener(listener);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  /** The watch tells how the registration is. */
  async tell(object: unknown): Promise<void> {
    this.#listener?.synced([object]);
    await settle();
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
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A replica that wants the entries or does not, and asks before it takes them out. */
function replica(
  armed: boolean,
  isAnyInMaintenance: () => Promise<boolean> = () => Promise.resolve(false),
  cluster = new RegistrationCluster(),
) {
  const out = new Kept();
  const ended = new AbortController();
  const wanted = { entries: ENTRIES, armed, authorities: undefined, mayFailClosed: true };
  const reconciler = new RegistrationReconciler({
    cluster,
    log: logTo(out, 'info'),
    now: () => Date.now(),
    wanted: () => ({ ...wanted }),
    isAnyInMaintenance,
    trustChanged: () => undefined,
  });
  void reconciler.follow(ended.signal);
  return { cluster, out, wanted, reconciler, ended };
}

describe('taking the entries out', () => {
  test('is not done when a mark comes while the API server is asked', async () => {
    let answer: (isInMaintenance: boolean) => void = () => undefined;
    const { cluster, wanted } = replica(false, () => new Promise((resolve) => (answer = resolve)));
    await cluster.tell(ARMED);
    wanted.armed = true;
    answer(false);
    await settle();
    expect(cluster.sent).toEqual([]);
  });

  test('is not done again at once when another replica puts them in again', async () => {
    const { cluster, reconciler } = replica(false);
    await cluster.tell(ARMED);
    await cluster.tell(ARMED);
    await vi.advanceTimersByTimeAsync(DISARM_AFTER_MS - 1);
    reconciler.check();
    await settle();
    expect(cluster.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    reconciler.check();
    await settle();
    expect(cluster.sent).toHaveLength(2);
  });
});

test.each<[what: string, theirs: object]>([
  ['nobody', {}],
  ['somebody else', { caBundle: 'b3RoZXJz' }],
])('whom our entries trust is told by them alone: one of others in it trusts %s', async (_what, theirs) => {
  const { certificate } = await issueAuthority(Date.now());
  const caBundle = caBundleOf([certificate]);
  const ours = ENTRIES.map((entry) => ({ ...entry, clientConfig: { ...entry.clientConfig, caBundle } }));
  const { cluster, reconciler } = replica(true);
  await cluster.tell(registration([...ours, { name: 'policy.example.org', clientConfig: theirs }]));
  expect(reconciler.trustsNobody).toBe(false);
  expect(trustedBy(ours[0]).map((one) => reconciler.trustedSince(one))).toEqual([Date.now()]);
  await cluster.tell(registration([{ name: 'policy.example.org', clientConfig: { caBundle } }]));
  expect(reconciler.trustsNobody).toBe(true);
});

test('a question that nobody answers for long keeps nothing else from being repaired', async () => {
  let answer: (isInMaintenance: boolean) => void = () => undefined;
  const { cluster } = replica(false, () => new Promise((resolve) => (answer = resolve)));
  await cluster.tell(ARMED);
  await vi.advanceTimersByTimeAsync(60_000);
  const edited = ENTRIES.map((entry) => ({ ...entry, rules: [] }));
  await cluster.tell(registration(edited));
  expect(cluster.sent).toHaveLength(1);
  answer(false);
  await settle();
  expect(cluster.sent).toHaveLength(2);
});

describe('a write that fails', () => {
  test.each<[string, () => ApiAnswer | Promise<ApiAnswer>]>([
    ['of too many requests', () => ({ status: 429, headers: {}, body: {} })],
    ['of a conflict', () => ({ status: 409, headers: {}, body: {} })],
    ['of a reset', () => Promise.reject(new Error('reset'))],
  ])('because %s is tried again after a second, then two, then four', async (_what, say) => {
    const { cluster } = replica(true);
    cluster.say = say;
    await cluster.tell(UNARMED);
    await vi.advanceTimersByTimeAsync(999);
    expect(cluster.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(cluster.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(cluster.sent).toHaveLength(3);
    cluster.say = ({ body }) => ({ status: 200, headers: {}, body });
    await vi.advanceTimersByTimeAsync(4000);
    expect(cluster.sent).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(cluster.sent).toHaveLength(4);
  });

  test('once it is over is not tried again', async () => {
    const { cluster, ended, reconciler } = replica(true);
    let refuse: (answer: ApiAnswer) => void = () => undefined;
    cluster.say = () => new Promise((resolve) => (refuse = resolve));
    await cluster.tell(UNARMED);
    ended.abort();
    await settle();
    refuse({ status: 503, headers: {}, body: {} });
    await vi.advanceTimersByTimeAsync(120_000);
    reconciler.check();
    await settle();
    expect(cluster.sent).toHaveLength(1);
  });

  test('because nobody answers is given up after 3 s, and tried again', async () => {
    const hanging = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(hanging.signal);
    const { cluster } = replica(true);
    cluster.say = ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('gave up'));
        });
      });
    await cluster.tell(UNARMED);
    expect(timeout).toHaveBeenCalledWith(3000);
    cluster.say = ({ body }) => ({ status: 200, headers: {}, body });
    hanging.abort();
    await vi.advanceTimersByTimeAsync(1000);
    expect(cluster.sent).toHaveLength(2);
  });
});

test('one that may not be read is told once, and kept as soon as the right to it is given', async () => {
  const forbidden = new RegistrationCluster();
  forbidden.refusesToWatch = new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'not you', body: {} });
  const { cluster, out, reconciler } = replica(true, undefined, forbidden);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(out.text.match(/not you/g)).toHaveLength(1);
  expect(reconciler.unreadable).toBe(true);
  cluster.refusesToWatch = undefined;
  await vi.advanceTimersByTimeAsync(5000);
  await cluster.tell(UNARMED);
  expect(reconciler.unreadable).toBe(false);
  expect(cluster.sent).toHaveLength(1);
});

test('an entry that should be there and is not is known', async () => {
  const { cluster, reconciler, wanted } = replica(true);
  expect(reconciler.unarmed).toBe(false);
  cluster.say = () => ({ status: 403, headers: {}, body: {} });
  await cluster.tell(UNARMED);
  expect(reconciler.unarmed).toBe(true);
  wanted.armed = false;
  expect(reconciler.unarmed).toBe(false);
  wanted.armed = true;
  await cluster.tell(ARMED);
  expect(reconciler.unarmed).toBe(false);
});

test.each<[what: string, more: object]>([
  ['has an object selector', { objectSelector: { matchLabels: { a: 'b' } } }],
  ['selects no namespace', { namespaceSelector: { matchLabels: { a: 'b' } } }],
  ['asks about nothing', { rules: [] }],
])('an entry that %s is as good as none', async (_what, more) => {
  const { cluster, reconciler } = replica(true);
  cluster.say = () => ({ status: 403, headers: {}, body: {} });
  await cluster.tell(registration(ENTRIES.map((entry) => ({ ...entry, ...more }))));
  expect(reconciler.unarmed).toBe(true);
});

type Reading = Parameters<ClusterReader['pages']>[1];

describe('before the entries go, every node is looked at', () => {
  const unlabelled = {
    metadata: { name: 'n3', annotations: { [RECORD_ANNOTATION]: 'unreadable, and in maintenance all the same' } },
  };
  const free = nodeObject('n1');

  test.each<[what: string, second: readonly unknown[], writes: number, pageMs: number]>([
    ['none is in maintenance', [free], 1, 1],
    ['one of the second page is, by its annotation', [unlabelled], 0, 1],
    ['the second page cannot be had', [], 0, 1],
    ['each page takes 9 s', [free], 1, 9000],
    ['each page takes 11 s', [free], 0, 11_000],
  ])('%s', async (_what, second, writes, pageMs) => {
    const cluster = new RegistrationCluster();
    const pages = async function* (_path: string, { query, signal }: Reading = {}) {
      // None of them carries a label that could be asked for.
      if (query?.['labelSelector'] !== undefined) return;
      for (const items of [[free], second]) {
        await new Promise((resolve) => setTimeout(resolve, pageMs));
        signal?.throwIfAborted();
        if (items.length === 0) throw new Error('reset');
        yield { items, resourceVersion: '1' };
      }
    };
    const reconciler = reconcilerOfOwn({
      cluster: Object.assign(cluster, { pages }),
      log: logTo(new Kept(), 'info'),
      now: () => Date.now(),
      service: { ...SERVICE, failurePolicy: 'Ignore', failClosed: [], exemptNamespaces: [] },
      policy: { config: DEFAULT_POLICY, tools: TOOLS },
      nodes: { synced: true, nodeIndex: new NodeTable([nodeFromObject(free)].filter((node) => node !== undefined)) },
      authorities: () => [],
      isAnswered: () => true,
      trustChanged: () => undefined,
    });
    void reconciler.follow(new AbortController().signal);
    await cluster.tell(ARMED);
    await vi.advanceTimersByTimeAsync(2 * pageMs);
    expect(cluster.sent).toHaveLength(writes);
  });
});
