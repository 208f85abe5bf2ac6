import { renderDuration } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { ok, unknown, warn, type Diagnosis } from '../diagnosis.ts';
import type { Greeting } from '../readings.ts';

/**
 * Most that two clocks may differ, in ms. The plugin goes by the API server's (clockOf), but whoever types a moment for
 * --until reads it off a clock of his own, and so does whoever judges certificates and tokens.
 */
const MOST_SKEW_MS = 10_000;

/** A Date header says whole seconds (RFC 9110, 6.6.1). */
const DATE_STEP_MS = 1000;

export const clock = checkOf({
  id: 'clock',
  asks: 'Whether this machine and the API server have the same time',
  warns: `they differ by more than ${MOST_SKEW_MS / 1000} seconds`,
  fails: '',
  read: (readings) => readings.greeting(),
  judge: judgeClock,
});

/** Judges the Date header of an answer. Pure. */
export function judgeClock({ answer, sentAt, receivedAt }: Greeting): readonly Diagnosis[] {
  const date = Date.parse(answer.headers['date'] ?? '');
  if (Number.isNaN(date)) {
    return [
      unknown('the API server does not tell the time', 'look whether a proxy in between takes the Date header off'),
    ];
  }
  // The answer was dated at some moment between; what lies within is no difference.
  const ahead = sentAt - (date + DATE_STEP_MS);
  const behind = date - receivedAt;
  const skew = Math.max(ahead, behind, 0);
  if (skew <= MOST_SKEW_MS) return [ok('this machine and the API server agree about the time')];
  const which = ahead > behind ? 'ahead of' : 'behind';
  return [
    warn(
      `the clock of this machine is ${renderDuration(skew)} ${which} the API server's, which kubectl maint goes by: read a moment for --until off that one`,
      'let NTP set the clock of this machine, or of the control plane',
    ),
  ];
}
