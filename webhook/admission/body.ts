import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES, type Gate } from './gate.ts';

/** What became of the body of a call. */
export type Body =
  /** It is here, and the call is let in; `leave` ends the call. */
  | { readonly kind: 'whole'; readonly bytes: Uint8Array; readonly leave: () => void }
  /** There is no room for it, or for the call. */
  | { readonly kind: 'no-room' }
  /** It is larger than MAX_BODY_BYTES. */
  | { readonly kind: 'too-large' }
  /** It has not come within the time of its call. */
  | { readonly kind: 'late' }
  /** Whoever sent it has gone. */
  | { readonly kind: 'gone' };

/** Takes the body of a call as it arrives, within `timeMs`. Never rejects. */
export function receiveBody(request: IncomingMessage, timeMs: number, gate: Gate): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>();
  const arrival = gate.receive(giveUp);
  /** Undefined: there was no room, and what still comes is thrown away. */
  let arrived: Arrived | undefined = new Arrived();
  let size = 0;
  const timer = setTimeout(() => {
    end({ kind: arrived === undefined ? 'no-room' : 'late' });
  }, timeMs);

  /** The rest is taken first: closed in mid-upload, the connection is reset and the answer may be lost. */
  function giveUp(): void {
    arrived = undefined;
  }

  function end(body: Body): void {
    clearTimeout(timer);
    arrived = undefined;
    if (body.kind !== 'whole') arrival.leave();
    resolve(body);
  }

  request.on('data', (chunk: Uint8Array) => {
    if (arrived === undefined) return;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) end({ kind: 'too-large' });
    else if (arrival.take(chunk.length)) arrived.add(chunk);
    else giveUp();
  });
  request.once('end', () => {
    const leave = arrived === undefined ? undefined : arrival.enter();
    if (arrived === undefined || leave === undefined) end({ kind: 'no-room' });
    else end({ kind: 'whole', bytes: arrived.bytes, leave });
  });
  request.once('close', () => {
    end({ kind: 'gone' });
  });
  request.once('error', () => {
    end({ kind: 'gone' });
  });
  return promise;
}

/** Room for the first bytes of a body: most reviews are smaller. */
const FIRST_BYTES = 16 * 1024;

/**
 * What has arrived, in one piece that doubles. Whoever sends a body byte by byte sends millions of parts, each of which
 * would take a hundred times the room of what is in it.
 */
class Arrived {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #size = 0;

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  add(chunk: Uint8Array): void {
    const size = this.#size + chunk.length;
    if (size > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#buffer.length));
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
    this.#size = size;
  }
}
