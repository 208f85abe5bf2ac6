import { clean, MaintError } from '../../../shared/index.ts';
import type { ActionOf } from '../hook.ts';
import type { Call } from '../record/undo.ts';
import { filled, filledText, type Variables } from '../template.ts';
import { exchange } from './exchange.ts';

/** Longest part of an answer that a failure repeats, in characters. */
const MAX_ANSWER = 200;

/** A call with everything filled in; what stands in its address is escaped. */
export function filledCall({ call }: ActionOf<'call'>, variables: Variables): Call {
  const { url, headers, body, method } = call;
  return {
    method,
    url: filledText(url, variables, encodeURIComponent),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, filledText(value, variables)])),
    ...(body !== undefined && { body: filled(body, variables) }),
  };
}

/** Makes a call. Throws MaintError('gave-up') where no answer with a status of 200 to 299 comes. */
export async function makeCall({ method, url, headers, body }: Call, signal: AbortSignal): Promise<void> {
  const isText = typeof body === 'string';
  const type = isText || body === undefined ? {} : { 'Content-Type': 'application/json' };
  const sent = body === undefined || isText ? body : JSON.stringify(body);
  const { status, text } = await exchange({ method, url, headers: { ...type, ...headers }, body: sent }, signal);
  if (status >= 200 && status < 300) return;
  throw new MaintError('gave-up', `${method} ${url} was answered with status ${status}: ${clean(text, MAX_ANSWER)}`);
}
