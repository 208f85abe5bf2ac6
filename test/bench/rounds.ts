import type { Subject } from './admitted.ts';
import type { Contender, Stage } from './contenders.ts';
import { measure, type Latency, type Load, type Measure } from './load.ts';
import { median } from './median.ts';

/** So many rounds; in each, everything is measured once, so that what is compared was measured at about the same time. */
const ROUNDS = 5;
/** So many of them are told, the quietest. */
const TOLD = 3;

/** What one round gave, by what was measured. */
export type Round = ReadonlyMap<string, Latency>;

/** What is measured, of each contender. */
export interface Measured {
  readonly subjects: readonly Subject[];
  readonly loads: readonly Load[];
  /** Before each subject: connections are made and code is compiled then. */
  readonly warming?: Load;
  /** By the driver in Go unless told otherwise. */
  readonly by?: Measure;
}

/** What was measured of a contender in a round. */
export function keyOf(contender: string, subject: string, clients: number): string {
  return `${contender}, ${subject}, ${clients}`;
}

/** Measures all contenders in turn, round by round. */
export async function measureRounds(
  contenders: readonly Contender[],
  measured: Measured,
  stage: Stage,
): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // To and fro: what gets slower or faster in the course of a round does so for each of them.
    rounds.push(await measureRound(round % 2 === 0 ? contenders : contenders.toReversed(), measured, stage));
  }
  return rounds;
}

async function measureRound(
  contenders: readonly Contender[],
  { subjects, loads, warming, by = measure }: Measured,
  stage: Stage,
): Promise<Round> {
  const figures = new Map<string, Latency>();
  for (const contender of contenders) {
    await contender.enter();
    for (const subject of subjects) {
      if (warming !== undefined) await by(subject, warming, stage);
      for (const load of loads) {
        const key = keyOf(contender.title, subject.title, load.clients);
        const latency = await by(subject, load, stage);
        process.stderr.write(`${key}: p50 ${latency.p50.toFixed(2)} ms, p99 ${latency.p99.toFixed(2)} ms\n`);
        figures.set(key, latency);
      }
    }
    await contender.leave();
  }
  return figures;
}

/** What a round gave for something; NaN where it was not measured, so that nobody takes it for a figure. */
export function latencyIn(round: Round, key: string): Latency {
  return round.get(key) ?? { p50: NaN, p99: NaN };
}

/** The rounds in which what nothing was added to was the fastest: the machine did the least beside them. */
export function quietest(rounds: readonly Round[], bare: string): readonly Round[] {
  return [...rounds].sort((a, b) => latencyIn(a, bare).p50 - latencyIn(b, bare).p50).slice(0, TOLD);
}

/** Prints each contender beside the first of them, to which nothing was added; `what` names them. */
export function printBesideFirst(
  what: string,
  contenders: readonly Contender[],
  { subjects, loads }: Measured,
  rounds: readonly Round[],
): void {
  const [none = ''] = contenders.map(({ title }) => title);
  const head = ['Request', 'clients', what, 'p50, ms', 'p99, ms', 'p50 beside none'];
  const rows = subjects.flatMap(({ title }) =>
    loads.flatMap(({ clients }) => {
      const quiet = quietest(rounds, keyOf(none, title, clients));
      return contenders.map(({ title: contender }) => {
        const of = (round: Round): Latency => latencyIn(round, keyOf(contender, title, clients));
        const bare = (round: Round): Latency => latencyIn(round, keyOf(none, title, clients));
        const [p50, p99] = [median(quiet.map((round) => of(round).p50)), median(quiet.map((round) => of(round).p99))];
        const beside = median(quiet.map((round) => of(round).p50 / bare(round).p50));
        return [title, String(clients), contender, p50.toFixed(2), p99.toFixed(2), `${beside.toFixed(2)} ×`];
      });
    }),
  );
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  process.stdout.write(lines.join(''));
}
