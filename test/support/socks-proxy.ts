import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** A proxy that is told names and leads to one port. */
export interface SocksProxy {
  readonly url: string;
  /** The names that it was asked for. */
  readonly asked: readonly string[];
}

/** A SOCKS 5 proxy (RFC 1928) that leads everybody to one port of this machine; it ends with the test. */
export async function socksProxy(port: number): Promise<SocksProxy> {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        asked.push(request[3] === 3 ? request.subarray(5, 5 + (request[4] ?? 0)).toString() : 'an address');
        const onward = connect(port, '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          socket.pipe(onward).pipe(socket);
        });
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
  });
  const address = proxy.address();
  const own = typeof address === 'object' ? address?.port : undefined;
  return { url: `socks5://127.0.0.1:${own ?? 0}`, asked };
}
