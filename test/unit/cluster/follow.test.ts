import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/facts/json.ts';
import { follow } from '../../../shared/cluster/live/follow.ts';
import { openCluster } from '../../../shared/cluster/live/session.ts';
import type { CollectionListener } from '../../../shared/cluster/ports.ts';
import { linesOf } from '../../../shared/cluster/live/lines.ts';
import { transportFrom } from '../../../shared/cluster/live/transport.ts';
import { fixedCredential } from '../../../shared/cluster/live/credentials/source.ts';
import {
  closedAfterEach,
  fakePace,
  json,
  optionsFor,
  type Script,
  scriptedServer,
  type Seen,
  status,
  containing,
} from './scripted-server.ts';

const open = closedAfterEach();

const node = (name: string, version: number): object => ({ metadata: { name, resourceVersion: String(version) } });
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const added = (name: string, version: number): string => line('ADDED', node(name, version));
const bookmark = (version: number, initial = false): string =>
  line('BOOKMARK', {
    metadata: {
      resourceVersion: String(version),
      ...(initial && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  });

function say(response: ServerResponse, ...lines: string[]): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write(lines.join(''));
  return response;
}

const isWatchList = ({ url }: Seen): boolean => url.searchParams.has('sendInitialEvents');
const isWatch = ({ url }: Seen): boolean => url.searchParams.has('watch');

interface Followed {
  readonly told: string[];
  readonly asked: string[];
  readonly slept: number[];
  readonly rejected: unknown;
}

/** Follows until `told` holds `until`, then stops. */
async function followed(
  script: Script,
  until: string,
  more: { listener?: Partial<CollectionListener<unknown>>; quietMs?: number } = {},
): Promise<Followed> {
  const server = await scriptedServer(script);
  const pace = fakePace();
  const stop = new AbortController();
  const told: string[] = [];
  const tell = (text: string): void => {
    told.push(text);
    if (text === until) stop.abort();
  };
  const name = (object: unknown): string => textAt(object, 'metadata', 'name') ?? JSON.stringify(object);
  const listener: CollectionListener<unknown> = {
    project: (object) => object,
    synced: (objects) => {
      tell(`synced ${objects.map(name).join(',')}`);
    },
    changed: (object) => {
      tell(`changed ${name(object)}`);
    },
    removed: (object) => {
      tell(`removed ${name(object)}`);
    },
    interrupted: (cause) => {
      tell(`interrupted ${cause instanceof Error ? cause.message : String(cause)}`);
    },
    ...more.listener,
  };
  const endpoint = {
    name: 'c',
    server: server.url,
    caData: undefined,
    caFile: undefined,
    skipTlsVerify: false,
    tlsServerName: undefined,
    proxyUrl: undefined,
  };
  const transport = transportFrom({
    endpoint,
    credentials: fixedCredential({ authorization: undefined, certificate: undefined }),
    userAgent: 't',
    headers: {},
    requestTimeoutMs: 0,
    silenceMs: 5000,
    onExchange: undefined,
    onWarnings: () => undefined,
    pace,
  });
  open.push(transport, server);
  const source = { transport, pace, quietMs: more.quietMs ?? 5000 };
  const options = {
    query: { labelSelector: 'l' },
    signal: stop.signal,
  };
  const rejected = await follow(source, '/x', listener, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const asked = server.requests.map(({ url }) => {
    const query = url.searchParams;
    return query.has('sendInitialEvents')
      ? 'watchlist'
      : query.has('watch')
        ? `watch ${query.get('resourceVersion') ?? ''}`
        : 'list';
  });
  return { told, asked, slept: pace.slept, rejected };
}

describe('the first sync', () => {
  test('is a WatchList, and the same stream goes on with changes', async () => {
    const seen: Seen[] = [];
    const { told, asked } = await followed((request, response) => {
      seen.push(request);
      say(
        response,
        added('a', 1),
        added('b', 2),
        line('DELETED', node('b', 3)),
        bookmark(3, true),
        line('MODIFIED', node('a', 4)),
        line('DELETED', node('a', 5)),
      );
    }, 'removed a');
    expect(told).toEqual(['synced a', 'changed a', 'removed a']);
    expect(asked).toEqual(['watchlist']);
    expect(Object.fromEntries(seen[0]?.url.searchParams ?? [])).toEqual({
      labelSelector: 'l',
      watch: '1',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '240',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
    });
  });

  test.each([400, 422])('falls back to pages where the server refuses that with %i', async (code) => {
    const { told, asked } = await followed((request, response) => {
      if (isWatchList(request)) json(response, code, status(code, 'Invalid', 'sendInitialEvents is forbidden'));
      else if (isWatch(request)) say(response, added('c', 8));
      else if (request.url.searchParams.has('continue'))
        json(response, 200, { metadata: { resourceVersion: '7' }, items: [node('b', 2)] });
      else json(response, 200, { metadata: { resourceVersion: '7', continue: 'T' }, items: [node('a', 1)] });
    }, 'changed c');
    expect(told).toEqual(['synced a,b', 'changed c']);
    expect(asked).toEqual(['watchlist', 'list', 'list', 'watch 7']);
  });

  test('falls back where the stream ends without saying that it is complete', async () => {
    const { told, asked } = await followed((request, response) => {
      if (isWatchList(request)) say(response, added('a', 1)).end();
      else json(response, 200, { metadata: { resourceVersion: '7' }, items: [node('a', 1)] });
    }, 'synced a');
    expect(told).toEqual(['synced a']);
    expect(asked).toEqual(['watchlist', 'list']);
  });

  test('starts over where a list expires between its pages', async () => {
    let lists = 0;
    const { told, asked } = await followed((request, response) => {
      if (isWatchList(request)) json(response, 422, status(422, 'Invalid', 'no'));
      else if (request.url.searchParams.has('continue'))
        json(response, 410, status(410, 'Expired', 'old', { continue: 'NEW' }));
      else
        json(response, 200, {
          metadata: { resourceVersion: '9', ...(lists++ === 0 && { continue: 'T' }) },
          items: [node(`a${lists}`, 1)],
        });
    }, 'synced a2');
    expect(told).toEqual(['interrupted old', 'synced a2']);
    expect(asked).toEqual(['watchlist', 'list', 'list', 'list']);
  });

  test.each([401, 403, 404])('rejects on %i', async (code) => {
    const { rejected, asked } = await followed((_request, response) => {
      json(response, code, status(code, 'No', 'no'));
    }, 'never');
    expect(rejected).toMatchObject({ name: 'ClusterRefusal', status: code });
    expect(asked).toHaveLength(1);
  });

  test('outlives a server that is not there yet, with growing pauses', async () => {
    const { told, slept } = await followed((_request, response, count) => {
      if (count <= 7) json(response, 500, status(500, 'InternalError', 'boom'));
      else say(response, bookmark(1, true));
    }, 'synced ');
    expect(told).toEqual([...Array<string>(7).fill('interrupted boom'), 'synced ']);
    expect(slept).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
  });
});

describe('after the first sync', () => {
  const synced = [added('a', 1), bookmark(5, true)];

  /** Syncs, then breaks as asked, then tells of b. */
  async function broken(
    by: (response: ServerResponse) => unknown,
    more: Parameters<typeof followed>[2] = {},
  ): Promise<Followed> {
    let watches = 0;
    return followed(
      (request, response) => {
        if (isWatchList(request)) by(say(response, ...synced));
        else if (isWatch(request) && watches++ === 0) say(response, added('b', 9));
      },
      'changed b',
      more,
    );
  }

  test.each<[string, (response: ServerResponse) => unknown, string]>([
    ['a reset', (response) => setTimeout(() => response.socket?.resetAndDestroy(), 20), 'the connection was reset'],
    ['a line that is no JSON', (response) => response.write('{"type"\n'), 'not JSON'],
    ['a line that is no event', (response) => response.write('{}\n'), 'no watch event'],
    ['an event without a version', (response) => response.write(line('ADDED', {})), 'without a resourceVersion'],
    ['an object that is cut off', (response) => response.end('{"type":"ADDED"'), 'cut off'],
    ['an ERROR event', (response) => response.write(line('ERROR', { code: 500, message: 'etcd' })), 'etcd'],
  ])('%s: takes the watch up behind the last version', async (_name, by, words) => {
    const { told, asked, slept } = await broken(by);
    expect(told).toEqual(['synced a', containing(words), 'changed b']);
    expect(asked).toEqual(['watchlist', 'watch 5']);
    expect(slept).toEqual([800]);
  });

  test('silence: the watch counts as dead', async () => {
    const { told, asked } = await broken(() => undefined, { quietMs: 60 });
    expect(told).toEqual(['synced a', containing('for 0.06 s'), 'changed b']);
    expect(asked).toEqual(['watchlist', 'watch 5']);
  });

  test('a clean end: again at once, but not more than once a second', async () => {
    let watches = 0;
    const { told, asked, slept } = await followed((request, response) => {
      if (isWatchList(request)) say(response, ...synced).end();
      else if (watches++ < 2) say(response, bookmark(5 + watches)).end();
      else say(response, added('b', 9));
    }, 'changed b');
    expect(told).toEqual(['synced a', 'changed b']);
    expect(asked).toEqual(['watchlist', 'watch 5', 'watch 6', 'watch 7']);
    expect(slept).toEqual([1000, 1000, 1000]);
  });

  test.each<[string, Script]>([
    [
      'an answer',
      (_seen, response) => {
        json(response, 410, status(410, 'Expired', 'old'));
      },
    ],
    ['an event', (_seen, response) => say(response, line('ERROR', { code: 410, reason: 'Expired', message: 'old' }))],
  ])('410 as %s: everything is read again, at once', async (_name, gone) => {
    let lists = 0;
    const { told, asked, slept } = await followed((request, response, count) => {
      if (!isWatchList(request)) gone(request, response, count);
      else if (lists++ === 0) say(response, ...synced).end();
      else say(response, added('z', 20), bookmark(20, true));
    }, 'synced z');
    expect(told).toEqual(['synced a', 'interrupted old', 'synced z']);
    expect(asked).toEqual(['watchlist', 'watch 5', 'watchlist']);
    expect(slept).toEqual([1000]);
  });

  test('401, 403 and 404 no longer end it', async () => {
    let refusals = 0;
    const codes = [401, 403, 404];
    const { told } = await followed((request, response) => {
      const code = codes[refusals];
      if (isWatchList(request)) say(response, ...synced).end();
      else if (code === undefined) say(response, added('b', 9));
      else {
        refusals++;
        json(response, code, status(code, 'No', `no ${code}`));
      }
    }, 'changed b');
    expect(told).toEqual([
      'synced a',
      containing('logged in'),
      'interrupted no 403',
      'interrupted no 404',
      'changed b',
    ]);
  });

  test('a listener that throws is told so, and the watch goes on behind it', async () => {
    let calls = 0;
    const listener = {
      alive: () => {
        if (calls++ === 0) throw new Error('alive bug');
      },
      removed: () => {
        throw new Error('bug');
      },
    };
    const { told, asked } = await followed(
      (_request, response) => {
        say(response, ...synced, line('DELETED', node('a', 6)), added('b', 7));
      },
      'changed b',
      { listener },
    );
    expect(told).toEqual(['interrupted alive bug', 'synced a', 'interrupted bug', 'changed b']);
    expect(asked).toEqual(['watchlist']);
  });

  test('types of events that are not known are passed over', async () => {
    const { told } = await followed((_request, response) => {
      say(response, ...synced, line('NEW', node('x', 6)), added('b', 7));
    }, 'changed b');
    expect(told).toEqual(['synced a', 'changed b']);
  });

  test('a projection is all that is kept', async () => {
    const project = (object: unknown): unknown => ({
      metadata: { name: `small-${textAt(object, 'metadata', 'name') ?? ''}` },
    });
    const { told } = await followed(
      (_request, response) => {
        say(response, ...synced, added('b', 7));
      },
      'changed small-b',
      { listener: { project } },
    );
    expect(told).toEqual(['synced small-a', 'changed small-b']);
  });
});

test('a cluster stops following when it is told to, in the middle of a pause too', async () => {
  const server = await scriptedServer((_seen, response) => {
    json(response, 500, {});
  });
  const cluster = await openCluster(await optionsFor(server.url));
  open.push(cluster, server);
  const stop = new AbortController();
  const nothing = (): undefined => undefined;
  const interrupted = (): void => {
    setImmediate(() => {
      stop.abort();
    });
  };
  const listener = { project: nothing, synced: nothing, changed: nothing, removed: nothing, interrupted };
  await expect(cluster.follow('/x', listener, { signal: stop.signal })).resolves.toBeUndefined();
  expect(server.requests).toHaveLength(1);
});

test('lines survive any cut of the stream', async () => {
  const text = 'one\n\ntwö\r\nthree\n';
  for (let size = 1; size <= text.length; size++) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    const lines: string[] = [];
    for await (const one of linesOf(Readable.from(chunks))) lines.push(one);
    expect(lines.map((one) => one.trim())).toEqual(['one', 'twö', 'three']);
  }
});
