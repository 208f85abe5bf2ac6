import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionAt, listAt, textAt } from '../../../shared/facts/json.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { until } from '../../support/until.ts';
import { BY_AGENT, BY_POD, VELERO_CRD, volumeBackup, writePhases } from '../../support/velero.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

/** Enforcement end to end: the built plugin marks, the built webhook refuses, the real API server asks. */

const ROOT = join(import.meta.dirname, '../../..');
const PATH = [join(ROOT, 'dist/bin'), join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':');
const HELD = 'node-2';

let controlPlane: ControlPlane;
let webhook: WebhookProcess;

async function kubectl(args: readonly string[], object?: object) {
  const input = object === undefined ? {} : { input: JSON.stringify(object) };
  return controlPlane.kubectl(args, { env: { PATH }, ...input });
}

async function create(object: object, ...more: string[]) {
  return kubectl(['create', '-f', '-', '--dry-run=server', ...more], object);
}

function job(labels: Record<string, string>, spec: object, image = 'app:1') {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'j-', namespace: 'default', labels },
    spec: {
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }], ...spec } },
    },
  };
}

function daemonSet(name: string, updateStrategy: object) {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: updateStrategy },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'agent:1' }] } },
    },
  };
}

async function podsOf(app: string): Promise<readonly unknown[]> {
  return listAt(
    (await controlPlane.api('GET', `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`)).body,
    'items',
  );
}

/** Nodes whose pod of an app runs an image and is Ready. */
async function nodesRunning(app: string, image: string): Promise<readonly string[]> {
  return nodesOf((await podsWith(app, image)).filter((pod) => textAt(conditionAt(pod, 'Ready'), 'status') === 'True'));
}

