import type { Latency } from './load.ts';

/** So many rounds; in each, everything is measured once, so that what is compared was measured at about the same time. */
export const ROUNDS = 5;
/** So many of them are told, the quietest. */
const TOLD = 3;

/** What one round gave, by what was measured. */
export type Round = ReadonlyMap<string, Latency>;

/** What a round gave for something; NaN where it was not measured, so that nobody takes it for a figure. */
export function latencyIn(round: Round, key: string): Latency {
  return round.get(key) ?? { p50: NaN, p99: NaN };
}

/** The rounds in which what nothing was added to was the fastest: the machine did the least beside them. */
export function quietest(rounds: readonly Round[], bare: string): readonly Round[] {
  return [...rounds].sort((a, b) => latencyIn(a, bare).p50 - latencyIn(b, bare).p50).slice(0, TOLD);
}
