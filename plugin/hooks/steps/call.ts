import { clean, MaintError, messageOf, textAt } from '../../../shared/index.ts';
import type { ActionOf } from '../hook.ts';
import type { Call } from '../record/undo.ts';
import { filled, filledText, type Variables } from '../template.ts';

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
  const type = isText ? {} : { 'Content-Type': 'application/json' };
  const init = {
    method,
    signal,
    // Where it leads to is not what was written.
    redirect: 'manual' as const,
    headers: { ...(body === undefined ? {} : type), ...headers },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  };
  const answer = await fetch(url, init).catch((thrown: unknown) => {
    // fetch says why below its own failure.
    const cause =
      textAt(thrown, 'cause', 'message') ??
      (thrown instanceof Error ? messageOf(thrown.cause ?? thrown) : messageOf(thrown));
    throw new MaintError('gave-up', `${method} ${url} failed: ${cause}`, { cause: thrown });
  });
  const said = await answer.text().catch(() => '');
  if (answer.ok) return;
  throw new MaintError(
    'gave-up',
    `${method} ${url} was answered with status ${answer.status}: ${clean(said, MAX_ANSWER)}`,
  );
}
