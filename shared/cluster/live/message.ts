import type { IncomingMessage } from 'node:http';
import { MaintError } from '../../errors.ts';
import type { ApiAnswer, ApiRequest } from '../ports.ts';

/** The query with its question mark; empty without parameters. */
export function queryOf({ query = {} }: ApiRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** Headers that are the same for every request of a caller; a list is a header sent several times. */
export interface CallerHeaders {
  readonly userAgent: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** All headers of one request. */
export function headersOf(
  request: ApiRequest,
  caller: CallerHeaders,
  authorization: string | undefined,
  body: Buffer | undefined,
): Record<string, string | string[]> {
  const headers = new Map<string, string | string[]>([
    ['Accept', 'application/json'],
    ['User-Agent', caller.userAgent],
  ]);
  for (const [name, value] of Object.entries(caller.headers)) {
    headers.set(name, typeof value === 'string' ? value : [...value]);
  }
  if (authorization !== undefined) headers.set('Authorization', authorization);
  if (body !== undefined) {
    headers.set('Content-Type', request.contentType ?? 'application/json');
    headers.set('Content-Length', String(body.length));
  }
  return Object.fromEntries(headers);
}

/**
 * Reads an answer to its end; `heard` is told of each part. Throws what the stream throws where it was cut off, and
 * MaintError('cluster') as soon as more has come than the request takes.
 */
export async function answerFrom(
  response: IncomingMessage,
  { path, maxBytes = Infinity }: Pick<ApiRequest, 'path' | 'maxBytes'>,
  heard: () => void,
): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    heard();
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) throw new MaintError('cluster', `the answer to ${path} is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).map(([name, value]): [string, string | undefined] => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
