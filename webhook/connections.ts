import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/**
 * Connections of a server at once: five API servers with one for each call that is decided at once (200). With TLS one takes
 * some 50 kB.
 */
export const MAX_CONNECTIONS = 1000;

interface Connection {
  readonly socket: Socket;
  /** Requests under way. */
  calls: number;
}

/**
 * Bounds the connections of a server so that silent ones take nobody's place. Where one too many comes, of those that never
 * had an answer the oldest ends, as long as they are half of all: an API server asks at once. Else of those that wait for
 * their next request the one ends that has waited for longest, which its caller opens again at no loss.
 */
export function boundConnections(server: Server | HttpsServer, most: number): void {
  /** Those that never had an answer, the oldest first. */
  const fresh = new Map<string, Connection>();
  /** Those that had, the one whose last answer is longest ago first. */
  const proven = new Map<string, Connection>();

  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    fresh.set(name, { socket, calls: 0 });
    socket.once('close', () => {
      fresh.delete(name);
      proven.delete(name);
    });
    if (fresh.size + proven.size > most) dispensable()?.socket.destroy();
  });
  server.on('request', ({ socket }, response) => {
    const name = nameOf(socket);
    const connection = fresh.get(name) ?? proven.get(name);
    if (connection === undefined) return;
    connection.calls += 1;
    response.once('close', () => {
      connection.calls -= 1;
      const isThere = fresh.delete(name) || proven.delete(name);
      if (isThere) (response.writableFinished ? proven : fresh).set(name, connection);
    });
  });

  function dispensable(): Connection | undefined {
    const [oldest] = fresh.values();
    if (fresh.size > most / 2) return oldest;
    return [...proven.values()].find(({ calls }) => calls === 0) ?? oldest;
  }
}

/** The same for a connection and for what is encrypted on it: of one server no two that are open share it. */
function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
