/** Moments before and during a maintenance that began at BEGUN, RFC 3339. */
export const [BEFORE, BEGUN, NOON, LATE] = [
  '2026-01-05T08:00:00Z',
  '2026-01-05T09:00:00Z',
  '2026-01-05T12:00:00Z',
  '2026-01-05T20:00:00Z',
] as const;

/** That maintenance, as it ends. */
export const ENDED = [{ node: 'n1', since: BEGUN }];
