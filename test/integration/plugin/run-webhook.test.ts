/** A run beside the webhook: what is kept off its nodes while it has them, and whose pods are let through there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ON_NODE_GRANTS, OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { at, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { grantTo } from '../../support/granted.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

const NAMESPACE = 'kubectl-maint-run';
/** Pods that go past the scheduler are refused here, and not only warned of. */
const POLICY = {
  apiVersion: 'kubectl-maint.io/v1alpha1',
  kind: 'MaintenancePolicy',
  rules: { placement: { mode: 'enforce' } },
};
/** Whoever runs, and somebody with the same rights. */
const [ANA, BEN] = ['ana', 'ben'];

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let webhook: WebhookProcess;
let folder: string;

beforeAll(async () => {
  const users = [ANA, BEN].map((name) => ({ name, groups: [] }));
  plane = await startControlPlane({ nodes: ['first', 'second', 'spare'].map((name) => ({ name })), users });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-run-webhook-'));
  for (const user of [ANA, BEN]) await grantTo(plane, user, [...OPERATOR_GRANTS, ...ON_NODE_GRANTS]);
  await world.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  });
  const policy = join(folder, 'policy.json');
  await writeFile(policy, JSON.stringify(POLICY));
  webhook = await startWebhook(plane, [`--policy=${policy}`]);
  await webhook.register();
});

afterAll(async () => {
  await webhook.stop();
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What the API server says to an object that somebody would create: nothing, or why it is refused. */
async function refusalOf(object: object, user = 'admin'): Promise<string> {
  const input = JSON.stringify(object);
  const { code, stderr } = await plane.kubectl(['create', '-f', '-', '--dry-run=server'], { input, user });
  return code === 0 ? '' : stderr;
}

function jobOn(node: string, image: string, command: readonly string[] = []): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'backup-', namespace: 'default' },
    spec: {
      template: { spec: { restartPolicy: 'Never', nodeName: node, containers: [{ name: 'c', image, command }] } },
    },
  };
}

const backupOn = (node: string): object => jobOn(node, 'restic/restic:0.18.0', ['restic', 'backup', '/data']);
const scan = jobOn('spare', 'docker.io/aquasec/kube-bench:v0.9');

async function podOn(node: string): Promise<unknown> {
  return world.get(`/api/v1/namespaces/${NAMESPACE}/pods/run-${node}`);
}

/** Reports that the command has ended well, as a kubelet does. */
async function ends(node: string): Promise<void> {
  const state = { terminated: { exitCode: 0 } };
  const container = { name: 'command', image: 'x', imageID: 'x', ready: false, restartCount: 0, state };
  const status = { phase: 'Succeeded', containerStatuses: [container] };
  await world.patch(`/api/v1/namespaces/${NAMESPACE}/pods/run-${node}/status`, { status });
}

/** The pod of a run, as somebody would make it once more under another name. */
function copyOf(pod: unknown, labels: unknown = at(pod, 'metadata', 'labels')): object {
  const ownerReferences = at(pod, 'metadata', 'ownerReferences');
  const spec = { nodeName: textAt(pod, 'spec', 'nodeName'), containers: [{ name: 'c', image: 'x' }] };
  const metadata = { generateName: 'copy-', namespace: NAMESPACE, labels, ownerReferences };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

test('while a run has a node backups and scans are kept off it, and of pods there only its own is let through', async () => {
  expect([await refusalOf(backupOn('first')), await refusalOf(scan)]).toEqual(['', '']);
  const flags = ['--on-node=example.com/tools:1', '--healthy-for=0', '--run-id=night'];
  const line = ['run', 'first', 'second', ...flags, '--', 'true'];
  const running = await plugin.start(line, { user: ANA });
  await until('its pod is let onto the first node', async () => (await podOn('first')) !== undefined);
  expect(running.said()).toContain('kept off first from now on: ');

  expect(await refusalOf(backupOn('first'))).toContain('backup: ');
  expect(await refusalOf(scan)).toContain('scan: ');
  expect(await refusalOf(backupOn('second'))).toBe('');
  const pod = await podOn('first');
  expect(await refusalOf(copyOf(pod), ANA)).toBe('');
  expect(await refusalOf(copyOf(pod), BEN)).toContain('placement: ');
  expect(await refusalOf(copyOf(pod, {}), ANA)).toContain('placement: ');
  expect(await refusalOf(copyOf(pod, { 'kubectl-maint.io/run': 'another' }), ANA)).toContain('placement: ');

  await ends('first');
  await until('its pod is let onto the second node', async () => (await podOn('second')) !== undefined);
  expect(await refusalOf(backupOn('first'))).toBe('');
  expect(await refusalOf(backupOn('second'))).toContain('backup: ');
  await ends('second');
  const ran = await running.ended;
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect([await refusalOf(backupOn('second')), await refusalOf(scan)]).toEqual(['', '']);
});

test('a command line that is recognised as a scan is refused as any other; an exception lets it pass', async () => {
  const line = ['run', 'first', '--on-node=example.com/tools:1', '--healthy-for=0', '--', 'kube-bench', 'run'];
  const refused = await plugin.maint(line, { user: ANA });
  expect(refused.code, refused.stderr).toBe(5);
  expect(refused.stderr).toContain('the pod of the command is refused: ');
  expect(refused.stderr).toContain('scan: ');
  expect(await podOn('first')).toBeUndefined();
  const allowed = ['allow', 'first', '--rules=scan', '--for=5m', '--reason=before the upgrade'];
  expect(await plugin.maint(allowed, { user: ANA })).toMatchObject({ code: 0 });
  const running = await plugin.start(['run', 'first', '--resume', ...line.slice(2)], { user: ANA });
  await until('its pod is there', async () => (await podOn('first')) !== undefined);
  await ends('first');
  const ran = await running.ended;
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
});
