/**
 * `npm run bench -- floor`: what the API server's own policies add to server dry-run creations, with 5,000 nodes of which none
 * or 50 are in maintenance, beside none. One client; the policies see no webhook. The ratios travel.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveAsProcess } from '../support/webhook-process.ts';
import { SUBJECTS } from './admitted.ts';
import { floor, nobody, type Contender, type Stage } from './contenders.ts';
import { measure, type Latency } from './load.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { median } from './median.ts';
import { latencyIn, quietest, ROUNDS, type Round } from './rounds.ts';

const LOAD = { clients: 1, requests: 500 };

/** Prints the table. */
export async function benchFloor(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startWithManyNodes();
  // It keeps the register, and nobody registers it.
  const controller = await serveAsProcess(plane, ['--host=127.0.0.1', '--with-controller']);
  const stage: Stage = { plane, folder };
  await writeFile(join(folder, 'ca.pem'), plane.ca);
  const contenders = [{ ...nobody(), title: 'no policy' }, floor(stage, false), floor(stage, true)];
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(contenders, stage));
    printTable(contenders, rounds);
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureRound(contenders: readonly Contender[], stage: Stage): Promise<Round> {
  const figures = new Map<string, Latency>();
  for (const contender of contenders) {
    await contender.enter();
    for (const subject of SUBJECTS) {
      const key = keyOf(contender.title, subject.title);
      const latency = await measure(subject, LOAD, stage);
      process.stderr.write(`${key}: p50 ${latency.p50} ms, p99 ${latency.p99} ms\n`);
      figures.set(key, latency);
    }
    await contender.leave();
  }
  return figures;
}

function keyOf(contender: string, subject: string): string {
  return `${contender}, ${subject}`;
}

function printTable(contenders: readonly Contender[], rounds: readonly Round[]): void {
  const [none = '', ...rest] = contenders.map(({ title }) => title);
  process.stdout.write(
    '| Request | policies | p50, ms | p99, ms | p50 beside none |\n| --- | --- | --- | --- | --- |\n',
  );
  for (const { title } of SUBJECTS) {
    const quiet = quietest(rounds, keyOf(none, title));
    for (const contender of [none, ...rest]) {
      const of = (round: Round): Latency => latencyIn(round, keyOf(contender, title));
      const beside = median(quiet.map((round) => of(round).p50 / latencyIn(round, keyOf(none, title)).p50));
      const [p50, p99] = [median(quiet.map((round) => of(round).p50)), median(quiet.map((round) => of(round).p99))];
      const cells = [title, contender, p50.toFixed(2), p99.toFixed(2), `${beside.toFixed(2)} ×`];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
}
