/**
 * `npm run bench -- memory`: the peak memory of `kubectl maint on` in a cluster of 100,000 pods, of which the preflight
 * reads those that room, budgets and workloads depend on. The aim is less than 250 MiB.
 */
import { join } from 'node:path';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { nodeFlagsOf } from '../support/node-flags.ts';
import { BIN, pluginEnvironment, runProgram } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

const NODES = 200;
const PODS_PER_NODE = 500;
/** Requests that are made at once; the API server's own limit is 400. */
const AT_ONCE = 64;
/** KWOK marks some hundred pods Ready a second: the drained node's come first, nobody waits for the others. */
const READY_WITHIN_MS = 600_000;

/** Prints the table. */
export async function benchMemory(): Promise<void> {
  await using plane = await startControlPlane({
    nodes: Array.from({ length: NODES }, (_, index) => ({
      name: `n${index}`,
      pods: String(PODS_PER_NODE + 50),
      cpu: '640',
      memory: '2560Gi',
    })),
  });
  await createPods(plane);
  await until('the pods of the drained node are Ready', () => areReady('n0', plane), {
    giveUpAfterMs: READY_WITHIN_MS,
  });
  process.stdout.write(`| ${NODES * PODS_PER_NODE} pods | seconds | peak MiB |\n| --- | --- | --- |\n`);
  for (const args of [['on', 'n0', '--force', '--dry-run=client'], ['status'], ['on', 'n0', '--force']]) {
    process.stdout.write(`| kubectl maint ${args.join(' ')} | ${await measured(args, plane)} |\n`);
  }
}

async function measured(args: readonly string[], plane: ControlPlane): Promise<string> {
  const started = process.hrtime.bigint();
  const ran = await runProgram(
    process.execPath,
    [...nodeFlagsOf(BIN), '--import', join(import.meta.dirname, 'peak-memory.ts'), BIN, ...args],
    pluginEnvironment(plane.kubeconfig),
  );
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (ran.code !== 0) throw new Error(ran.stderr.slice(-2000));
  const kib = Number(/peak-kib=(\d+)/.exec(ran.stderr)?.[1] ?? NaN);
  return `${seconds.toFixed(1)} | ${(kib / 1024).toFixed(0)}`;
}

async function createPods(plane: ControlPlane): Promise<void> {
  let next = 0;
  const all = NODES * PODS_PER_NODE;
  const worker = async (): Promise<void> => {
    while (next < all) {
      const index = next;
      next += 1;
      if (index % 10_000 === 0) process.stderr.write(`${index} of ${all} pods\n`);
      await createPod(index, plane);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function createPod(index: number, plane: ControlPlane): Promise<void> {
  const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${index}`, labels: { app: `app-${index % 500}` } },
    spec: {
      nodeName: `n${Math.floor(index / PODS_PER_NODE)}`,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      containers: [
        { name: 'c', image: 'example.invalid/none', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
      ],
    },
  });
  if (status !== 201) throw new Error(`pod ${index}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
}

async function areReady(node: string, plane: ControlPlane): Promise<boolean> {
  const { stdout } = await plane.kubectl([
    'get',
    'pods',
    `--field-selector=spec.nodeName=${node},status.phase=Running`,
    '-o',
    'name',
  ]);
  return stdout.trim().split('\n').length === PODS_PER_NODE;
}
