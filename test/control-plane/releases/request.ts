import { Agent as HttpAgent, get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import type { Environment } from '../../../packaging/cache-folder.ts';
import { renderElapsed } from '../elapsed.ts';
import { MOST_REDIRECTS, type Patience } from './limits.ts';

/** A download that another attempt would not change; the message says why. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

/** Whose proxies are used (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), and how long is waited. */
export interface Connection {
  readonly env: Environment;
  readonly patience: Patience;
}

/**
 * Asks for a file, from a byte on, and follows redirects, but never from TLS to none. The answer's status is 200, 206 or 416;
 * its body ends with an error when it is silent for too long. Rejects with DownloadError, or an error of the system.
 */
export async function request(url: URL, from: number, connection: Connection): Promise<IncomingMessage> {
  const { answerMs, silenceMs } = connection.patience;
  const deadline = AbortSignal.timeout(answerMs);
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await ask(at, from, connection, deadline);
    const next = answer.headers.location;
    const status = answer.statusCode ?? 0;
    if ([200, 206, 416].includes(status)) {
      answer.setTimeout(silenceMs, () => {
        answer.destroy(new Error(`nothing more came for ${renderElapsed(silenceMs)}`));
      });
      return answer;
    }
    answer.destroy();
    if (status < 300 || status >= 400 || next === undefined) {
      throw new DownloadError(`${at.host} answered ${status} for ${at.pathname}`);
    }
    at = redirected(at, next);
  }
  throw new DownloadError(`${url.host} redirected more than ${MOST_REDIRECTS} times`);
}

/** Where a redirect leads. Throws DownloadError for what is no address, and for one without TLS behind one with it. */
export function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  const allowed = from.protocol === 'https:' ? ['https:'] : ['https:', 'http:'];
  if (to === null || !allowed.includes(to.protocol)) throw new DownloadError(`${from.host} redirected to ${location}`);
  return to;
}

function ask(url: URL, from: number, { env, patience }: Connection, deadline: AbortSignal): Promise<IncomingMessage> {
  const [Agent, get] = url.protocol === 'https:' ? [HttpsAgent, httpsGet] : [HttpAgent, httpGet];
  const options: RequestOptions = {
    // The time-out ends the connection to a proxy that never answers, which would keep this process alive.
    agent: new Agent({ proxyEnv: { ...env }, timeout: patience.silenceMs }),
    headers: { 'User-Agent': 'kubectl-maint', ...(from > 0 ? { Range: `bytes=${from}-` } : {}) },
  };
  return new Promise((resolve, reject) => {
    const sent = get(url, options, (answer) => {
      deadline.removeEventListener('abort', giveUp);
      resolve(answer);
    });
    // Destroyed alone, a request that waits for a proxy would never say so.
    const giveUp = () => {
      reject(new DownloadError(`${url.host} did not answer within ${renderElapsed(patience.answerMs)}`));
      sent.destroy();
    };
    sent.once('error', reject);
    if (deadline.aborted) giveUp();
    else deadline.addEventListener('abort', giveUp);
  });
}

/** What people read of an attempt that failed. */
export function reasonOf(error: unknown, { host }: Pick<URL, 'host'>): string {
  if (error instanceof DownloadError) return error.message;
  if (!(error instanceof Error)) return `${host}: ${String(error)}`;
  // Node says no more of a connection that ends too early, and nothing of one that several addresses refuse.
  if (error.message === 'aborted') return `${host} closed the connection before the end`;
  return `${host}: ${error.message === '' && 'code' in error ? String(error.code) : error.message}`;
}
