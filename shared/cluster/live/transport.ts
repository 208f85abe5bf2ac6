import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { MaintError } from '../../errors.ts';
import type { ApiAnswer, ApiRequest } from '../ports.ts';
import { agentFor, type ClientCertificate, type Endpoint, type Use } from './agent.ts';
import { connectionError, isReset, isTrustFailure } from './connection-error.ts';
import type { Credential, CredentialSource } from './credentials/source.ts';
import { limitFrom } from './limit.ts';
import { linesOf } from './lines.ts';
import { answerFrom, type CallerHeaders, headersOf, queryOf } from './message.ts';
import type { Pace } from './pace.ts';
import { refusalFromAnswer } from './refusal.ts';

/** How often a GET that the server is too busy for (429, 503 with Retry-After) is sent again. */
const BUSY_RETRIES = 4;

/** Longest pause a busy server is granted, in seconds: 4 × 5 s is what a person at a terminal bears. */
const LONGEST_BUSY_PAUSE_S = 5;

export interface TransportOptions extends CallerHeaders {
  readonly endpoint: Endpoint;
  readonly credentials: CredentialSource;
  /** For a request with its answer; 0 is no limit. */
  readonly requestTimeoutMs: number;
  /** Raw Warning headers of every answer. */
  readonly onWarnings: (headers: readonly string[]) => void;
  readonly pace: Pace;
}

/** Requests to one API server. */
export interface Transport {
  readonly server: string;
  /**
   * Any answer is returned. A GET is repeated once after a reset and a few times when the server is busy; anything
   * once with new credentials after 401 (nothing was done then). Writes are otherwise sent once.
   * Throws MaintError('cluster') without an answer, or the reason of the signal.
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
  /** The lines of an answer that goes on (a watch). Throws ClusterRefusal, or as `send`, or after `quietMs` of silence. */
  lines(request: ApiRequest, quietMs: number): AsyncGenerator<string>;
  close(): void;
}

interface Opened {
  readonly response: IncomingMessage;
  readonly credential: Credential;
}

/** A transport over node:https with connections that are kept. */
export function transportFrom(options: TransportOptions): Transport {
  const { endpoint, credentials, pace } = options;
  const base = new URL(endpoint.server);
  const prefix = base.pathname.replace(/\/$/, '');
  let kept: { agents: Map<Use, Promise<Agent>>; certificate: ClientCertificate | undefined } | undefined;

  function agentWith(certificate: ClientCertificate | undefined, use: Use): Promise<Agent> {
    if (kept?.certificate !== certificate) kept = undefined;
    kept ??= { agents: new Map(), certificate };
    const agent = kept.agents.get(use) ?? agentFor(endpoint, certificate, use);
    kept.agents.set(use, agent);
    return agent;
  }

  async function open(
    request: ApiRequest,
    signal: AbortSignal,
    onRequest?: (sent: ClientRequest) => void,
  ): Promise<Opened> {
    const credential = await credentials.current();
    const agent = await agentWith(credential.certificate, onRequest === undefined ? 'calls' : 'watches');
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body), 'utf8');
    const settings: RequestOptions = {
      agent,
      method: request.method,
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      path: prefix + request.path + queryOf(request),
      headers: headersOf(request, options, credential.authorization, body),
      signal,
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (base.protocol === 'http:' ? httpRequest : httpsRequest)(settings, resolve);
      sent.on('error', reject);
      onRequest?.(sent);
      sent.end(body);
    });
    options.onWarnings(response.headersDistinct.warning ?? []);
    return { response, credential };
  }

  async function exchange(request: ApiRequest): Promise<{ answer: ApiAnswer; credential: Credential }> {
    const limit = limitFrom(request.signal);
    if (options.requestTimeoutMs > 0) limit.after(options.requestTimeoutMs, timeoutError(endpoint.server, options));
    try {
      const { response, credential } = await open(request, limit.signal);
      return { answer: await answerFrom(response), credential };
    } catch (cause) {
      throw limit.signal.aborted ? limit.signal.reason : cause;
    } finally {
      limit.end();
    }
  }

  async function exchangeSafely(request: ApiRequest): Promise<{ answer: ApiAnswer; credential: Credential }> {
    try {
      return await exchange(request);
    } catch (cause) {
      if (request.method !== 'GET' || request.signal?.aborted === true || !isReset(cause)) throw cause;
      return exchange(request);
    }
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

  return {
    server: endpoint.server,
    async send(request) {
      try {
        let answer = await authenticated(request);
        for (let tries = 0; tries < BUSY_RETRIES; tries++) {
          const pause = busyPauseMs(request, answer);
          if (pause === undefined) break;
          await pace.sleep(pause, request.signal);
          answer = await authenticated(request);
        }
        return answer;
      } catch (cause) {
        throw explained(cause, request.signal);
      }
    },
    async *lines(request, quietMs) {
      const limit = limitFrom(request.signal);
      const watched = (sent: ClientRequest): void => {
        sent.setTimeout(quietMs, () => {
          limit.stop(new MaintError('cluster', `no data from ${endpoint.server} for ${quietMs / 1000} s`));
        });
      };
      try {
        let opened = await open(request, limit.signal, watched);
        if (opened.response.statusCode === 401 && credentials.reload(opened.credential)) {
          opened.response.resume();
          opened = await open(request, limit.signal, watched);
        }
        if (opened.response.statusCode !== 200) throw refusalFromAnswer(await answerFrom(opened.response));
        yield* linesOf(opened.response.setEncoding('utf8'));
      } catch (cause) {
        throw explained(limit.signal.aborted ? limit.signal.reason : cause, request.signal);
      } finally {
        limit.end();
      }
    },
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

function timeoutError(server: string, options: TransportOptions): MaintError {
  return new MaintError('cluster', `the server ${server} did not answer within ${options.requestTimeoutMs / 1000} s`, {
    hint: 'check that it is reachable, or raise --request-timeout',
  });
}

function busyPauseMs({ method }: ApiRequest, { status, headers }: ApiAnswer): number | undefined {
  if (method !== 'GET' || (status !== 429 && status !== 503)) return undefined;
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, LONGEST_BUSY_PAUSE_S) * 1000 : undefined;
}
