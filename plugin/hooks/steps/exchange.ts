import { MaintError, messageOf, textAt } from '../../../shared/index.ts';

/** Most bytes of an answer that are read: nobody whom a hook asks has more to say. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** A request over HTTP to an address of its own. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent. */
  readonly body: string | undefined;
}

/** Sends a request and reads its answer, of any status; redirects are not followed. Throws MaintError('gave-up') without one. */
export async function exchange(
  { method, url, headers, body }: Sent,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  // Where a redirect leads to is not what was written.
  const init = { method, signal, redirect: 'manual' as const, headers, ...(body !== undefined && { body }) };
  try {
    const answer = await fetch(url, init);
    return { status: answer.status, text: await boundedText(answer) };
  } catch (thrown) {
    if (thrown instanceof MaintError) throw thrown;
    // fetch says why below its own failure.
    const cause =
      textAt(thrown, 'cause', 'message') ??
      (thrown instanceof Error ? messageOf(thrown.cause ?? thrown) : messageOf(thrown));
    throw new MaintError('gave-up', `${method} ${url} failed: ${cause}`, { cause: thrown });
  }
}

async function boundedText({ body, url }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body === null) return '';
  const parts: AsyncIterable<Uint8Array> = body;
  for await (const chunk of parts) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new MaintError('gave-up', `the answer of ${url} is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
