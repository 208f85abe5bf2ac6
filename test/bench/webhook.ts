/**
 * `npm run bench -- webhook`: what a webhook adds to server dry-run creations through a real API server, beside a webhook
 * in Go that does nothing and beside none, each in turn in every round. The ratios of what is added travel.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installService, REGISTRATION_PATH, startReplicaProcess } from '../support/replicas.ts';
import { SUBJECTS } from './admitted.ts';
import { goNoop, nobody, ours, type Contender, type Stage } from './contenders.ts';
import { measure, type Latency } from './load.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { median } from './median.ts';
import { peakMiB, residentMiB } from './resident.ts';
import { latencyIn, quietest, ROUNDS, type Round } from './rounds.ts';

/** Requests per measurement, by how many are under way at once. */
const LOADS: readonly (readonly [clients: number, requests: number])[] = [
  [1, 500],
  [8, 2000],
  [32, 3000],
];
/** Before each that counts: connections are made and code is compiled then, of every contender. */
const WARMING = { clients: 8, requests: 300 };

/** Prints the table. */
export async function benchWebhook(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startWithManyNodes();
  await installService(plane);
  const webhook = await startReplicaProcess(plane);
  // Each contender installs what it needs.
  await plane.api('DELETE', REGISTRATION_PATH);
  const stage: Stage = { plane, folder };
  await writeFile(join(folder, 'ca.pem'), plane.ca);
  const contenders = [nobody(), await goNoop(stage), ours(stage, false), ours(stage, true)];
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // To and fro: what gets slower or faster in the course of a round does so for each of them.
      rounds.push(await measureRound(round % 2 === 0 ? contenders : contenders.toReversed(), stage));
    }
    printTable(contenders, rounds);
    const [now, peak] = [residentMiB(webhook.pid).toFixed(0), peakMiB(webhook.pid).toFixed(0)];
    process.stdout.write(`\nresident memory of the webhook afterwards: ${now} MiB, at most ${peak} MiB\n`);
  } finally {
    for (const { end } of contenders) await end?.();
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureRound(contenders: readonly Contender[], stage: Stage): Promise<Round> {
  const figures = new Map<string, Latency>();
  for (const contender of contenders) {
    await contender.enter();
    for (const subject of SUBJECTS) {
      await measure(subject, WARMING, stage);
      for (const [clients, requests] of LOADS) {
        const key = keyOf(contender.title, subject.title, clients);
        const latency = await measure(subject, { clients, requests }, stage);
        process.stderr.write(`${key}: p50 ${latency.p50} ms, p99 ${latency.p99} ms\n`);
        figures.set(key, latency);
      }
    }
    await contender.leave();
  }
  return figures;
}

function keyOf(contender: string, subject: string, clients: number): string {
  return `${contender}, ${subject}, ${clients}`;
}

const HEAD = [
  'Request',
  'clients',
  'webhook',
  'p50, ms',
  'p99, ms',
  'added p50 beside Go',
  'added p99 beside Go',
  'p50 beside none',
];

function printTable(contenders: readonly Contender[], rounds: readonly Round[]): void {
  const [none = '', go = '', ...rest] = contenders.map(({ title }) => title);
  const lines: string[][] = [HEAD, HEAD.map(() => '---')];
  for (const { title } of SUBJECTS) {
    for (const [clients] of LOADS) {
      const quiet = quietest(rounds, keyOf(none, title, clients));
      // A ratio is of one round; of the rounds' ratios the middle one is told.
      const middle = (figure: (of: (contender: string) => Latency) => number): number =>
        median(quiet.map((round) => figure((contender) => latencyIn(round, keyOf(contender, title, clients)))));
      const beside = (contender: string, what: keyof Latency): string =>
        times(middle((of) => (of(contender)[what] - of(none)[what]) / (of(go)[what] - of(none)[what])));
      for (const contender of [none, go, ...rest]) {
        const isOurs = rest.includes(contender);
        lines.push([
          title,
          String(clients),
          contender,
          middle((of) => of(contender).p50).toFixed(2),
          middle((of) => of(contender).p99).toFixed(2),
          isOurs ? beside(contender, 'p50') : '',
          isOurs ? beside(contender, 'p99') : '',
          times(middle((of) => of(contender).p50 / of(none).p50)),
        ]);
      }
    }
  }
  process.stdout.write(lines.map((cells) => `| ${cells.join(' | ')} |\n`).join(''));
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
