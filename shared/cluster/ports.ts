/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with every name escaped (see paths.ts), for example `/api/v1/nodes/n1`. */
  readonly path: string;
  /** Query parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Media type of the body; `application/json` unless a patch says otherwise. */
  readonly contentType?: string;
  /** Ends the request; the call then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Largest answer that is read, in bytes; a larger one is an error. */
  readonly maxBytes?: number;
}

/** What goes with a read. */
export type ReadOptions = Pick<ApiRequest, 'query' | 'signal' | 'maxBytes'>;

/** What the API server answered: any HTTP status is an answer. */
export interface ApiAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; the text itself where it was not JSON. */
  readonly body: unknown;
}

/** A page of a list: raw items, and what the server needs to go on from there. */
export interface ListPage {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
}

/** What the follower of a collection keeps of each object, and is told. */
export interface CollectionListener<T> {
  /** The part of an object worth keeping; called once per object, before anything else, so that no raw list is held. */
  project(object: unknown): T;
  /** The whole collection as of now; whatever was known before is void. Also after every relist. */
  synced(objects: readonly T[]): void;
  /** One object is new or has changed. */
  changed(object: T): void;
  /** One object is gone; this is its last state. */
  removed(object: T): void;
  /** The stream gave a sign of life: data, or a bookmark. */
  alive?(): void;
  /** The stream broke and is being taken up again. */
  interrupted?(cause: unknown): void;
}

/** Reading the cluster. */
export interface ClusterReader {
  /** The object at a path, or undefined on 404. Throws ClusterRefusal on any other refusal. */
  get(path: string, options?: ReadOptions): Promise<unknown>;
  /** A collection, page by page (ListOptions.limit). Throws ClusterRefusal. */
  pages(path: string, options?: ReadOptions): AsyncIterable<ListPage>;
}

/** Following a collection: a list, then every change, through any interruption. */
export interface ClusterWatcher {
  /**
   * Follows until the signal aborts; then resolves. Relists on 410, goes on after resets, 5xx and stalls with
   * jittered back-off. Rejects only where going on is pointless before the first sync (401, 403, 404, and 400 to the query).
   */
  follow<T>(
    path: string,
    listener: CollectionListener<T>,
    options: { query?: ApiRequest['query']; signal: AbortSignal },
  ): Promise<void>;
}

/** Sending any request; an answer of any status is returned, not thrown. Throws MaintError('cluster') without an answer. */
export interface ClusterSender {
  send(request: ApiRequest): Promise<ApiAnswer>;
}

/** An answer that goes on for as long as something is written: the log of a container. */
export interface ClusterStreamer {
  /**
   * The bytes of an answer as they come, to its end. Throws ClusterRefusal on a refusal, MaintError('cluster') where the
   * connection breaks or nothing comes for `quietMs`, or the reason of the request's signal.
   */
  stream(request: ApiRequest, quietMs: number): AsyncIterable<Buffer>;
}

/** Everything the shells need from a cluster. */
export interface Cluster extends ClusterReader, ClusterWatcher, ClusterSender, ClusterStreamer {
  /** Address of the API server, for messages. */
  readonly server: string;
  /** What people call it: its name in the kubeconfig, or the address that a flag gave instead; the context that was followed, undefined without one. */
  readonly name: string;
  readonly context: string | undefined;
  /** The namespace that the context, or the pod's service account, stands for; undefined where nobody says one. */
  readonly namespace: string | undefined;
  /** Milliseconds for which the call that waits longest has got no sign of life from the API server; 0 where none waits. */
  unansweredMs(): number;
  /**
   * Milliseconds by which the API server's clock is ahead of this machine's, as its last answer said; 0 where they agree
   * within a few seconds, and before the first answer.
   */
  clockAheadMs(): number;
  /** Frees connections. */
  close(): void;
}
