import { ClusterRefusal } from '../../errors.ts';
import type { ApiRequest, CollectionListener } from '../ports.ts';
import { pauseAfter, type BackOff } from '../retry.ts';
import { guarded } from './guarded-listener.ts';
import type { Pace } from './pace.ts';
import { isExpired, pagesOf } from './reading.ts';
import type { Transport } from './transport.ts';
import { endsInitialEvents, eventFromLine, keyOf, type WatchEvent } from './watch-event.ts';

/** Silence after which a watch counts as dead: bookmarks come about once a minute, so this is one and a half of them. */
export const QUIET_MS = 90_000;

/** The server ends a watch itself after 240 to 360 s; chance keeps replicas from coming back together. */
const WATCH_SECONDS = 240;
const WATCH_SPREAD_SECONDS = 120;

/** A watch that ends at once, again and again, is taken up at most so often. */
const REWATCH_MS = 1000;

/** After errors: 0.8 s, doubled up to 30 s, as client-go's reflector, times 1 to 2 by chance. */
const BACK_OFF: BackOff = { firstMs: 800, longestMs: 30_000, jitter: 1 };

/** Objects per page where the server has no WatchList: smaller pages than a command's, as a server keeps less memory. */
const SYNC_PAGE = 100;

export interface FollowOptions {
  readonly query?: ApiRequest['query'];
  readonly signal: AbortSignal;
}

export interface FollowSource {
  readonly transport: Transport;
  readonly pace: Pace;
  /** Milliseconds without a byte; QUIET_MS but for tests. */
  readonly quietMs: number;
}

interface State {
  /** Where to take the watch up; undefined means that everything has to be read again. */
  version: string | undefined;
  /** Whether `synced` was ever told. */
  everSynced: boolean;
  /** Whether the server takes a WatchList. */
  streaming: boolean;
  /** Something was received since the last error. */
  progressed: boolean;
  /** Errors in a row. */
  failures: number;
}

/** What one round of following works with. */
interface Following<T> {
  readonly source: FollowSource;
  readonly path: string;
  readonly listener: CollectionListener<T>;
  readonly options: FollowOptions;
  readonly state: State;
}

/**
 * Follows a collection until the signal aborts. Rejects with ClusterRefusal where the server says 401, 403, 404 or
 * (to a list) 400 before the first sync; anything else is retried for ever. A listener that throws is told so by `interrupted` and
 * misses that one call; the watch goes on behind it.
 */
export async function follow<T>(
  source: FollowSource,
  path: string,
  listener: CollectionListener<T>,
  options: FollowOptions,
): Promise<void> {
  const state: State = {
    version: undefined,
    everSynced: false,
    streaming: true,
    progressed: false,
    failures: 0,
  };
  const following: Following<T> = { source, path, listener: guarded(listener), options, state };
  while (!options.signal.aborted) {
    try {
      await round(following);
    } catch (cause) {
      if (wasAborted(options.signal)) return;
      await recover(following, cause);
    }
  }
}

/** The signal changes while others run, which the compiler does not see. */
function wasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** One list or one watch, to its clean end. */
async function round<T>(following: Following<T>): Promise<void> {
  const { source, state, options } = following;
  if (state.version === undefined && !state.streaming) await syncByPages(following);
  const startedAt = source.pace.now();
  await watch(following);
  const early = REWATCH_MS - (source.pace.now() - startedAt);
  if (early > 0) await source.pace.sleep(early, options.signal);
}

async function syncByPages<T>(following: Following<T>): Promise<void> {
  const { source, path, options, listener } = following;
  const objects: T[] = [];
  let version = '';
  const query = { limit: String(SYNC_PAGE), ...options.query };
  const send = source.transport.send.bind(source.transport);
  for await (const page of pagesOf(send, path, { query, signal: options.signal, whenExpired: 'throw' })) {
    for (const item of page.items) objects.push(listener.project(item));
    version = page.resourceVersion;
  }
  tellSynced(following, objects, version);
}

async function watch<T>(following: Following<T>): Promise<void> {
  const { source, path, options, listener, state } = following;
  // A WatchList: the state first, then a bookmark that says so, then changes, all on one stream.
  let initial = state.version === undefined ? new Map<string, T>() : undefined;
  const request: ApiRequest = { method: 'GET', path, query: watchQuery(following), signal: options.signal };
  for await (const line of source.transport.lines(request, source.quietMs)) {
    const event = eventFromLine(line);
    if (event === undefined) continue;
    progress(state);
    listener.alive?.();
    if (initial === undefined) {
      state.version = event.version;
      tell(following, event);
    } else if (endsInitialEvents(event)) {
      tellSynced(following, [...initial.values()], event.version);
      initial = undefined;
    } else {
      collect(initial, event, listener);
    }
  }
  // A server that does not know WatchList may serve an ordinary watch instead, which never says that it is complete.
  if (initial !== undefined) state.streaming = false;
}

function watchQuery<T>({ options, state, source }: Following<T>): NonNullable<ApiRequest['query']> {
  const seconds = WATCH_SECONDS + Math.floor(source.pace.random() * WATCH_SPREAD_SECONDS);
  const common = { ...options.query, watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: String(seconds) };
  if (state.version !== undefined) return { ...common, resourceVersion: state.version };
  return { ...common, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };
}

function collect<T>(into: Map<string, T>, { type, object }: WatchEvent, listener: CollectionListener<T>): void {
  if (type === 'DELETED') into.delete(keyOf(object));
  else if (type !== 'BOOKMARK') into.set(keyOf(object), listener.project(object));
}

function tell<T>({ listener }: Following<T>, { type, object }: WatchEvent): void {
  if (type === 'DELETED') listener.removed(listener.project(object));
  else if (type !== 'BOOKMARK') listener.changed(listener.project(object));
}

function tellSynced<T>({ listener, state }: Following<T>, objects: readonly T[], version: string): void {
  state.version = version;
  state.everSynced = true;
  progress(state);
  listener.alive?.();
  listener.synced(objects);
}

function progress(state: State): void {
  state.progressed = true;
  state.failures = 0;
}

async function recover<T>(following: Following<T>, cause: unknown): Promise<void> {
  const { listener, source, state, options } = following;
  if (!state.everSynced && isHopeless(cause, state.streaming)) throw cause;
  if (state.version === undefined && isWithoutWatchList(cause) && state.streaming) {
    state.streaming = false;
    return;
  }
  listener.interrupted?.(cause);
  if (isExpired(cause)) {
    state.version = undefined;
    // Once at once; a server that says so again and again is not asked without a pause.
    if (state.progressed) {
      state.progressed = false;
      return;
    }
  }
  state.progressed = false;
  state.failures += 1;
  const pause = pauseAfter(state.failures, BACK_OFF, source.pace.random());
  await source.pace.sleep(pause, options.signal).catch(() => undefined);
}

/** A 400 to a plain list is about the caller's own query; to a WatchList it may be about that. */
function isHopeless(cause: unknown, streaming: boolean): boolean {
  const hopeless = streaming ? [401, 403, 404] : [400, 401, 403, 404];
  return cause instanceof ClusterRefusal && hopeless.includes(cause.status);
}

/** Servers without the feature refuse its parameters as invalid. */
function isWithoutWatchList(cause: unknown): boolean {
  return cause instanceof ClusterRefusal && [400, 422].includes(cause.status);
}
