/** The main job with real pods, and the chart: the node is drained on which a replica of the webhook runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWebhookImage, thisArchitecture } from '../../packaging/image/image.ts';
import { listAt, textAt } from '../../shared/index.ts';
import type { ApiAnswer } from '../control-plane/api.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { startRealCluster, type RealCluster } from '../real-nodes/cluster.ts';
import { PAUSE_IMAGE } from '../real-nodes/configuration.ts';
import { NAMESPACE } from '../support/helm.ts';
import { like } from '../support/like.ts';
import { pluginRunner, type PluginRunner } from '../support/plugin-run.ts';
import { tryVolumeBackup } from '../support/velero.ts';
import { until } from '../support/until.ts';
import { installWebhook, isReady, type Installation } from './install.ts';

const IMAGE = 'localhost/maint-webhook:test';
/** Two for each of three nodes. */
const PODS = 6;
/** A drain that moves a replica takes at least its ten seconds of answering on; a call takes milliseconds. */
const LEAST_ANSWERS = 100;

describe.skipIf(whyNoRealNodes() !== undefined)('maintenance of a real node', () => {
  let folder: string;
  let cluster: RealCluster;
  let plugin: PluginRunner;
  let webhook: Installation;
  /** The node that is drained and the one that is not, each with a replica; and one without, which is marked first. */
  let host: string;
  let other: string;
  let marked: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-node-test-'));
    const building = buildWebhookImage({
      name: IMAGE,
      folder: join(folder, 'image'),
      architectures: [thisArchitecture()],
    });
    cluster = await startRealCluster(3);
    plugin = pluginRunner(cluster.plane);
    await cluster.load((await building).archive);
    await apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: shop() }));
    webhook = await installWebhook(cluster.plane, IMAGE);
    await until('the shop is ready on every node', async () => new Set(await shopNodes()).size === 3);
    const replicas = await webhook.nodes();
    [host = '', other = ''] = replicas;
    marked = cluster.nodes.map(({ name }) => name).find((name) => !replicas.includes(name)) ?? '';
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function apply(input: string): Promise<void> {
    const { code, stderr } = await cluster.plane.kubectl(['apply', '-f', '-'], { input });
    if (code !== 0) throw new Error(stderr);
  }

  /** The nodes of the shop's ready pods, one for each. */
  async function shopNodes(): Promise<readonly string[]> {
    return listAt((await cluster.plane.api('GET', '/api/v1/namespaces/shop/pods')).body, 'items')
      .filter(isReady)
      .map((pod) => textAt(pod, 'spec', 'nodeName') ?? '');
  }

  /** Runs the plugin, which has to succeed; what it says to people. */
  async function maint(...args: readonly string[]): Promise<string> {
    const ran = await plugin.maint(args);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    return ran.stderr;
  }

  test('two replicas run on different nodes, in pods that may write nothing and are nobody', async () => {
    expect(new Set([host, other, marked]).size).toBe(3);
    expect((await tryVolumeBackup(cluster.plane, host)).status).toBe(201);
    const node = ['exec', '-n', NAMESPACE, 'deploy/kubectl-maint', '--', '/bin/node', '-p'];
    const write =
      "process.getuid() + ' ' + (() => { try { fs.writeFileSync('/x', '') } catch (e) { return e.code } })()";
    expect(await cluster.plane.kubectl([...node, write])).toMatchObject({ code: 0, stdout: '65532 EROFS\n' });
  });

  test('enforcement never stops while the node of a replica is drained and the replica moves', async () => {
    await maint('on', marked, '--mode=cordon', '--reason=wait for a part');
    await until(
      'a backup of the marked node is refused',
      async () => (await tryVolumeBackup(cluster.plane, marked)).status !== 201,
    );
    const watched = watch(() => tryVolumeBackup(cluster.plane, marked));
    const said = await maint('on', host, '--reason=swap a disk', '--timeout=120s');
    expect(said).toContain(`kept off ${host} from now on`);
    await until('both replicas are elsewhere', async () => (await webhook.nodes()).length === 2);
    expect(await webhook.nodes()).not.toContain(host);
    const answers = await watched.end();
    expect(answers.length).toBeGreaterThan(LEAST_ANSWERS);
    expect(answers.filter(({ body }) => textAt(body, 'message')?.includes('work.kubectl-maint.io') !== true)).toEqual(
      [],
    );
  });

  test('real pods have moved', async () => {
    await until('the shop is whole elsewhere', async () => (await shopNodes()).length === PODS);
    expect(await shopNodes()).not.toContain(host);
  });

  test('a backup of that node is refused with reason and next step; one of another node passes', async () => {
    const said = textAt((await tryVolumeBackup(cluster.plane, host)).body, 'message');
    for (const part of ['denied the request', host, 'swap a disk', `kubectl maint off ${host}`])
      expect(said).toContain(part);
    expect((await tryVolumeBackup(cluster.plane, other)).status).toBe(201);
  });

  test('doctor finds the chart as it is: no floor but the guard of the record, an image that is no release, one node left for the replicas', async () => {
    const { code, stdout } = await plugin.maint(['doctor']);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^ok +policy +by the configuration that the registration was made with/m);
    expect(stdout).toMatch(
      /^ok +canary-scan +a script that runs kube-bench .* is denied by the webhook, in its own words$/m,
    );
    const warned = stdout.split('\n').filter((line) => line.startsWith('warn '));
    expect(warned.filter((line) => !/^warn +canary-/.test(line))).toEqual([
      like(`2 of 2 replicas of the webhook ready, all on node ${other}, and no other takes pods`),
      like(/^warn +versions .*: webhook test, controller test$/),
      ...['backup', 'scan'].map((part) => like(`the policy ${part}.kubectl-maint.io is missing`)),
    ]);
  });

  test('off: the node takes work and backups again', async () => {
    await maint('off', host, marked, '--healthy-for=1s');
    await until('backups pass', async () => (await tryVolumeBackup(cluster.plane, host)).status === 201);
    // Controllers take the taint of a cordon away a moment later; until then the scheduler passes the node by.
    await until('no taint keeps pods off', async () => {
      const { body } = await cluster.plane.api('GET', `/api/v1/nodes/${host}`);
      return listAt(body, 'spec', 'taints').length === 0;
    });
    const scaled = await cluster.plane.kubectl(['scale', '-n', 'shop', 'deployment/web', '--replicas=9']);
    expect(scaled).toMatchObject({ code: 0 });
    await until('the node runs pods again', async () => (await shopNodes()).includes(host));
  });

  test('the chart tests itself, and is uninstalled without a trace on the API server', async () => {
    await webhook.testAndUninstall();
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';
    expect((await cluster.plane.api('GET', path)).status).toBe(404);
  });
});

/** Asks again and again until told to end; every answer. */
function watch(ask: () => Promise<ApiAnswer>): { end(): Promise<readonly ApiAnswer[]> } {
  const answers: ApiAnswer[] = [];
  const life = { over: false };
  const asked = (async () => {
    while (!life.over) answers.push(await ask());
  })();
  return {
    end: async () => {
      life.over = true;
      await asked;
      return answers;
    },
  };
}

function shop(): readonly object[] {
  const labels = { app: 'web' };
  const labelSelector = { matchLabels: labels };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
  };
  const spec = {
    terminationGracePeriodSeconds: 5,
    topologySpreadConstraints: [spread],
    containers: [{ name: 'web', image: PAUSE_IMAGE, imagePullPolicy: 'Never' }],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: PODS, selector: labelSelector, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { maxUnavailable: 1, selector: labelSelector },
    },
  ];
}
