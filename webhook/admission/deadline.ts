import { parseDuration } from '../../shared/index.ts';
import { TIMEOUT_SECONDS } from '../calls.ts';

/** Time for the answer to travel and the API server to read it, in ms: an answer past its deadline is a failed call. */
const TRAVEL_MS = 200;
/** The longest timeoutSeconds that Kubernetes accepts. */
const LONGEST_MS = 30_000;

/** Milliseconds that a decision may take, from `?timeout=3s` as the API server appends it. */
export function decisionTime(url: string): number {
  const query = new URLSearchParams(url.replace(/^[^?]*/, ''));
  const asked = parseDuration(query.get('timeout') ?? '');
  const whole = asked.ok && asked.value > 0 ? Math.min(asked.value, LONGEST_MS) : TIMEOUT_SECONDS * 1000;
  return Math.max(0, whole - TRAVEL_MS);
}
