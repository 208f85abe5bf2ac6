import { clean, MaintError, objectPath, textAt, type ClusterSender } from '../../../shared/index.ts';
import { exchange, MAX_ANSWER_BYTES } from '../steps/exchange.ts';
import { serviceOf, type Service } from './place.ts';

/** What is asked of a server. */
interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, with every name escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What asking takes. */
export interface ServerPorts {
  readonly cluster: ClusterSender;
  readonly signal: AbortSignal;
}

/** Longest part of an answer that a failure repeats, in characters. */
const MAX_REASON = 200;

/**
 * The answer of a server, from its JSON; undefined where it says 404. Throws MaintError('gave-up') on every other status but
 * 200 to 299, and without an answer.
 */
export async function askServer(server: string, asked: Asked, ports: ServerPorts): Promise<unknown> {
  const { method, path } = asked;
  const service = serviceOf(server);
  const { status, body } =
    service === undefined ? await direct(server, asked, ports) : await proxied(service, asked, ports);
  if (status >= 200 && status < 300) return body ?? {};
  if (status === 404 && textAt(body, 'kind') !== 'Status') return undefined;
  const reason = textAt(body, 'message') ?? (typeof body === 'string' ? body : JSON.stringify(body));
  throw new MaintError(
    'gave-up',
    `${method} ${server}${path} was answered with status ${status}: ${clean(reason, MAX_REASON)}`,
  );
}

/** What an answer is made of. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function direct(server: string, { method, path, query = {}, body }: Asked, ports: ServerPorts): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  const headers = { Accept: 'application/json', ...(body !== undefined && { 'Content-Type': 'application/json' }) };
  const url = `${server.replace(/\/$/, '')}${path}${search === '' ? '' : `?${search}`}`;
  const sent = { method, url, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  const { status, text } = await exchange(sent, ports.signal);
  return { status, body: valueOf(text) };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function proxied({ namespace, name, path: below }: Service, asked: Asked, ports: ServerPorts): Promise<Answer> {
  const { method, path, query, body } = asked;
  return ports.cluster.send({
    method,
    path: `${objectPath('v1/services', namespace, name)}/proxy${below}${path}`,
    signal: ports.signal,
    maxBytes: MAX_ANSWER_BYTES,
    ...(query !== undefined && { query }),
    ...(body !== undefined && { body }),
  });
}
