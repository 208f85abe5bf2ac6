import { expect, test } from 'vitest';
import { endInWords, type CommandEnd } from '../../../../plugin/command/outcome.ts';

const well: CommandEnd = { code: 0, signal: null, timedOut: false, left: [], refused: [] };

test.each<[Partial<CommandEnd>, string]>([
  [{}, 'ended well'],
  [{ code: 3 }, 'exited with code 3'],
  [{ code: null, signal: 'SIGTERM', timedOut: true }, 'was stopped after 90s (--command-timeout)'],
  [
    { code: null, timedOut: true, left: [7], refused: [7] },
    'was to be stopped after 90s (--command-timeout), but process 7 still runs (no permission to end it): see to it before you go on',
  ],
  [{ code: null, signal: 'SIGKILL' }, 'was killed by SIGKILL'],
  [{ code: null, left: [7] }, 'was to be killed, but process 7 still runs: see to it before you go on'],
  [
    { code: 9, left: [1, 2, 3, 4, 5, 6, 7], refused: [6] },
    'exited with code 9, but processes 1, 2, 3, 4, 5 and 2 more still run (no permission to end process 6): see to it before you go on',
  ],
])('%j: %s', (end, words) => {
  expect(endInWords({ ...well, ...end }, 90_000)).toBe(words);
});
