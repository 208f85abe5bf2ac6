/**
 * `npm run bench -- webhook`: what a webhook adds to server dry-run creations through a real API server, beside a webhook
 * in Go that does nothing and beside none, each registered in turn in one run. The ratios of what is added travel.
 */
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, isObject, numberAt } from '../../shared/index.ts';
import { issueAuthority, issueLeaf } from '../../webhook/tls/issue.ts';
import { spawnBound } from '../control-plane/bound-process.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { runProgram } from '../support/plugin-run.ts';
import { startWebhook, type WebhookProcess } from '../support/webhook-process.ts';
import { until } from '../support/until.ts';
import { goDriver } from './go-driver.ts';
import { median } from './median.ts';

const NODES = 5000;
const HELD = 50;
const ROUNDS = 3;
/** Requests per measurement, by how many are under way at once. */
const LOADS: readonly (readonly [clients: number, requests: number])[] = [
  [1, 500],
  [8, 2000],
  [32, 3000],
];
/** Nodes that are created at once. */
const AT_ONCE = 32;

const RECORD = JSON.stringify({
  version: 1,
  claims: [{ owner: 'bench', mode: 'cordon', since: '2026-01-05T22:00:00Z' }],
  before: { cordoned: false },
  initiatedAt: '2026-01-05T22:00:00Z',
});

interface Subject {
  readonly title: string;
  readonly collection: string;
  readonly object: object;
}

const container = { name: 'c', image: 'example.org/app:1' };
const SUBJECTS: readonly Subject[] = [
  {
    title: 'Job',
    collection: '/apis/batch/v1/namespaces/default/jobs',
    object: jobOf({}),
  },
  {
    title: 'Pod of 20 kB',
    collection: '/api/v1/namespaces/default/pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'NAME', annotations: { filler: 'x'.repeat(18_000) } },
      spec: { containers: Array.from({ length: 5 }, (_, index) => ({ ...container, name: `c${index}` })) },
    },
  },
  {
    title: 'Job, denied',
    collection: '/apis/batch/v1/namespaces/default/jobs',
    object: jobOf({ 'kubectl-maint.io/work': 'scan' }),
  },
];

function jobOf(labels: object): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'NAME', labels },
    spec: { template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } } },
  };
}