async function podsWith(app: string, image: string): Promise<readonly unknown[]> {
  return (await podsOf(app)).filter((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image') === image);
}

function nodesOf(pods: readonly unknown[]): readonly string[] {
  return pods.map((pod) => textAt(pod, 'spec', 'nodeName') ?? '').sort();
}

beforeAll(async () => {
  controlPlane = await startControlPlane({ nodes: 4 });
  expect(await controlPlane.kubectl(['apply', '-f', VELERO_CRD])).toMatchObject({ code: 0 });
  webhook = await startWebhook(controlPlane);
  await webhook.register();
});

afterAll(async () => {
  await webhook.stop();
  await controlPlane.stop();
});

describe('while no node is in maintenance', () => {
  test.each([
    ['a backup of a node', volumeBackup(HELD)],
    ['a scan', job({}, {}, 'docker.io/aquasec/kube-bench:v0.9')],
    ['an ordinary Job', job({}, {})],
  ])('%s passes', async (_, object) => {
    expect(await create(object)).toMatchObject({ code: 0 });
  });

  test('on says that nothing was refused because nothing was marked yet', async () => {
    expect((await kubectl(['maint', 'status', '--exit-code'])).code).toBe(0);
  });
});

describe('while a node is in maintenance', () => {
  beforeAll(async () => {
    for (const [name, strategy] of [
      ['unavailable', { maxUnavailable: 1 }],
      ['surging', { maxSurge: 1, maxUnavailable: 0 }],
    ] as const) {
      expect((await kubectl(['create', '-f', '-'], daemonSet(name, strategy))).stderr).toBe('');
      await until(`${name} runs everywhere`, async () => (await nodesRunning(name, 'agent:1')).length === 4);
    }
    const on = await kubectl(['maint', 'on', HELD, '--reason', 'new firmware', '--owner', 'ops']);
    expect(on.stderr).toContain(`kept off ${HELD} from now on`);
    expect(on.code).toBe(0);
  });

  const pinned = { nodeSelector: { 'kubernetes.io/hostname': HELD } };
  test.each([
    ['a Velero backup of a volume there', volumeBackup(HELD), 'backup'],
    ['a K8up Job for it', job({ k8upjob: 'true' }, pinned), 'backup'],
    ['a Job that its user labelled', job({ 'kubectl-maint.io/work': 'backup' }, pinned), 'backup'],
    ['a kube-bench Job without a label', job({}, {}, 'docker.io/aquasec/kube-bench:v0.9'), 'scan'],
    ['a Trivy node collector', job({ 'node-info.collector': 'Trivy' }, pinned), 'scan'],
    ['a Sonobuoy plugin', job({ 'sonobuoy-component': 'plugin' }, {}), 'scan'],
  ])('%s is refused, with reason and next step', async (_, object, rule) => {
    const { code, stderr } = await create(object);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`denied the request: ${rule}: `);
    expect(stderr).toContain('by ops "new firmware"');
    expect(stderr).toContain(`kubectl maint off ${HELD}`);
  });

  test.each([
    ['a Velero backup of another node', volumeBackup('node-3')],
    ['a K8up Job that may run elsewhere', job({ k8upjob: 'true' }, {})],
    ['an ordinary Job pinned there', job({}, pinned)],
  ])('%s passes', async (_, object) => {
    expect(await create(object)).toMatchObject({ code: 0 });
  });

  test('a piece of Velero is made, and refused when its agent begins to work on the volume itself', async () => {
    expect(await writePhases(controlPlane, HELD, BY_POD)).toBe('');
    expect(await writePhases(controlPlane, 'node-3', BY_AGENT)).toBe('');
    const said = await writePhases(controlPlane, HELD, BY_AGENT);
    expect(said).toContain('admission webhook "work.kubectl-maint.io" denied the request: backup: Velero');
  });

  test('a label of a CronJob that its Jobs do not get is warned of, as `check` does', async () => {
    const work = { 'kubectl-maint.io/work': 'backup' };
    const { spec } = job({}, {});
    const cronJob = (own: object, ofJobs: object) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: 'default', labels: own },
      spec: { schedule: '0 3 * * *', jobTemplate: { metadata: { labels: ofJobs }, spec } },
    });
    const words = 'Jobs of a CronJob do not get its own label kubectl-maint.io/work';
    const alone = await create(cronJob(work, {}));
    expect(alone).toMatchObject({ code: 0 });
    // A long warning goes on in the next one.
    expect(alone.stderr.replaceAll(/\s*\nWarning: /g, ' ')).toContain(`Warning: backup: ${words}`);
    expect((await create(cronJob(work, work))).stderr).toBe('');
    const checked = await kubectl(['maint', 'check', '-f', '-'], cronJob(work, {}));
    expect(checked).toMatchObject({ code: 0 });
    expect(checked.stdout).toContain(`backup: ${words}`);
  });

  test('a pod with the owner of a Deployment is a scan, even with the uid of a real one; what the Deployment makes is not', async () => {
    const image = 'docker.io/aquasec/kube-bench:v0.9';
    expect((await kubectl(['create', 'deployment', 'web', '--image', image])).code).toBe(0);
    await until('the Deployment has its pod', async () => (await nodesRunning('web', image)).length === 1);
    const ownerReferences = listAt((await podsOf('web'))[0], 'metadata', 'ownerReferences');
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'forged', namespace: 'default', ownerReferences },
      spec: { containers: [{ name: 'c', image }] },
    };
    expect((await create(pod)).stderr).toContain('denied the request: scan: ');
    expect((await kubectl(['delete', 'deployment', 'web', '--wait=false'])).code).toBe(0);
  });

  test('a container that is added to a running pod is judged by what it runs', async () => {
    const [pod] = (await podsOf('surging')).filter((one) => textAt(one, 'spec', 'nodeName') === HELD);
    const name = textAt(pod, 'metadata', 'name') ?? '';
    const debug = (image: string) => kubectl(['debug', name, `--image=${image}`, '--attach=false', '--quiet']);
    expect((await debug('docker.io/aquasec/kube-bench:v0.9')).stderr).toContain('denied the request: scan: ');
    expect(await debug('busybox:1')).toMatchObject({ code: 0 });
  });

  test.each(['unavailable', 'surging'])('a DaemonSet (%s) rolls everywhere but there', async (name) => {
    const { code, stderr } = await kubectl(['set', 'image', `daemonset/${name}`, 'c=agent:2']);
    expect(stderr).toContain(
      `Warning: addon: the change is held back on node ${HELD} until kubectl maint off ${HELD}; `,
    );
    expect(code).toBe(0);
    const others = ['node-1', 'node-3', 'node-4'];
    await until('the other nodes have it, and only it', async () => {
      const [news, olds] = [await nodesRunning(name, 'agent:2'), await nodesRunning(name, 'agent:1')];
      return news.join() === others.join() && olds.join() === HELD;
    });
  });

  test('a held pod that a person deletes is replaced: the node is never left without its add-on', async () => {
    const [pod] = (await podsOf('unavailable')).filter((one) => textAt(one, 'spec', 'nodeName') === HELD);
    expect((await kubectl(['delete', 'pod', textAt(pod, 'metadata', 'name') ?? ''])).code).toBe(0);
    await until('it runs again', async () => (await nodesRunning('unavailable', 'agent:2')).includes(HELD));
  });

  test('the API server may be gone for ten seconds: the webhook goes on by itself', async () => {
    await controlPlane.stopApiServer();
    await new Promise((resolve) => setTimeout(resolve, API_SERVER_AWAY_MS));
    await controlPlane.startApiServer();
    await until('backups are refused again', async () =>
      (await create(volumeBackup(HELD))).stderr.includes('denied the request'),
    );
    expect((await kubectl(['maint', 'on', 'node-3', '--owner', 'ops', '--mode=cordon'])).code).toBe(0);
    await until('a mark made afterwards is seen', async () =>
      (await create(volumeBackup('node-3'))).stderr.includes('denied the request'),
    );
    expect((await kubectl(['maint', 'off', 'node-3', '--owner', 'ops', '--skip-health-check'])).code).toBe(0);
    await until('it is ready', async () => (await fetch(`${webhook.healthUrl}/readyz`)).status === 200);
  });
});

