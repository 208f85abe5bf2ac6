import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Ports of 127.0.0.1 that are free now, all different. Another process may still be faster to take one: whoever listens
 * then says `address already in use`, and the start is tried again with other ports.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  // Closed only after all are open, or the same port might come twice.
  const ports = await Promise.all(servers.map((server) => listening(server, 0)));
  await Promise.all(servers.map(closed));
  return ports;
}

/** Below what systems give to whoever asks for any port (Linux from 32768, macOS from 49152). */
const STEADY_PORTS = [20_000, 30_000] as const;

/**
 * A free port of 127.0.0.1 for a listener that leaves it and comes back: meanwhile nobody is given it who asks for any, and
 * no connection leaves from it.
 */
export async function steadyPort(): Promise<number> {
  const server = createServer();
  try {
    return await listening(server, randomInt(...STEADY_PORTS));
  } catch {
    return await steadyPort();
  } finally {
    await closed(server);
  }
}

/** Some of these, all different: for programs that listen seconds after they were given theirs. */
export async function steadyPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await steadyPort());
  return [...ports];
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port was given'));
      else resolve(address.port);
    });
  });
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}
