/**
 * `npm run bench -- webhook`: what a webhook adds to server dry-run creations through a real API server, beside a webhook
 * in Go that does nothing, beside policies in the API server, and beside none, each in turn in one run. The ratios of what
 * is added travel.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installService, REGISTRATION_PATH, startReplicaProcess } from '../support/replicas.ts';
import { SUBJECTS } from './admitted.ts';
import { floor, goNoop, nobody, ours, type Contender, type Stage } from './contenders.ts';
import { measure, type Latency } from './load.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { median } from './median.ts';
import { residentMiB } from './resident.ts';

const ROUNDS = 3;
/** Requests per measurement, by how many are under way at once. */
const LOADS: readonly (readonly [clients: number, requests: number])[] = [
  [1, 500],
  [8, 2000],
  [32, 3000],
];
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
  const contenders = [
    nobody(),
    await goNoop(stage),
    ours(stage, false),
    ours(stage, true),
    floor(stage, false),
    floor(stage, true),
  ];
  try {
    const figures = await measureAll(contenders, stage);
    printTable(contenders, figures);
    process.stdout.write(`\nresident memory of the webhook afterwards: ${residentMiB(webhook.pid).toFixed(0)} MiB\n`);
  } finally {
    for (const { end } of contenders) await end?.();
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Figures = ReadonlyMap<string, readonly Latency[]>;

async function measureAll(contenders: readonly Contender[], stage: Stage): Promise<Figures> {
  const figures = new Map<string, Latency[]>();
  const loads = SUBJECTS.flatMap((subject) => LOADS.map(([clients, requests]) => ({ subject, clients, requests })));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) {
      await contender.enter();
      for (const { subject, ...load } of loads) {
        const key = `${contender.title} ${subject.title} ${load.clients}`;
        const latency = await measure(subject, load, stage);
        process.stderr.write(`${key}: p50 ${latency.p50} ms, p99 ${latency.p99} ms\n`);
        figures.set(key, [...(figures.get(key) ?? []), latency]);
      }
      await contender.leave();
    }
  }
  return figures;
}

function printTable(contenders: readonly Contender[], figures: Figures): void {
  const of = (contender: string, subject: string, clients: number, what: keyof Latency): number =>
    median((figures.get(`${contender} ${subject} ${clients}`) ?? []).map((one) => one[what]));
  const [none = '', go = '', ...rest] = contenders.map(({ title }) => title);
  process.stdout.write(
    '| Request | clients | webhook | p50, ms | p99, ms | added p50 beside Go | added p99 beside Go | p50 beside none |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n',
  );
  for (const { title } of SUBJECTS) {
    for (const [clients] of LOADS) {
      const added = (contender: string, what: keyof Latency): number =>
        of(contender, title, clients, what) - of(none, title, clients, what);
      for (const contender of [none, go, ...rest]) {
        const isOurs = rest.includes(contender);
        const beside = (what: keyof Latency): string =>
          isOurs ? `${(added(contender, what) / added(go, what)).toFixed(2)} ×` : '';
        const [p50, p99] = [of(contender, title, clients, 'p50'), of(contender, title, clients, 'p99')];
        const besideNone = `${(p50 / of(none, title, clients, 'p50')).toFixed(2)} ×`;
        const cells = [
          title,
          clients,
          contender,
          p50.toFixed(2),
          p99.toFixed(2),
          beside('p50'),
          beside('p99'),
          besideNone,
        ];
        process.stdout.write(`| ${cells.join(' | ')} |\n`);
      }
    }
  }
}
