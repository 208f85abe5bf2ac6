/** A world for the plugin's tests: a cluster that is told what to say, a clock that the test moves, objects. */
import type { V1Node, V1NodeCondition, V1Taint } from '@kubernetes/client-node';
import {
  nodeFromObject,
  podFromObject,
  type ApiAnswer,
  type ApiRequest,
  type Cluster,
  type CollectionListener,
  type ListPage,
  type NodeFacts,
  type PodFacts,
  type Written,
} from '../../../shared/index.ts';
import type { Clock } from '../../../plugin/session/clock.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../../plugin/nodes/snapshot.ts';
import type { Screen } from '../../../plugin/terminal/screen.ts';
import type { Session } from '../../../plugin/session/session.ts';
import { rawListener, untilAborted } from '../../support/raw-listener.ts';

/** The moment at which every test begins. */
export const START = Date.parse('2026-01-05T22:10:00Z');

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that moves when the test says so. */
export class ToldClock implements Clock {
  readonly slept: number[] = [];
  #now = START;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Moves the time, and lets what is due happen. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
    await settle();
  }
}

/** What was said, by stream. */
export class HeardScreen implements Screen {
  readonly results: string[] = [];
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly live = undefined;
  result(line: string): void {
    this.results.push(line);
  }
  data(text: string): void {
    this.results.push(text);
  }
  note(line: string): void {
    this.notes.push(line);
  }
  warn(line: string): void {
    this.warnings.push(line);
  }
}

type Say = (request: ApiRequest, count: number) => ApiAnswer | Promise<ApiAnswer>;

/** A cluster that says what the test wants. */
export class ToldCluster implements Cluster {
  readonly server = 'https://told.invalid';
  readonly name = 'told';
  readonly context = 'ana@told';
  readonly namespace: string | undefined = undefined;
  readonly requests: ApiRequest[] = [];
  /** What a GET of a path gives. */
  readonly objects = new Map<string, unknown>();
  /** What a list of a path gives, and what its follower is told at first. */
  readonly lists = new Map<string, readonly unknown[]>();
  say: Say = () => ({ status: 200, headers: {}, body: {} });
  /** What every follow does instead of telling. */
  followInstead: (() => Promise<never>) | undefined;
  readonly #told = new Map<string, CollectionListener<unknown>>();

  async send(request: ApiRequest): Promise<ApiAnswer> {
    this.requests.push(request);
    return this.say(request, this.requests.length);
  }

  /** What streams give, one after the other. */
  streams: AsyncIterable<Buffer>[] = [];
  async *stream(request: ApiRequest): AsyncIterable<Buffer> {
    this.requests.push(request);
    const next = this.streams.shift();
    if (next !== undefined) yield* next;
  }

  unansweredMs(): number {
    return 0;
  }

  clockAheadMs(): number {
    return 0;
  }

  get(path: string): Promise<unknown> {
    return Promise.resolve(this.objects.get(path));
  }

  async *pages(path: string): AsyncIterable<ListPage> {
    yield await Promise.resolve({ items: this.lists.get(path) ?? [], resourceVersion: '1' });
  }

  /** What was asked to be followed, in that order. */
  readonly followed: { readonly path: string; readonly query: Readonly<Record<string, string | undefined>> }[] = [];

  async follow<T>(
    path: string,
    listener: CollectionListener<T>,
    { query = {}, signal }: { query?: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
  ): Promise<void> {
    this.followed.push({ path, query });
    if (this.followInstead !== undefined) await this.followInstead();
    const told = rawListener(listener);
    this.#told.set(path, told);
    told.synced(this.lists.get(path) ?? []);
    await untilAborted(signal);
  }

  /** Tells whoever follows the path of an object. */
  tell(path: string, what: 'changed' | 'removed', object: unknown): void {
    const follower = this.#told.get(path);
    if (follower === undefined) throw new Error(`nobody follows ${path}`);
    follower[what](object);
  }

  close(): void {
    this.#told.clear();
  }
}

/** A session on told ports. */
export function toldSession(signal = new AbortController().signal) {
  const [cluster, screen, clock] = [new ToldCluster(), new HeardScreen(), new ToldClock()];
  const session: Session = { cluster, screen, clock, signal };
  return { session, cluster, screen, clock };
}

/** An answer of the API server. */
export function answer(status: number, body: unknown = {}, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return { status, headers, body };
}

/** A Status object, with the causes of its details. */
export function failure(code: number, message: string, causes: readonly object[] = []): ApiAnswer {
  return answer(code, { kind: 'Status', status: 'Failure', code, message, details: { causes } });
}

/** What differs between Nodes of the tests. */
export interface NodeShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly unschedulable?: boolean;
  readonly taints?: readonly Written<V1Taint>[];
  readonly resourceVersion?: string;
  readonly conditions?: readonly Written<V1NodeCondition>[];
  readonly deletionTimestamp?: string;
}

