import { type Agent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { MaintError } from '../../errors.ts';
import type { ApiAnswer, ApiRequest } from '../ports.ts';
import { pauseAfter, retry, retryAfterMs, type BackOff } from '../retry.ts';
import { agentFor, hostOf, type ClientCertificate, type Endpoint, type Use } from './agent.ts';
import type { Exchange } from './connection-options.ts';
import { connectionError, isReset, isTrustFailure } from './connection-error.ts';
import type { Credential, CredentialSource } from './credentials/source.ts';
import { limitFrom } from './limit.ts';
import { linesOf } from './lines.ts';
import { answerFrom, type CallerHeaders, headersOf, queryOf } from './message.ts';
import type { Pace } from './pace.ts';
import { refusalFromAnswer } from './refusal.ts';
import { Skew } from './skew.ts';
import { Unanswered } from './unanswered.ts';

/** What stands in a log in place of a token or a password (as in client-go's own). */
const HIDDEN = '<masked>';

/** How often a GET is sent again that the server is too busy for (429, 503 with Retry-After), or fails at (5xx). */
const READ_RETRIES = 4;

/** A server that fails says nothing about when to ask again: 0.25 + 0.5 + 1 + 2 s outlast a restart behind a balancer. */
const READ_BACK_OFF: BackOff = { firstMs: 250, longestMs: 2000, jitter: 0 };

/** Failures of the moment: the server's own, or of what stands before it. Others (501, 505) are its last word. */
const FAILED: readonly number[] = [500, 502, 503, 504];

/** Longest pause a busy server is granted, in ms: 4 × 5 s is what a person at a terminal bears. */
const LONGEST_BUSY_PAUSE_MS = 5000;

export interface TransportOptions extends CallerHeaders {
  readonly endpoint: Endpoint;
  readonly credentials: CredentialSource;
  /** For a request with its answer; 0: as long as the server gives signs of life. */
  readonly requestTimeoutMs: number;
  /** Milliseconds without such a sign; SILENCE_MS but for tests. */
  readonly silenceMs: number;
  /** Raw Warning headers of every answer. */
  readonly onWarnings: (headers: readonly string[]) => void;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
  readonly pace: Pace;
}

/** Requests to one API server. */
export interface Transport {
  readonly server: string;
  /**
   * Any answer is returned. A GET is repeated once after a reset and a few times when the server is busy or fails; anything
   * once with new credentials after 401 (nothing was done then). Writes are otherwise sent once.
   * Throws MaintError('cluster') without an answer, or the reason of the signal.
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** The lines of an answer that goes on (a watch). Throws ClusterRefusal, or as `send`, or after `quietMs` of silence. */
  lines(request: ApiRequest, quietMs: number): AsyncGenerator<string>;
  /** The same for an answer that is no text of lines, as it comes. */
  bytes(request: ApiRequest, quietMs: number): AsyncGenerator<Buffer>;
  /** See Cluster. */
  unansweredMs(): number;
  /** See Cluster. */
  clockAheadMs(): number;
  close(): void;
}

/** Makes something of the parts of an answer; `alive` is told of each. */
type ReadParts<T> = (response: IncomingMessage, alive: () => void) => AsyncIterable<T>;

interface Opened {
  readonly response: IncomingMessage;
  readonly credential: Credential;
}

/** A transport over node:https with connections that are kept. */
export function transportFrom(options: TransportOptions): Transport {
  const { endpoint, credentials, pace } = options;
  const base = new URL(endpoint.server);
  const prefix = base.pathname.replace(/\/$/, '');
  const unanswered = new Unanswered(pace);
  const skew = new Skew(pace);
  let kept: { agents: Map<Use, Promise<Agent>>; certificate: ClientCertificate | undefined } | undefined;

  function agentWith(certificate: ClientCertificate | undefined, use: Use): Promise<Agent> {
    if (kept?.certificate !== certificate) kept = undefined;
    kept ??= { agents: new Map(), certificate };
    const agent = kept.agents.get(use) ?? agentFor(endpoint, certificate, use);
    kept.agents.set(use, agent);
    return agent;
  }

  async function open(request: ApiRequest, use: Use, signal: AbortSignal, heard: () => void): Promise<Opened> {
    const credential = await credentials.current();
    const agent = await agentWith(credential.certificate, use);
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body), 'utf8');
    const settings: RequestOptions = {
      agent,
      method: request.method,
      hostname: hostOf(endpoint),
      port: base.port,
      path: prefix + request.path + queryOf(request),
      headers: headersOf(request, options, credential.authorization, body),
      signal,
    };
    heard();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (base.protocol === 'http:' ? httpRequest : httpsRequest)(settings, resolve);
      // Waiting for a free connection is not waiting for the server.
      sent.on('socket', heard).on('error', reject);
      // Node tells a request that has no connection yet of its end only when it gets one.
      signal.addEventListener('abort', () => {
        reject(new Error('given up'));
      });
      sent.end(body);
    });
    heard();
    options.onWarnings(response.headersDistinct.warning ?? []);
    // Behind its proxy others answer, by clocks of their own.
    if (!request.path.includes('/proxy/')) skew.learn(response.headers.date);
    return { response, credential };
  }

  /** Tells of a request from now on; of its headers without what the caller proves itself by. */
  function teller(request: ApiRequest): (status: number | undefined, answer: unknown) => void {
    const { onExchange } = options;
    if (onExchange === undefined) return () => undefined;
    const sentAt = pace.now();
    const { method, body } = request;
    const url = `${endpoint.server}${request.path}${queryOf(request)}`;
    const headers = headersOf(request, options, HIDDEN, undefined);
    return (status, answer) => {
      onExchange({ method, url, headers, body, status, answer, ms: Math.round(pace.now() - sentAt) });
    };
  }

  async function exchange(request: ApiRequest): Promise<{ answer: ApiAnswer; credential: Credential }> {
    const limit = limitFrom(request.signal);
    const waiting = unanswered.expect();
    const { requestTimeoutMs, silenceMs } = options;
    if (requestTimeoutMs > 0) limit.after(requestTimeoutMs, () => timeoutError(endpoint.server, requestTimeoutMs));
    const heard = (): void => {
      waiting.since();
      if (requestTimeoutMs === 0) limit.after(silenceMs, () => timeoutError(endpoint.server, silenceMs));
    };
    const tell = teller(request);
    try {
      const { response, credential } = await open(request, 'calls', limit.signal, heard);
      const answer = await answerFrom(response, request, heard);
      tell(answer.status, answer.body);
      return { answer, credential };
    } catch (cause) {
      tell(undefined, undefined);
      throw limit.signal.aborted ? limit.signal.reason : cause;
    } finally {
      waiting.over();
      limit.end();
    }
  }

  function exchangeSafely(request: ApiRequest): Promise<{ answer: ApiAnswer; credential: Credential }> {
    const isAgain = (cause: unknown): boolean =>
      request.method === 'GET' && request.signal?.aborted !== true && isReset(cause);
    const failed = (cause: unknown, tries: number): number | undefined =>
      tries === 1 && isAgain(cause) ? 0 : undefined;
    return retry(() => exchange(request), { failed }, sleepFor(request));
  }

  function sleepFor({ signal }: ApiRequest): (ms: number) => Promise<void> {
    return (ms) => pace.sleep(ms, signal);
  }

  async function authenticated(request: ApiRequest): Promise<ApiAnswer> {
    const { answer, credential } = await exchangeSafely(request);
    if (answer.status !== 401 || !credentials.reload(credential)) return answer;
    return (await exchangeSafely(request)).answer;
  }

  /** The error a caller sees; trust that failed is looked up again next time, as the CA may have been renewed. */
  function explained(cause: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return signal.reason;
    if (isTrustFailure(cause)) kept = undefined;
    return connectionError(endpoint.server, cause);
  }

  /** What is made of an answer that goes on, as it comes. */
  async function* goingOn<T>(request: ApiRequest, quietMs: number, read: ReadParts<T>): AsyncGenerator<T> {
    const limit = limitFrom(request.signal);
    const waiting = unanswered.expect();
    const alive = (): void => {
      limit.after(quietMs, () => quietError(endpoint.server, quietMs));
    };
    const heard = (): void => {
      waiting.since();
      alive();
    };
    const tell = teller(request);
    try {
      let opened = await open(request, 'watches', limit.signal, heard);
      if (opened.response.statusCode === 401 && credentials.reload(opened.credential)) {
        opened.response.resume();
        opened = await open(request, 'watches', limit.signal, heard);
      }
      if (opened.response.statusCode !== 200)
        throw refusalFromAnswer(await answerFrom(opened.response, request, heard));
      tell(opened.response.statusCode, undefined);
      // From here on it owes nothing: a watch is silent where nothing changes, and a program that has nothing to say.
      waiting.over();
      yield* read(opened.response, alive);
    } catch (cause) {
      throw explained(limit.signal.aborted ? limit.signal.reason : cause, request.signal);
    } finally {
      waiting.over();
      limit.end();
    }
  }

  return {
    server: endpoint.server,
    async send(request) {
      try {
        const answered = (answer: ApiAnswer, tries: number): number | undefined => pauseMs(request, answer, tries);
        return await retry(() => authenticated(request), { answered }, sleepFor(request));
      } catch (cause) {
        throw explained(cause, request.signal);
      }
    },
    async *lines(request, quietMs) {
      yield* goingOn(request, quietMs, (response, alive) => linesOf(response.setEncoding('utf8'), alive));
    },
    async *bytes(request, quietMs) {
      yield* goingOn(request, quietMs, bytesOf);
    },
    unansweredMs: () => unanswered.longestMs(),
    clockAheadMs: () => skew.aheadMs,
    close() {
      for (const agent of kept?.agents.values() ?? []) {
        agent.then(
          (one) => {
            one.destroy();
          },
          () => undefined,
        );
      }
      kept = undefined;
    },
  };
}

async function* bytesOf(response: IncomingMessage, alive: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of response) {
    alive();
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}

function timeoutError(server: string, ms: number): MaintError {
  return new MaintError('cluster', `the server ${server} did not answer within ${ms / 1000} s`, {
    hint: 'check that it is reachable, or raise --request-timeout',
  });
}

function quietError(server: string, ms: number): MaintError {
  return new MaintError('cluster', `no data from ${server} for ${ms / 1000} s`);
}

/** How long to wait before a read is sent again; undefined where its answer is the last word. */
function pauseMs({ method }: ApiRequest, answer: ApiAnswer, tries: number): number | undefined {
  if (method !== 'GET' || tries > READ_RETRIES) return undefined;
  const { status } = answer;
  const granted = status === 429 || status === 503 ? retryAfterMs(answer) : undefined;
  if (granted !== undefined) return Math.min(granted, LONGEST_BUSY_PAUSE_MS);
  return FAILED.includes(status) ? pauseAfter(tries, READ_BACK_OFF, 0) : undefined;
}
