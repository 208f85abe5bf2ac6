import type { ServerResponse } from 'node:http';
import type { Board } from '../board.ts';
import type { Message } from '../wire.ts';

/** How often something is written to a quiet stream, so that both ends notice when the other is gone. */
const BEAT_MS = 15_000;

/** Writes everything that is known to a browser, and then what changes, as server-sent events, until it leaves. */
export function streamTo(response: ServerResponse, board: Board): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  let isBehind = false;
  const write = (messages: readonly Message[]): void => {
    if (isBehind || messages.length === 0) return;
    isBehind = !response.write(messages.map(eventOf).join(''));
  };
  const all = (): void => {
    isBehind = false;
    write(board.whole());
  };
  // A browser that reads too slowly misses what changes meanwhile, and hears all that is known then.
  response.on('drain', all);
  const stop = board.listen((message) => {
    write([message]);
  });
  const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
  all();
}

function eventOf(message: Message): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}
