/**
 * `npm run bench -- check`: 10,000 documents through the built `kubectl maint check`, beside a process that only parses
 * them with the same library. Each runs in turn, as a whole process; the ratio of the medians is what travels.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './median.ts';

const DOCUMENTS = 10_000;
const RUNS = 5;
const ROOT = join(import.meta.dirname, '../..');

function manifest(index: number): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: job-${index}
  namespace: team-${index % 20}
  labels:
    app.kubernetes.io/name: report
    app.kubernetes.io/part-of: shop
spec:
  backoffLimit: 3
  template:
    metadata:
      labels:
        app.kubernetes.io/name: report
    spec:
      restartPolicy: Never
      containers:
        - name: report
          image: example.org/report:1.${index % 9}
          args: ["--day", "${index}"]
          resources:
            requests: { cpu: 100m, memory: 128Mi }
`;
}

const NODES = ['n1', 'n2']
  .map(
    (name) => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n  labels: { kubernetes.io/hostname: ${name} }\n`,
  )
  .join('---\n');

/** Seconds and peak memory in MiB of one whole process, as it tells of itself when it ends. */
function run(args: readonly string[]): { seconds: number; mebibytes: number } {
  const started = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', join(import.meta.dirname, 'peak-memory.ts'), ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (status !== 0) throw new Error(stderr + stdout.slice(-500));
  return { seconds, mebibytes: Number(/peak-kib=(\d+)/.exec(stderr)?.[1] ?? NaN) / 1024 };
}

/** Prints the table. */
export function benchCheck(): void {
  const folder = mkdtempSync(join(tmpdir(), 'maint-bench-'));
  const [manifests, nodes] = [join(folder, 'jobs.yaml'), join(folder, 'nodes.yaml')];
  writeFileSync(manifests, Array.from({ length: DOCUMENTS }, (_, index) => manifest(index)).join('---\n'));
  writeFileSync(nodes, NODES);
  const contenders = {
    'parsing alone': [join(import.meta.dirname, 'parse-only.ts'), manifests],
    'kubectl maint check -o json': [
      join(ROOT, 'dist/kubectl-maint.cjs'),
      'check',
      '-f',
      manifests,
      '--nodes',
      nodes,
      '-o',
      'json',
    ],
  };
  const figures = new Map(
    Object.keys(contenders).map((name) => [name, [] as { seconds: number; mebibytes: number }[]]),
  );
  for (let round = 0; round < RUNS; round += 1) {
    for (const [name, args] of Object.entries(contenders)) figures.get(name)?.push(run(args));
  }
  rmSync(folder, { recursive: true });
  process.stdout.write(`| ${DOCUMENTS} documents | seconds p50 | peak MiB p50 |\n| --- | --- | --- |\n`);
  for (const [name, runs] of figures) {
    const seconds = median(runs.map((one) => one.seconds)).toFixed(2);
    process.stdout.write(`| ${name} | ${seconds} | ${median(runs.map((one) => one.mebibytes)).toFixed(0)} |\n`);
  }
}
