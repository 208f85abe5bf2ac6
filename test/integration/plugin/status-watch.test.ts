/** `status --watch` beside what happens to nodes, with the API server's audit log as witness of what it asks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { auditLog, type AuditLog } from '../../support/audit-log.ts';
import { type PluginRunner, pluginRunner, type Running } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

let log: AuditLog;
let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  // Each call when it comes.
  log = await auditLog(['vera'], ['ResponseStarted', 'ResponseComplete']);
  plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    nodes: ['worker-1', 'worker-2', 'worker-3'].map((name) => ({ name })),
    users: [{ name: 'vera', groups: ['system:masters'] }],
    apiServerArgs: log.apiServerArgs,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(async () => {
  await plane.stop();
  await log.remove();
});

/** Waits until it has said something, whatever else it says. */
async function says(running: Running, text: RegExp): Promise<void> {
  await until(`it says ${text.source}`, () => text.test(running.said()), { seen: () => running.said() });
}

/** How often a user has asked for nodes, by verb. */
async function nodeCalls(user: string): Promise<Readonly<Record<string, number>>> {
  const verbs = (await log.events())
    .filter((entry) => textAt(entry, 'user', 'username') === user)
    .filter((entry) => textAt(entry, 'objectRef', 'resource') === 'nodes')
    .map((entry) => textAt(entry, 'verb') ?? '');
  return Object.fromEntries([...Map.groupBy(verbs, (verb) => verb)].map(([verb, all]) => [verb, all.length]));
}

test('a mark, the pods that leave, the end and a deletion show up by watch, each as a row', async () => {
  await world.pod('web', { namespace: 'default', node: 'worker-1' });
  const watch = await plugin.start(['status', '--watch'], { user: 'vera' });
  await says(watch, /No nodes in maintenance/);

  expect(await plugin.maint(['on', 'worker-1', '--mode=cordon', '--owner', 'ops'])).toMatchObject({ code: 0 });
  await says(watch, /^NAME +STATE .*\nworker-1 +Cordoned +<none> +cordon .* 1 +True .* blocked: 1 pod/m);
  await world.remove('/api/v1/namespaces/default/pods/web?gracePeriodSeconds=0');
  await says(watch, /^worker-1 +Complete +<none> +cordon .* 0 +True .* safe/m);
  await world.patch('/api/v1/nodes/worker-2', { spec: { unschedulable: true } });
  await says(watch, /^worker-2 +Cordoned/m);
  expect(await plugin.maint(['off', 'worker-1', '--owner', 'ops', '--skip-health-check'])).toMatchObject({ code: 0 });
  await says(watch, /^worker-1 +None/m);
  await world.remove('/api/v1/nodes/worker-2');
  await says(watch, /^worker-2 +Deleted/m);

  watch.signal('SIGINT');
  const { code, stdout } = await watch.ended;
  expect(code).toBe(130);
  expect(stdout.match(/^NAME/gm)).toHaveLength(1);
  expect(stdout).not.toContain('worker-3');
  expect(await nodeCalls('vera')).toEqual({ watch: 1 });
});

test('-o json: one object a line; named nodes from the beginning, whatever their state', async () => {
  const watch = await plugin.start(['status', 'worker-3', '-w', '-ojson']);
  await says(watch, /"state":"None"/);
  await world.patch('/api/v1/nodes/worker-3', { spec: { unschedulable: true } });
  await says(watch, /"state":"Cordoned"/);
  watch.signal('SIGTERM');
  const { code, stdout, stderr } = await watch.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  const states = stdout
    .trimEnd()
    .split('\n')
    .map((line) => textAt(JSON.parse(line), 'state'));
  expect(states).toEqual(['None', 'Cordoned']);
});

test('what a drain waits for is told while it waits', async () => {
  await world.pod('db', { namespace: 'default', node: 'worker-1' });
  // No controller runs here: the budget says by hand that nothing may go.
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  await world.create(budgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'db' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'db' } } },
  });
  const status = {
    observedGeneration: 1,
    disruptionsAllowed: 0,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 2,
  };
  await world.patch(`${budgets}/db/status`, { status });
  const watch = await plugin.start(['status', '-w', '-o', 'wide']);
  const on = await plugin.start(['on', 'worker-1', '--force', '--allow-last-node', '--owner', 'ops']);
  await says(
    watch,
    /^worker-1 +Initiated .* 1 +True .* 1 of 1 pods left; disruption budget default\/db .*: default\/db$/m,
  );
  await world.remove(`${budgets}/db`);
  await says(watch, /^worker-1 +Complete .* safe .* <none>$/m);
  expect(await on.ended).toMatchObject({ code: 0 });
  watch.signal('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 130 });
});

test('a node that is not there is an error, and not waited for', async () => {
  expect(await plugin.maint(['status', 'ghost', '--watch'])).toMatchObject({ code: 4, stdout: '' });
});
