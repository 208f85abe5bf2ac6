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
  let chunks: Uint8Array[] | undefined = [];
  let size = 0;
  const timer = setTimeout(() => {
    end({ kind: chunks === undefined ? 'no-room' : 'late' });
  }, timeMs);

  /** The rest is taken first: closed in mid-upload, the connection is reset and the answer may be lost. */
  function giveUp(): void {
    chunks = undefined;
  }

  function end(body: Body): void {
    clearTimeout(timer);
    chunks = undefined;
    if (body.kind !== 'whole') arrival.leave();
    resolve(body);
  }

  request.on('data', (chunk: Uint8Array) => {
    if (chunks === undefined) return;
    size += chunk.length;
    if (size > MAX_BODY_BYTES) end({ kind: 'too-large' });
    else if (arrival.take(chunk.length)) chunks.push(chunk);
    else giveUp();
  });
  request.once('end', () => {
    const leave = chunks === undefined ? undefined : arrival.enter();
    if (chunks === undefined || leave === undefined) end({ kind: 'no-room' });
    else end({ kind: 'whole', bytes: Buffer.concat(chunks, size), leave });
  });
  request.once('close', () => {
    end({ kind: 'gone' });
  });
  request.once('error', () => {
    end({ kind: 'gone' });
  });
  return promise;
}
