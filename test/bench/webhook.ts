/**
 * `npm run bench -- webhook`: what a webhook adds to server dry-run creations through a real API server, beside a webhook
 * in Go that does nothing, beside one in Node.js and beside none, each in turn in every round. The ratios of what is added travel.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installService, REGISTRATION_PATH, startReplicaProcess } from '../support/replicas.ts';
import { SUBJECTS } from './admitted.ts';
import { goNoop, goNoopAskedAsOurs, nobody, nodeNoop, ours, type Contender, type Stage } from './contenders.ts';
import type { Latency } from './load.ts';
import { startWithManyNodes } from './many-nodes.ts';
import { median } from './median.ts';
import { peakMiB, residentMiB } from './resident.ts';
import { keyOf, latencyIn, measureRounds, quietest, type Measured, type Round } from './rounds.ts';

const MEASURED: Measured = {
  subjects: SUBJECTS,
  loads: [
    { clients: 1, requests: 500 },
    { clients: 8, requests: 2000 },
    { clients: 32, requests: 3000 },
  ],
  warming: { clients: 8, requests: 300 },
};

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
    await goNoopAskedAsOurs(stage),
    await nodeNoop(stage),
    ours(stage, false),
    ours(stage, true),
  ];
  try {
    printTable(contenders, await measureRounds(contenders, MEASURED, stage));
    const [now, peak] = [residentMiB(webhook.pid).toFixed(0), peakMiB(webhook.pid).toFixed(0)];
    process.stdout.write(`\nresident memory of the webhook afterwards: ${now} MiB, at most ${peak} MiB\n`);
  } finally {
    for (const { end } of contenders) await end?.();
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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
    for (const { clients } of MEASURED.loads) {
      const quiet = quietest(rounds, keyOf(none, title, clients));
      // A ratio is of one round; of the rounds' ratios the middle one is told.
      const middle = (figure: (of: (contender: string) => Latency) => number): number =>
        median(quiet.map((round) => figure((contender) => latencyIn(round, keyOf(contender, title, clients)))));
      const beside = (contender: string, what: keyof Latency): string =>
        times(middle((of) => (of(contender)[what] - of(none)[what]) / (of(go)[what] - of(none)[what])));
      for (const contender of [none, go, ...rest]) {
        const isBesideGo = rest.includes(contender);
        lines.push([
          title,
          String(clients),
          contender,
          middle((of) => of(contender).p50).toFixed(2),
          middle((of) => of(contender).p99).toFixed(2),
          isBesideGo ? beside(contender, 'p50') : '',
          isBesideGo ? beside(contender, 'p99') : '',
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