test('ten thousand connections that say nothing keep no review from being answered', async () => {
  const { port, hostname } = new URL(webhook.url);
  const idle: Socket[] = [];
  for (let batch = 0; batch < 100; batch += 1) {
    const opened = Array.from({ length: 100 }, () => connect(Number(port), hostname));
    await Promise.all(opened.map((socket) => once(socket, 'connect')));
    for (const socket of opened) socket.on('error', () => undefined);
    idle.push(...opened);
  }
  expect((await create(volumeBackup(HELD))).stderr).toContain('denied the request');
  for (const socket of idle) socket.destroy();
});

/** The outage that the test is about. */
const API_SERVER_AWAY_MS = 10_000;

describe('after the maintenance', () => {
  test('off lets the held add-on catch up, and everything passes', async () => {
    // Ready or not: while the API server was away nobody told it of the nodes.
    expect(nodesOf(await podsWith('surging', 'agent:1'))).toEqual([HELD]);
    const off = await kubectl(['maint', 'off', HELD, '--owner', 'ops', '--healthy-for', '1s']);
    expect(off).toMatchObject({ code: 0 });
    expect(off.stderr).toMatch(/^node\/node-2 add-ons caught up: .*default\/surging/m);
    expect(await nodesRunning('surging', 'agent:2')).toHaveLength(4);
    expect(await create(volumeBackup(HELD))).toMatchObject({ code: 0 });
    expect(await create(job({}, {}, 'docker.io/aquasec/kube-bench:v0.9'))).toMatchObject({ code: 0 });
  });

  test('its metrics count what was refused, by rule and tool', async () => {
    const text = await (await fetch(webhook.metricsUrl)).text();
    expect(text).toMatch(/maint_webhook_denials_total\{rule="backup",tool="velero"\} [1-9]/);
    expect(text).toMatch(/maint_webhook_denials_total\{rule="scan",tool="kube-bench"\} [1-9]/);
  });
});