/** A state of the cluster that is measured. */
interface Contender {
  readonly title: string;
  enter(): Promise<void>;
  leave(): Promise<void>;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Prints the table. */
export async function benchWebhook(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-bench-'));
  await using plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
  await plane.api('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  await createNodes(plane);
  const webhook = await startWebhook(plane);
  const stage: Stage = { plane, folder, load: goDriver('load') };
  await writeFile(join(folder, 'ca.pem'), plane.ca);
  try {
    const contenders = [nobody(), await goNoop(stage), ours(stage, webhook, false), ours(stage, webhook, true)];
    const figures = await measureAll(contenders, stage);
    printTable(contenders, figures);
    process.stdout.write(`\nresident memory of the webhook afterwards: ${residentMiB(webhook.pid).toFixed(0)} MiB\n`);
  } finally {
    await webhook.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly plane: ControlPlane;
  readonly folder: string;
  readonly load: string;
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

async function measure(
  { title, collection, object }: Subject,
  { clients, requests }: { readonly clients: number; readonly requests: number },
  { plane, folder, load }: Stage,
): Promise<Latency> {
  const body = join(folder, `${title.replaceAll(/\W/g, '-')}.json`);
  await writeFile(body, JSON.stringify(object));
  const url = `-url=${plane.server}${collection}?dryRun=All`;
  const args = [url, `-token=${plane.adminToken}`, `-ca=${join(folder, 'ca.pem')}`, `-body=${body}`];
  const ran = await runProgram(load, [...args, `-n=${requests}`, `-c=${clients}`], process.env);
  if (ran.code !== 0) throw new Error(ran.stderr);
  const told: unknown = JSON.parse(ran.stdout);
  const codes = at(told, 'codes');
  const unexpected = isObject(codes) ? Object.keys(codes).filter((code) => code !== '201' && code !== '403') : ['none'];
  if (unexpected.length > 0) throw new Error(`${title}: ${ran.stdout}`);
  return { p50: numberAt(told, 'p50') ?? NaN, p99: numberAt(told, 'p99') ?? NaN };
}

function nobody(): Contender {
  return { title: 'no webhook', enter: () => Promise.resolve(), leave: () => Promise.resolve() };
}

/** Registered for what ours is asked about of these kinds. */
async function goNoop({ plane, folder }: Stage): Promise<Contender> {
  const now = Date.now();
  const authority = await issueAuthority(now);
  const leaf = await issueLeaf(authority, ['127.0.0.1'], now);
  const [certificate, key] = [join(folder, 'noop.crt'), join(folder, 'noop.key')];
  await writeFile(certificate, leaf.certificate);
  await writeFile(key, leaf.key);
  const child = spawnBound(goDriver('noop'), [certificate, key], { streams: ['ignore', 'pipe', 'ignore'] });
  const { stdout } = child.process;
  if (stdout === null) throw new Error('the Go webhook has no output');
  const said: readonly unknown[] = await once(stdout.setEncoding('utf8'), 'data');
  const port = String(said[0]).trim();
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  return {
    title: 'Go, does nothing',
    enter: async () => {
      const { status } = await plane.api('POST', path, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'noop' },
        webhooks: [
          {
            name: 'noop.example.org',
            clientConfig: {
              url: `https://127.0.0.1:${port}/validate`,
              caBundle: Buffer.from(authority.certificate).toString('base64'),
            },
            rules: [
              { apiGroups: ['', 'batch'], apiVersions: ['v1'], resources: ['pods', 'jobs'], operations: ['CREATE'] },
            ],
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      });
      if (status !== 201) throw new Error(`the Go webhook was not registered: ${status}`);
      await settled();
    },
    leave: async () => {
      await plane.api('DELETE', `${path}/noop`);
      await settled();
    },
  };
}

function ours({ plane }: Stage, webhook: WebhookProcess, isHeld: boolean): Contender {
  return {
    title: isHeld ? `ours, ${HELD} of ${NODES} nodes in maintenance` : `ours, none of ${NODES} nodes in maintenance`,
    enter: async () => {
      if (isHeld) await holdSome(plane, true);
      await webhook.register();
      await settled();
    },
    leave: async () => {
      await plane.kubectl(['delete', 'validatingwebhookconfigurations', 'kubectl-maint']);
      if (isHeld) await holdSome(plane, false);
      await settled();
    },
  };
}

/** API servers act on a registration some milliseconds after it was written. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

async function holdSome(plane: ControlPlane, isHeld: boolean): Promise<void> {
  for (let index = 0; index < HELD; index += 1) {
    const { status } = await plane.api('PATCH', `/api/v1/nodes/n${index}`, {
      metadata: {
        annotations: { 'kubectl-maint.io/maintenance': isHeld ? RECORD : null },
        labels: { 'kubectl-maint.io/maintenance': isHeld ? 'complete' : null },
      },
      spec: { unschedulable: isHeld ? true : null },
    });
    if (status !== 200) throw new Error(`node n${index} was not changed: ${status}`);
  }
}

async function createNodes(plane: ControlPlane): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < NODES) {
      const name = `n${next}`;
      next += 1;
      const { status } = await plane.api('POST', '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      });
      if (status !== 201) throw new Error(`node ${name}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await until('every node is there', async () => {
    const { stdout } = await plane.kubectl(['get', 'nodes', '-o', 'name']);
    return stdout.trim().split('\n').length === NODES;
  });
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

/** Of a process on Linux, by /proc. */
function residentMiB(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? NaN) / 1024;
}
