import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { fieldsAt, listAt, textAt } from '../../shared/index.ts';
import { ownAddress } from './service-endpoints.ts';

/** A silence, as it is kept. */
interface Kept {
  readonly silence: Readonly<Record<string, unknown>>;
  readonly startsAt: string;
  endsAt: string;
}

/** What speaks the part of Alertmanager's API v2 that silences have. */
export interface SilenceStandIn extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How many were ever made whose first matcher is about a label. */
  made(label: string): number;
  /** Whether it answers 503 to everything. */
  isDown: boolean;
}

/**
 * A stand-in of Alertmanager, in whose place the real one is asked where it was built (test/neighbours/alertmanager): silences
 * in memory that end by themselves, are extended under their id while they last, and are made anew after that. It knows no
 * filter, as those before version 0.16.
 */
export async function silenceStandIn(): Promise<SilenceStandIn> {
  const kept = new Map<string, Kept>();
  const isOver = ({ endsAt }: Kept): boolean => Date.parse(endsAt) <= Date.now();
  const told = ([id, one]: readonly [string, Kept]): object => ({
    ...one.silence,
    id,
    startsAt: one.startsAt,
    endsAt: one.endsAt,
    updatedAt: one.startsAt,
    status: { state: isOver(one) ? 'expired' : 'active' },
  });
  const post = (body: unknown): object => {
    const { id, ...silence } = fieldsAt(body);
    const [now, endsAt] = [new Date().toISOString(), textAt(body, 'endsAt') ?? ''];
    const earlier = kept.get(String(id));
    if (earlier !== undefined && !isOver(earlier)) {
      earlier.endsAt = endsAt;
      return { silenceID: id };
    }
    const silenceID = randomUUID();
    kept.set(silenceID, { silence, startsAt: now, endsAt });
    return { silenceID };
  };
  const answerTo = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const path = new URL(request.url ?? '', 'http://stand-in').pathname;
    if (standIn.isDown) return { status: 503, body: 'down' };
    if (path === '/api/v2/silences' && request.method === 'GET') return { status: 200, body: [...kept].map(told) };
    if (path === '/api/v2/silences') return { status: 200, body: post(await json(request)) };
    const one = kept.get(path.replace('/api/v2/silence/', ''));
    if (one === undefined || request.method !== 'DELETE') return { status: 404, body: 'no such silence' };
    if (!isOver(one)) one.endsAt = new Date().toISOString();
    return { status: 200, body: '' };
  };
  const server = createServer((request, response) => {
    void answerTo(request).then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, ownAddress(), resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const standIn = {
    url: `http://${ownAddress()}:${port}`,
    port,
    made: (label: string) =>
      [...kept.values()].filter(({ silence }) => textAt(listAt(silence['matchers'])[0], 'name') === label).length,
    isDown: false,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return standIn;
}
