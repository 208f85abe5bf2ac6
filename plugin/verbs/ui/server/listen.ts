import type { Express } from 'express';
import { createServer, type Server } from 'node:http';
import { MaintError, messageOf } from '../../../../shared/index.ts';

/** This machine alone: nobody else reaches it. */
const LOOPBACK = '127.0.0.1';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Ends it, and every connection to it. */
  readonly close: () => Promise<void>;
}

/** Serves on a port of this machine. Throws MaintError('usage') where it is taken. */
export async function listen(app: Express, port: number): Promise<Listening> {
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new MaintError('usage', `cannot serve on ${LOOPBACK}:${port}: ${messageOf(cause)}`, {
          hint: 'leave --port out: a free one is taken then',
          cause,
        }),
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
  return { port: portOf(server), close: () => closed(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
