import { createServer, type Socket } from 'node:net';

/** A port that takes connections and says nothing. */
export async function silentPort() {
  const sockets = new Set<Socket>();
  const { promise: connected, resolve } = Promise.withResolvers<undefined>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    resolve(undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    connected,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          done();
        });
      }),
  };
}
