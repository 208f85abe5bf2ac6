import { dirname, delimiter } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { runProgram } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installService,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';

/** The demo in a cluster that is not its own: it tells the same story, and leaves nothing behind. */

let plane: ControlPlane;
let controller: Controller;
let replica: Replica;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 4, apiServerArgs: DIALS_ENDPOINTS });
  await installService(plane);
  controller = await startController(plane, { failurePolicy: 'Ignore' });
  replica = await startReplica(plane, 'a');
});

afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await plane.stop();
});

async function demo(...args: string[]) {
  const path = [dirname(plane.kubectlPath), process.env['PATH'] ?? ''].join(delimiter);
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig, PATH: path };
  return runProgram(process.execPath, ['test/demo/main.ts', ...args], env);
}

async function names(kinds: string): Promise<string> {
  return (await plane.kubectl(['get', kinds, '-o', 'name'])).stdout;
}

test('walks through, moves only its own pods, and cleans up after itself', async () => {
  const context = (await plane.kubectl(['config', 'current-context'])).stdout.trim();
  const bystander = ['create', 'deployment', 'bystander', '--image=none', '--replicas=8'];
  expect((await plane.kubectl(bystander)).code).toBe(0);
  expect((await plane.kubectl(['rollout', 'status', 'deployment/bystander'])).code).toBe(0);
  const pods = await names('pods');

  const ran = await demo('--context', context, '--node', 'node-2', '--image', 'none');
  expect(ran.stdout + ran.stderr).toMatch(/19 expectations met, 0 not/);
  expect(ran.code).toBe(0);

  expect(await names('pods')).toBe(pods);
  expect(await names('customresourcedefinitions')).toBe('');
  const { stdout } = await plane.kubectl(['get', 'namespaces', '-l', 'kubectl-maint-demo', '-o', 'jsonpath={..phase}']);
  expect(stdout.split(' ').filter((phase) => phase !== '' && phase !== 'Terminating')).toEqual([]);
  expect(
    (await plane.kubectl(['get', 'node', 'node-2', '-o', 'jsonpath={.metadata.annotations}'])).stdout,
  ).not.toContain('kubectl-maint.io');
});

test.each([
  [['--context', 'x'], 'npm run demo -- --context NAME --node NODE --image IMAGE'],
  [['--context', 'x', '--node', 'n', '--image', 'i'], 'the chart is not installed there, or cannot be seen'],
])('%j is refused, and nothing is made', async (args, message) => {
  const ran = await demo(...args);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(message);
});