/** A Ready Node object. */
export function nodeObject(name: string, shape: NodeShape = {}): Written<V1Node> {
  const { labels, annotations, deletionTimestamp } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: shape.resourceVersion ?? '1',
      labels,
      annotations,
      deletionTimestamp,
    },
    spec: { unschedulable: shape.unschedulable, taints: shape.taints },
    status: { conditions: shape.conditions ?? [{ type: 'Ready', status: 'True' }] },
  };
}

/** A Node as the plugin reads it. */
export function nodeSnapshot(name: string, shape: NodeShape = {}): NodeSnapshot {
  return present(snapshotFromObject(nodeObject(name, shape)));
}

/** A Node as decisions see it. */
export function nodeFacts(name: string, shape: NodeShape = {}): NodeFacts {
  return present(nodeFromObject(nodeObject(name, shape)));
}

/** What differs between Pods of the tests. */
export interface PodShape {
  readonly namespace?: string;
  readonly uid?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
  readonly owner?: {
    readonly kind: string;
    readonly name?: string;
    readonly apiVersion?: string;
    readonly controller?: boolean;
  };
  readonly phase?: string;
  readonly emptyDir?: boolean;
  readonly priority?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: true. */
  readonly ready?: boolean;
  readonly requests?: Readonly<Record<string, string>>;
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly containerStatuses?: readonly object[];
  readonly evictionResponders?: readonly string[];
}

/** A running Pod object. */
export function podObject(name: string, shape: PodShape = {}): object {
  const { annotations, finalizers, deletionTimestamp, owner, priority } = shape;
  const ownerReferences =
    owner === undefined ? [] : [{ apiVersion: 'apps/v1', name: 'owner', uid: 'uid-owner', controller: true, ...owner }];
  return {
    metadata: {
      name,
      namespace: shape.namespace ?? 'default',
      uid: shape.uid ?? `uid-${name}`,
      labels: shape.labels,
      annotations,
      finalizers,
      deletionTimestamp,
      ownerReferences,
    },
    spec: {
      nodeName: shape.nodeName ?? 'n1',
      nodeSelector: shape.nodeSelector,
      tolerations: shape.tolerations,
      priority,
      containers: [{ name: 'c', resources: { requests: shape.requests } }],
      volumes: shape.emptyDir === true ? [{ name: 'scratch', emptyDir: {} }] : [],
      evictionResponders: shape.evictionResponders?.map((responder) => ({ name: responder, priority: 1000 })),
    },
    status: {
      phase: shape.phase ?? 'Running',
      initContainerStatuses: shape.containerStatuses,
      conditions: [{ type: 'Ready', status: shape.ready === false ? 'False' : 'True' }],
    },
  };
}

/** A Pod as the plugin reads it. */
export function podFacts(name: string, shape: PodShape = {}): PodFacts {
  return present(podFromObject(podObject(name, shape)));
}

/** What differs between disruption budgets of the tests. */
export interface BudgetShape {
  readonly namespace?: string;
  /** `disruptionsAllowed` */
  readonly allowed: number;
  /** Healthy pods that it needs, has and expects; default: 1, as many as fit what is allowed, and as many. */
  readonly needed?: number;
  readonly healthy?: number;
  readonly expected?: number;
}

/** A PodDisruptionBudget object that selects `app: web`. */
export function budgetObject(name: string, shape: BudgetShape): object {
  const { namespace = 'default', allowed, needed = 1, healthy = needed + allowed, expected = healthy } = shape;
  return {
    metadata: { name, namespace, uid: `uid-${name}`, generation: 1 },
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: {
      observedGeneration: 1,
      disruptionsAllowed: allowed,
      desiredHealthy: needed,
      currentHealthy: healthy,
      expectedPods: expected,
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the object of the test has no name');
  return value;
}
