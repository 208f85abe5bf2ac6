import type { Screen } from '../../terminal/screen.ts';
import type { Line } from './wire.ts';

/** A screen that hands over each line instead of showing it. */
export function screenOf(keep: (line: Line) => unknown): Screen {
  const say =
    (kind: Line['kind']) =>
    (text: string): void => {
      keep({ kind, text });
    };
  return { result: say('result'), data: say('result'), note: say('note'), warn: say('warn'), live: undefined };
}
