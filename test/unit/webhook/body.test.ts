import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { receiveBody } from '../../../webhook/admission/body.ts';
import { Gate } from '../../../webhook/admission/gate.ts';

test('a body that comes byte by byte takes no more room than twice what is in it', async () => {
  const parts = 100_000;
  const request = new IncomingMessage(new Socket());
  const body = receiveBody(request, 60_000, new Gate());
  for (let index = 0; index < parts; index += 1) request.emit('data', Buffer.of(index % 256));
  request.emit('end');
  const received = await body;
  if (received.kind !== 'whole') throw new Error(received.kind);
  expect(received.bytes).toEqual(Buffer.from(Array.from({ length: parts }, (_, index) => index % 256)));
  expect(received.bytes.buffer.byteLength).toBeLessThanOrEqual(2 * parts);
});
