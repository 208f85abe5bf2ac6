/** What people see of a maintenance who never call the plugin: each place is asked by the real kubectl. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Addons } from '../hold/addons.ts';

const HELD = 'worker-3';
const NODES = ['worker-1', 'worker-2', HELD];

let plane: ControlPlane;
let webhook: WebhookProcess;
let addons: Addons;

const kubectl = (...args: readonly string[]) => plane.kubectl(args);

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: [{ name: 'ana', groups: ['system:masters'] }],
  });
  addons = new Addons(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  await addons.create('agent', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  await addons.reaches('agent', { image: 'agent:1', nodes: NODES });
  const on = await pluginRunner(plane).maint(['on', HELD, '--reason', 'swap a disk', '--for', '1s'], { user: 'ana' });
  expect(on, on.stderr).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

test('kubectl get nodes: SchedulingDisabled', async () => {
  const { stdout } = await kubectl('get', 'nodes');
  expect(stdout).toMatch(/^worker-3 +Ready,SchedulingDisabled /m);
  expect(stdout).toMatch(/^worker-1 +Ready /m);
});

test('kubectl get nodes -L: the state as a column, and only the nodes in maintenance with -l', async () => {
  const { stdout } = await kubectl(
    ...'get nodes -L kubectl-maint.io/maintenance -l kubectl-maint.io/maintenance'.split(' '),
  );
  expect(stdout).toMatch(/MAINTENANCE\nworker-3 .* complete\n$/);
});

test('kubectl describe node: the record, the conditions, what happened', async () => {
  const { stdout } = await kubectl('describe', 'node', HELD);
  expect(stdout).toMatch(
    /^Annotations: [\s\S]*kubectl-maint.io\/maintenance:\s.*"owner":"ana".*"reason":"swap a disk"/m,
  );
  expect(stdout).toMatch(/^ +MaintenanceInProgress +True .* drain for ana: swap a disk/m);
  expect(stdout).toMatch(/^ +DrainInProgress +False /m);
  expect(stdout).toMatch(/^ +Drained +True /m);
  const events = stdout.slice(stdout.indexOf('\nEvents:'));
  expect(events).toMatch(/^ +Normal +MaintenanceInitiated .* kubectl-maint +drain for ana: swap a disk$/m);
  expect(events).toMatch(/^ +Normal +MaintenanceComplete .* kubectl-maint +drained$/m);
});

describe('writes', () => {
  test('kubectl set image: the rollout is held back there, until when', async () => {
    const stay = await addons.podsOn('agent', [HELD]);
    const { code, stderr } = await kubectl('set', 'image', 'daemonset/agent', 'c=agent:2');
    expect(code).toBe(0);
    expect(stderr).toContain(
      `Warning: addon: the change is held back on node ${HELD} until kubectl maint off ${HELD}; every other node gets it`,
    );
    await addons.reaches('agent', { image: 'agent:2', nodes: ['worker-1', 'worker-2'], stay });
  });

  test('kubectl uncordon: refused, with whose maintenance it is and what ends it', async () => {
    // It ends with 0 all the same (kubernetes/kubectl issue 1568).
    const { stdout, stderr } = await kubectl('uncordon', HELD);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `node ${HELD} is in maintenance and stays cordoned. Node ${HELD}: in maintenance (drain) since`,
    );
    expect(stderr).toContain(`by ana "swap a disk". It takes work again after kubectl maint off ${HELD}`);
  });

  test('kubectl drain: nothing is left to write on the node, and evictions are nobody’s to ask about', async () => {
    const { code, stdout } = await kubectl('drain', HELD, '--ignore-daemonsets');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `node/${HELD} already cordoned\nnode/${HELD} drained\n` });
  });

  test('kubectl run with a node’s name: it bypasses the cordon', async () => {
    const overrides = JSON.stringify({ spec: { nodeName: HELD } });
    const { code, stderr } = await kubectl(
      'run',
      'probe',
      '--image=probe',
      '--overrides',
      overrides,
      '--dry-run=server',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: placement: .*worker-3/m);
  });

  test('kubectl delete node: the record goes with it', async () => {
    const { code, stderr } = await kubectl('delete', 'node', HELD, '--dry-run=server');
    expect(code).toBe(0);
    expect(stderr).toContain(`Warning: node-guard: node ${HELD} is in maintenance for ana: the record goes with it`);
  });
});

test('the metric that the alert looks at counts what is overdue', async () => {
  await until('the maintenance is overdue', async () => {
    const answer = await fetch(webhook.metricsUrl);
    return /^maint_webhook_nodes_overdue 1$/m.test(await answer.text());
  });
});
