import { checkOf } from '../check.ts';
import { ok, unknown, warn, type Diagnosis } from '../diagnosis.ts';
import type { GuardCanary } from '../guard-canary.ts';

/** Most that a review may add, in ms: a twelfth of what entries give it (timeoutSeconds 3), since controllers wait for it. */
const MOST_ADDED_MS = 250;

export const latency = checkOf({
  id: 'latency',
  asks: 'How long the API server waits for the webhook: dry-run writes that it reviews, beside plain reads',
  warns: `a review takes more than ${MOST_ADDED_MS} ms, or none could be timed`,
  fails: '',
  read: (readings) => readings.guardCanary(),
  judge: judgeLatency,
});

/** Judges the medians. Pure. */
export function judgeLatency(canary: GuardCanary | undefined): readonly Diagnosis[] {
  if (canary === undefined || canary.said.said !== 'denied' || canary.said.words.by !== 'webhook') {
    return [unknown('no call of the webhook could be timed', 'the check canary-node-guard says why')];
  }
  const [call, read] = [median(canary.calls), median(canary.reads)];
  const text = `a reviewed dry-run write takes ${call} ms, a plain read ${read} ms (medians of ${canary.calls.length})`;
  if (call - read <= MOST_ADDED_MS) return [ok(text)];
  return [
    warn(
      `${text}: reviews are slow, and calls that take a second are given up`,
      'look at the load of the replicas (kubectl top pods) and of their nodes, and at the network between',
    ),
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
