import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { textAt, numberAt } from '../../shared/facts/json.ts';
import { spawnBound, type BoundProcess } from '../control-plane/bound-process.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { nodeFlagsOf } from './node-flags.ts';
import { until } from './until.ts';

const BIN = join(import.meta.dirname, '../../dist/maint-webhook.cjs');

/** The built webhook, serving as a process on this machine. */
export interface ServingProcess {
  readonly port: number;
  readonly healthUrl: string;
  readonly metricsUrl: string;
  readonly pid: number;
  /** What it has written to its log so far. */
  readonly log: readonly string[];
  /** Asks it to end, and waits until it has; its exit code. */
  stop(): Promise<number | null>;
}

/** One that is registered by hand. */
export interface WebhookProcess extends ServingProcess {
  readonly url: string;
  /** Registers it with the API server; requests are reviewed from then on. */
  register(failurePolicy?: 'Ignore' | 'Fail'): Promise<void>;
}

/** Starts the built webhook with its controller against a control plane, and waits until it is ready; its policy is that of its registration. */
export async function startWebhook(
  controlPlane: ControlPlane,
  policy: readonly string[] = [],
): Promise<WebhookProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-webhook-'));
  const caFile = join(folder, 'ca.pem');
  const serving = await serveAsProcess(controlPlane, [
    '--with-controller',
    '--host=127.0.0.1',
    `--ca-out=${caFile}`,
    ...policy,
  ]);
  const url = `https://127.0.0.1:${serving.port}`;
  return {
    ...serving,
    url,
    register: (failurePolicy = 'Fail') => register(controlPlane, { url, caFile, failurePolicy, policy }),
    stop: async () => {
      const code = await serving.stop();
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** How a process differs from the usual. */
export interface ServeHow {
  /** A user of the control plane; its admin by default. */
  readonly user?: string;
  /** Of the admission door; any free one by default. */
  readonly port?: number;
  /** Whether it comes to be ready, and is waited for; true by default. */
  readonly ready?: boolean;
}

/** Starts the built webhook as its image does, and waits until it is ready. */
export async function serveAsProcess(
  plane: ControlPlane,
  more: readonly string[],
  { user, port: asked = 0, ready = true }: ServeHow = {},
): Promise<ServingProcess> {
  const kubeconfig = user === undefined ? plane.kubeconfig : await plane.kubeconfigFor(user);
  const args = [
    `--kubeconfig=${kubeconfig}`,
    `--port=${asked}`,
    '--health-port=0',
    '--metrics-port=0',
    '--drain-seconds=1',
    ...more,
  ];
  const child = spawnBound(process.execPath, [...nodeFlagsOf(BIN), BIN, 'serve', ...args], {
    streams: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const { port, health, metrics } = await servingPorts(child, log);
  const healthUrl = `http://127.0.0.1:${health}`;
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  if (ready) {
    const isReady = async (): Promise<boolean> => (await statusOf(`${healthUrl}/readyz`)) === 200;
    await until('the webhook is ready', isReady, { seen: () => log.join('\n') });
  }
  return { port, healthUrl, metricsUrl, pid: child.pid, log, stop: async () => (await child.end('SIGTERM')).code };
}

interface Ports {
  readonly port: number;
  readonly health: number;
  readonly metrics: number;
}

async function servingPorts(child: BoundProcess, log: string[]): Promise<Ports> {
  const { stdout, stderr } = child.process;
  if (stdout === null || stderr === null) throw new Error('the webhook has no output');
  stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      log.push(line);
      const entry: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
      if (textAt(entry, 'msg') !== 'serving') return;
      const [port = 0, health = 0, metrics = 0] = ['port', 'healthPort', 'metricsPort'].map((key) =>
        numberAt(entry, key),
      );
      resolve({ port, health, metrics });
    });
    void child.ended.then(() => {
      reject(new Error(`the webhook ended before it served: ${log.join('\n')}`));
    });
  });
}

async function register(
  controlPlane: ControlPlane,
  {
    url,
    caFile,
    failurePolicy,
    policy,
  }: { url: string; caFile: string; failurePolicy: string; policy: readonly string[] },
): Promise<void> {
  const printed = await printedBy([
    'configuration',
    `--url=${url}`,
    `--ca-file=${caFile}`,
    `--failure-policy=${failurePolicy}`,
    ...policy,
  ]);
  const applied = await controlPlane.kubectl(['apply', '-f', '-'], { input: printed });
  if (applied.code !== 0) throw new Error(`the webhook could not be registered: ${applied.stderr}`);
}

/** What the built webhook prints with these arguments; throws where it does not end with 0. */
export async function printedBy(args: readonly string[]): Promise<string> {
  const { code, printed, text } = await ranWebhook(args);
  if (code !== 0) throw new Error(text);
  return printed;
}

/** How a run of the built webhook ended. */
export interface RanWebhook {
  readonly code: number;
  readonly printed: string;
  /** All that it said, beside what it printed as well. */
  readonly text: string;
}

/** The built webhook, run to its end. */
export async function ranWebhook(args: readonly string[]): Promise<RanWebhook> {
  const child = spawnBound(process.execPath, [BIN, ...args], { streams: ['ignore', 'pipe', 'pipe'] });
  const [printed, told]: [string[], string[]] = [[], []];
  child.process.stdout?.on('data', (chunk: Buffer) => {
    printed.push(chunk.toString());
    told.push(chunk.toString());
  });
  child.process.stderr?.on('data', (chunk: Buffer) => told.push(chunk.toString()));
  const { code } = await child.ended;
  return { code: code ?? -1, printed: printed.join(''), text: told.join('') };
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    get(url, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    }).on('error', () => {
      resolve(0);
    });
  });
}
