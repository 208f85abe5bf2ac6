import type { RequestListener, Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections of a server at once: five API servers with one for each call that is decided at once (200). With TLS one takes
 * some 50 kB.
 */
export const MAX_CONNECTIONS = 1000;

/**
 * Requests of a connection at once. HTTP/1.1 lets a client send its next ones before it has read an answer; API servers,
 * kubelets and Prometheus never do, and whoever does has thousands of answers made by a few bytes. One more than one: the next
 * request may be here a moment before the answer to the last is known to be sent.
 */
const MAX_CALLS = 2;

interface Connection {
  readonly socket: Socket;
  /** Requests under way. */
  calls: number;
  /** Whether it ends with its next answer. */
  isLeaving: boolean;
}

/** The connections of a server. */
export interface Connections {
  /** Ends all that there are: those without a request under way at once, the others with its answer. */
  end(): void;
}

/**
 * Bounds the connections of a server so that silent ones take nobody's place. Where one too many comes, of those that never
 * had an answer the oldest ends, as long as they are half of all: an API server asks at once. Else of those that wait for
 * their next request the one ends that has waited for longest, which its caller opens again at no loss. A connection with
 * more than MAX_CALLS requests ends as well; the others reach the application.
 */
export function boundConnections(server: Server | HttpsServer, most: number, app: RequestListener): Connections {
  /** Those that never had an answer, the oldest first. */
  const fresh = new Map<string, Connection>();
  /** Those that had, the one whose last answer is longest ago first. */
  const proven = new Map<string, Connection>();
  const places = [fresh, proven];

  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    const connection = { socket, calls: 0, isLeaving: false };
    // One that has just ended may stand there still: its caller has come again from the same port.
    fresh.delete(name);
    proven.delete(name);
    fresh.set(name, connection);
    socket.once('close', () => {
      forget(name, connection);
    });
    if (fresh.size + proven.size > most) dispensable()?.socket.destroy();
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    const name = nameOf(socket);
    const connection = fresh.get(name) ?? proven.get(name);
    if (connection === undefined || connection.calls >= MAX_CALLS) {
      socket.destroy();
      return;
    }
    connection.calls += 1;
    response.once('close', () => {
      connection.calls -= 1;
      if (forget(name, connection)) (response.writableFinished ? proven : fresh).set(name, connection);
      if (connection.isLeaving) socket.destroySoon();
    });
    app(request, response);
  });

  /** Takes out a connection, where it is the one of that name; says whether it was. */
  function forget(name: string, connection: Connection): boolean {
    const place = places.find((some) => some.get(name) === connection);
    return place?.delete(name) ?? false;
  }

  function dispensable(): Connection | undefined {
    const [oldest] = fresh.values();
    if (fresh.size > most / 2) return oldest;
    return [...proven.values()].find(({ calls }) => calls === 0) ?? oldest;
  }

  return {
    end: () => {
      for (const connection of places.flatMap((place) => [...place.values()])) {
        connection.isLeaving = true;
        if (connection.calls === 0) connection.socket.destroy();
      }
    },
  };
}

/** The same for a connection and for what is encrypted on it: of one server no two that are open share it. */
function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
