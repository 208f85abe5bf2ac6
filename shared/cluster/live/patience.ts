import { ClusterRefusal, MaintError } from '../../errors.ts';
import { textAt } from '../../facts/json.ts';
import type { ApiAnswer, ApiRequest } from '../ports.ts';
import { pauseAfter, retry, type BackOff } from '../retry.ts';
import type { Pace } from './pace.ts';

/** How long an outage is waited out, in ms: an API server alone is back in seconds, one whose node reboots in minutes. */
const PATIENCE_MS = 10 * 60_000;

/** Asked again often enough that nobody notices, and seldom enough that a server that starts is not in its way. */
const BACK_OFF: BackOff = { firstMs: 500, longestMs: 5000, jitter: 0.5 };

/** Failures of a moment, as what stands before an API server that is away answers. */
const FAILED: readonly number[] = [500, 502, 503, 504];

/** What an API server says of everybody while it has not read yet who he is and what he may: nothing was done then. */
const NOT_KNOWN: readonly number[] = [401, 403];
/** For how long after an outage that counts as a beginning, in ms: of one that has just started it takes a second or two. */
const STARTING_MS = 15_000;

/** System calls that fail before a byte of a request is sent. */
const BEFORE_SENDING: readonly string[] = ['connect', 'getaddrinfo'];

type Send = (request: ApiRequest) => Promise<ApiAnswer>;

/** What waiting takes. */
export interface PatiencePorts {
  readonly pace: Pace;
  /** Hears why, once for each outage. */
  readonly tell: (why: string) => void;
}

/**
 * The same, but that an API server which cannot be reached is waited for: reads are sent again whatever came of them, a
 * write only where not a byte of it has left. The last failure counts when patience is over.
 */
export function patient(send: Send, { pace, tell }: PatiencePorts): Send {
  let isOut = false;
  let failedAt = Number.NEGATIVE_INFINITY;
  const pauseFor = (tries: number): number => pauseAfter(tries, BACK_OFF, pace.random());
  return (request) => {
    const startedAt = pace.now();
    const outage = (tries: number, why: string): number | undefined => {
      failedAt = pace.now();
      if (request.signal?.aborted === true || failedAt - startedAt > PATIENCE_MS) return undefined;
      if (!isOut) tell(why);
      isOut = true;
      return pauseFor(tries);
    };
    const answered = (answer: ApiAnswer, tries: number): number | undefined => {
      if (request.method === 'GET' && FAILED.includes(answer.status)) return outage(tries, reasonOf(answer));
      if (NOT_KNOWN.includes(answer.status) && pace.now() - failedAt < STARTING_MS) return pauseFor(tries);
      isOut = false;
      return undefined;
    };
    const failed = (thrown: unknown, tries: number): number | undefined =>
      mayBeSentAgain(request, thrown) ? outage(tries, thrown.message) : undefined;
    return retry(
      () => send(request),
      { answered, failed },
      (ms) => pace.sleep(ms, request.signal),
    );
  };
}

function reasonOf({ status, body }: ApiAnswer): string {
  return textAt(body, 'message') ?? `status ${status}`;
}

function mayBeSentAgain({ method }: ApiRequest, thrown: unknown): thrown is MaintError {
  if (!(thrown instanceof MaintError) || thrown instanceof ClusterRefusal || thrown.code !== 'cluster') return false;
  return method === 'GET' || BEFORE_SENDING.includes(syscallOf(thrown.cause));
}

/** A name with several addresses fails with all their failures. */
function syscallOf(cause: unknown): string {
  if (cause instanceof AggregateError) return syscallOf(cause.errors[0]);
  return textAt(cause, 'syscall') ?? '';
}
