import { expect, test } from 'vitest';
import { Arming, DISARM_AFTER_MS } from '../../../webhook/controller/registration/arming.ts';

const START = Date.parse('2026-11-23T12:00:00Z');

/** Whether some node is in maintenance at a moment (ms from the start), and what is wanted then. */
type Look = readonly [at: number, isInMaintenance: boolean | undefined, wanted: boolean | undefined];

test.each<[string, readonly Look[]]>([
  ['no node is in maintenance', [[0, false, false]]],
  ['nobody knows yet', [[0, undefined, undefined]]],
  [
    'a node goes into maintenance',
    [
      [0, false, false],
      [1, true, true],
    ],
  ],
  [
    'the last one leaves: only after a while, so that replicas that hear of it at different moments do not write in turns',
    [
      [0, true, true],
      [1, false, undefined],
      [DISARM_AFTER_MS, false, undefined],
      [DISARM_AFTER_MS + 1, false, false],
    ],
  ],
  [
    'it leaves long after anybody looked: the while begins when that is heard',
    [
      [0, true, true],
      [DISARM_AFTER_MS, false, undefined],
      [2 * DISARM_AFTER_MS - 1, false, undefined],
      [2 * DISARM_AFTER_MS, false, false],
    ],
  ],
  [
    'another one comes meanwhile',
    [
      [0, true, true],
      [1, false, undefined],
      [2, true, true],
      [3, false, undefined],
      [DISARM_AFTER_MS + 1, false, undefined],
      [DISARM_AFTER_MS + 3, false, false],
    ],
  ],
])('%s', (_what, looks) => {
  const arming = new Arming();
  expect(looks.map(([at, isInMaintenance]) => arming.want(isInMaintenance, START + at))).toEqual(
    looks.map(([, , wanted]) => wanted),
  );
});
