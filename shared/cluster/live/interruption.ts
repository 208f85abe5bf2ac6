import { MaintError } from '../../errors.ts';
import type { ApiAnswer, ApiRequest } from '../ports.ts';
import type { Pace } from './pace.ts';

/** How long after it was sent a write may still be answered when the person interrupts: a healthy server needs milliseconds. */
const WRITE_MS = 2000;

/** How long a call may take that is made after the interruption, to take something back or to tell how far it came. */
const AFTERWARDS_MS = 3000;

type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/**
 * The same, but that nobody who interrupts waits for the server: reads end at once, a write ends as one of which nobody
 * knows what became of it (MaintError `interrupted`), and after the first call that got no answer no other is tried.
 */
export function interruptible(send: Send, interrupt: AbortSignal, pace: Pace): Send {
  const silent = new AbortController();

  async function untilInterrupted(request: ApiRequest): Promise<ApiAnswer> {
    const over = new AbortController();
    const startedAt = pace.now();
    const giveUp = (): void => {
      if (request.method === 'GET') {
        over.abort(interrupt.reason);
        return;
      }
      void lapse(WRITE_MS - (pace.now() - startedAt), request, over);
    };
    interrupt.addEventListener('abort', giveUp, { once: true });
    return await bounded(request, over).finally(() => {
      interrupt.removeEventListener('abort', giveUp);
    });
  }

  function afterwards(request: ApiRequest): Promise<ApiAnswer> {
    const over = new AbortController();
    if (silent.signal.aborted) throw unanswered(request);
    void lapse(AFTERWARDS_MS, request, over);
    return bounded(request, over);
  }

  /** Ends a call after so many milliseconds: from then on the server counts as silent. */
  async function lapse(ms: number, request: ApiRequest, over: AbortController): Promise<void> {
    if (ms > 0) await pace.sleep(ms, over.signal).catch(() => undefined);
    if (over.signal.aborted) return;
    silent.abort();
    over.abort(unanswered(request));
  }

  /** Sends it; a request that does not end when it is told to (a login that hangs) is left behind. */
  async function bounded(request: ApiRequest, over: AbortController): Promise<ApiAnswer> {
    const signals = [over.signal, ...(request.signal === undefined ? [] : [request.signal])];
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const end = (): void => {
      reject(over.signal.reason);
    };
    over.signal.addEventListener('abort', end, { once: true });
    try {
      return await Promise.race([send({ ...request, signal: AbortSignal.any(signals) }), ended]);
    } finally {
      over.signal.removeEventListener('abort', end);
      over.abort();
    }
  }

  return async (request) => (interrupt.aborted ? afterwards(request) : untilInterrupted(request));
}

function unanswered({ method }: ApiRequest): MaintError {
  const what = method === 'GET' ? 'a read' : 'a write';
  return new MaintError('interrupted', `interrupted; the API server has not answered ${what}`);
}
