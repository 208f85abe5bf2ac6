/** What becomes of a call whose caller goes, and of connections on which nothing comes: at a real server. */
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterReader } from '../../../shared/index.ts';
import { MAX_IN_FLIGHT_BYTES } from '../../../webhook/admission/gate.ts';
import { LOOPBACK, openDoor, type Served } from './served.ts';
import { nodeObject, post, reviewOf, volumeBackup } from './world.ts';

const NODES = [nodeObject('n1', true), nodeObject('n2')];
const REVIEW = JSON.stringify(reviewOf(volumeBackup('n2')));
let door: Served | undefined;

afterEach(async () => {
  await door?.close();
});

function noPages(): never {
  throw new Error('no list is read');
}

/** A reader that answers when it is told to, and tells of reads that begin and that end unanswered. */
class HeldReader implements ClusterReader {
  readonly answer = Promise.withResolvers<object>();
  begun = 0;
  ended = 0;
  #waiting: (() => void)[] = [];

  async get(_path: string, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
    this.begun += 1;
    const aborted = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => {
      this.ended += 1;
      aborted.reject(new Error('ended'));
      this.#wake();
    });
    this.#wake();
    return Promise.race([this.answer.promise, aborted.promise]);
  }

  readonly pages = noPages;

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const noReader: ClusterReader = {
  get: () => Promise.resolve(nodeObject('n2')),
  pages: () => {
    throw new Error('no list is read');
  },
};

/** A call that its caller may give up. */
function begin({ url, ca }: Served) {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': REVIEW.length };
  const call = request(url, { ca, method: 'POST', agent: false, headers });
  call.on('error', () => undefined);
  call.end(REVIEW);
  return call;
}

describe('a caller that goes', () => {
  test('ends the reads that are made for it, and nothing is decided for nobody', async () => {
    const reader = new HeldReader();
    door = await openDoor(NODES, reader);
    const call = begin(door);
    await reader.until(() => reader.begun === 1);
    call.destroy();
    await reader.until(() => reader.ended === 1);
    await expect
      .poll(() => door?.metrics())
      .toContain('requests_total{operation="none",decision="gone",work="none"} 1');
    expect(door.gate.inFlight).toBe(0);
    expect(door.decided).toEqual([]);
  });

  test('ends none of the reads that others wait for too', async () => {
    const reader = new HeldReader();
    const served = await openDoor(NODES, reader);
    door = served;
    // All places for reads are taken, so that what comes then is asked for together.
    const before = Array.from({ length: 16 }, () => begin(served));
    await reader.until(() => reader.begun === 16);
    const [gone, answer] = [begin(served), post(served.url, served.ca, REVIEW)];
    await expect.poll(() => served.gate.inFlight).toBe(18);
    gone.destroy();
    await expect.poll(() => served.gate.inFlight).toBe(17);
    for (const call of before.slice(1)) call.destroy();
    await reader.until(() => reader.begun > 16);
    reader.answer.resolve(nodeObject('n2'));
    expect(await answer).toMatchObject({ status: 200, json: { response: { allowed: true } } });
  });
});

const MOST = 20;

/** A connection on which only some text ever comes; `encrypted` after a handshake. */
async function silent({ port, ca }: Served, text: string, encrypted: boolean): Promise<Socket> {
  const socket = encrypted ? connectSecurely({ host: LOOPBACK, port, ca }) : connect({ host: LOOPBACK, port });
  socket.on('error', () => undefined);
  await once(socket, encrypted ? 'secureConnect' : 'connect');
  if (text !== '') socket.write(text);
  return socket;
}

describe('of connections on which nothing comes', () => {
  const START = 'POST /validate?timeout=30s HTTP/1.1\r\nHost: x\r\n';
  test.each([
    ['before their handshake', '', false],
    ['in the middle of it', '\u0016\u0003\u0001', false],
    ['after it', '', true],
    ['in the middle of their headers', START, true],
    ['before their body', `${START}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`, true],
  ])('%s the oldest give way, and nobody else waits', async (_when, text, encrypted) => {
    door = await openDoor(NODES, noReader, MOST);
    const served = door;
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await post(served.url, served.ca, REVIEW, { agent: kept })).toMatchObject({ status: 200 });
    const ends: Promise<unknown>[] = [];
    const sockets: Socket[] = [];
    for (let index = 0; index < 3 * MOST; index += 1) {
      const socket = await silent(served, text, encrypted);
      sockets.push(socket);
      ends.push(once(socket, 'close'));
    }
    await Promise.all(ends.slice(0, 2 * MOST));
    expect(await post(served.url, served.ca, REVIEW, { agent: kept })).toMatchObject({ status: 200 });
    expect(await post(served.url, served.ca, REVIEW)).toMatchObject({ status: 200 });
    for (const socket of sockets) socket.destroy();
    kept.destroy();
  });

  test('between requests the one ends that has waited for longest', async () => {
    door = await openDoor(NODES, noReader, 2);
    const [first, second, third] = Array.from({ length: 3 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    for (const agent of [first, second, third])
      expect(await post(door.url, door.ca, REVIEW, { agent })).toMatchObject({ status: 200 });
    await expect.poll(() => Object.keys(first?.freeSockets ?? {})).toEqual([]);
    expect(Object.keys(second?.freeSockets ?? {})).toHaveLength(1);
    for (const agent of [first, second, third]) agent?.destroy();
  });
});

test('of large bodies that come at once as many are taken as there is room for, and the rest is sent back', async () => {
  const node = Promise.withResolvers<object>();
  // No read ends before the last body is here, however long 100 MB take.
  const served = await openDoor(NODES, { get: () => node.promise, pages: noPages });
  door = served;
  const large = Buffer.from(REVIEW.padEnd(3 * 1024 * 1024));
  const room = Math.floor(MAX_IN_FLIGHT_BYTES / large.length);
  const statuses = Array.from({ length: 2 * room }, async () => (await post(served.url, served.ca, large)).status);
  await expect.poll(() => served.metrics(), { timeout: 20_000 }).toMatch(new RegExp(`shed_total ${room}$`, 'm'));
  expect(served.gate.inFlight).toBe(room);
  node.resolve(nodeObject('n2'));
  expect(Map.groupBy(await Promise.all(statuses), (status) => status).get(200)).toHaveLength(room);
}, 30_000);
