import { renderDuration } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { repeat } from '../session/wait.ts';
import type { OutputSink } from './output.ts';

/** How often is looked whether a command says something, in ms: a question without a line end is seen that late. */
const LOOK_EVERY_MS = 1000;
/** After so much silence, in ms, and then as often, is said that the command still runs. */
const TELL_EVERY_MS = 60_000;

/** Until the signal aborts: shows questions that wait for an answer, and tells of a command that says nothing for long. */
export async function watchSilence(
  sink: Pick<OutputSink, 'isQuiet'>,
  tell: (text: string) => void,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const begun = clock.now();
  let heardAt = begun;
  let toldAt = begun;
  const look = (): void => {
    const now = clock.now();
    if (!sink.isQuiet()) heardAt = now;
    if (now - Math.max(heardAt, toldAt) < TELL_EVERY_MS) return;
    toldAt = now;
    tell(`runs for ${renderDuration(now - begun)}, and has said nothing for ${renderDuration(now - heardAt)}`);
  };
  await repeat(LOOK_EVERY_MS, look, { clock, signal });
}
