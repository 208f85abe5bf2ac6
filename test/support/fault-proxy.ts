import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { until } from './until.ts';

/** A request that arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** An answer in place of the API server's. */
export interface Instead {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API server does what it is asked, and whoever asked never hears of it; `done` is called when it has. */
export interface Swallowed {
  readonly done: () => void;
}

type Outcome = Instead | Swallowed | undefined;

/** Looks at every request before the API server does; an answer keeps it from there. */
export type Fault = (arrived: Arrived) => Promise<Outcome> | Outcome;

/** Stands between a client and the real API server. */
export interface FaultProxy extends AsyncDisposable {
  /** For `--server`. */
  readonly url: string;
  readonly seen: readonly Arrived[];
  /** How many bytes of answers the client was sent so far. */
  bytes(): number;
  /**
   * From when this resolves nothing more arrives of a watch on such a path, once there is one, and nobody is told: a dead
   * connection.
   */
  stallWatch(pathPrefix: string): Promise<void>;
  /** Whether something on such a path is being answered, as a watch is until who asked has enough of it. */
  isAnswering(pathPrefix: string): boolean;
  /** Breaks off what is being answered on such paths. */
  cut(pathPrefix: string): void;
}

/** Passes everything on to the control plane's API server, watches too, but for what `fault` answers itself. */
export async function faultProxy(plane: ControlPlane, fault: Fault): Promise<FaultProxy> {
  const agent = new Agent({ ca: plane.ca, keepAlive: true });
  const seen: Arrived[] = [];
  let bytes = 0;
  const flowing = new Map<ServerResponse, { readonly path: string; readonly reply: IncomingMessage }>();
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrived = { method: incoming.method ?? '', path: incoming.url ?? '', body: await text(incoming) };
    seen.push(arrived);
    const instead = await fault(arrived);
    if (instead === undefined) passOn(incoming, arrived, response);
    else if ('done' in instead) passOn(incoming, arrived, response, instead);
    else answer(response, instead);
  };
  const passOn = (
    incoming: IncomingMessage,
    { method, path, body }: Arrived,
    response: ServerResponse,
    swallowed?: Swallowed,
  ): void => {
    const { host, ...headers } = incoming.headers;
    const onward = request(new URL(path, plane.server), { method, headers, agent }, (reply) => {
      if (swallowed !== undefined) {
        reply.resume().on('end', swallowed.done);
        return;
      }
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      response.flushHeaders();
      reply.on('data', (chunk: Buffer) => (bytes += chunk.length)).pipe(response);
      flowing.set(response, { path, reply });
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => {
      flowing.delete(response);
      onward.destroy();
    });
    onward.end(body);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    bytes: () => bytes,
    stallWatch: async (pathPrefix) => {
      const watches = () =>
        [...flowing].filter(([, { path }]) => path.startsWith(pathPrefix) && path.includes('watch='));
      await until(`a watch of ${pathPrefix} is answered`, () => watches().length > 0);
      for (const [response, { reply }] of watches()) reply.unpipe(response);
    },
    isAnswering: (pathPrefix) => [...flowing.values()].some(({ path }) => path.startsWith(pathPrefix)),
    cut: (pathPrefix) => {
      for (const [response, { path }] of flowing) if (path.startsWith(pathPrefix)) response.destroy();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, { status, body, headers }: Instead): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}
