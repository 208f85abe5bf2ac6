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
import { floor, nobody, type Stage } from './contenders.ts';
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
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(stage));
    printTable(rounds);
  } finally {
    await controller.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders(stage: Stage) {
  return [{ ...nobody(), title: 'no policy' }, floor(stage, false), floor(stage, true)];
}

async function measureRound(stage: Stage): Promise<Round> {
  const figures = new Map<string, Latency>();
  for (const contender of contenders(stage)) {
    await contender.enter();
    for (const subject of SUBJECTS) {
      const latency = await measure(subject, LOAD, stage);
      process.stderr.write(`${contender.title}, ${subject.title}: p50 ${latency.p50} ms, p99 ${latency.p99} ms\n`);
      figures.set(keyOf(contender, subject), latency);
    }
    await contender.leave();
  }
  return figures;
}

interface Titled {
  readonly title: string;
}

function keyOf(contender: Titled, subject: Titled): string {
  return `${contender.title} ${subject.title}`;
}

function printTable(rounds: readonly Round[]): void {
  const [first] = rounds;
  const titles = [...new Set([...(first?.keys() ?? [])])];
  process.stdout.write(
    '| Request | policies | p50, ms | p99, ms | p50 beside none |\n| --- | --- | --- | --- | --- |\n',
  );
  for (const subject of SUBJECTS) {
    const own = titles.filter((title) => title.endsWith(` ${subject.title}`));
    const [none = ''] = own;
    const quiet = quietest(rounds, none);
    for (const key of own) {
      const [p50, p99] = (['p50', 'p99'] as const).map((what) =>
        median(quiet.map((round) => latencyIn(round, key)[what])),
      );
      const beside = median(quiet.map((round) => latencyIn(round, key).p50 / latencyIn(round, none).p50));
      const cells = [
        subject.title,
        key.replace(` ${subject.title}`, ''),
        p50?.toFixed(2),
        p99?.toFixed(2),
        `${beside.toFixed(2)} ×`,
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
}
