/** The main job with real pods: the node goes into maintenance on which the webhook itself runs. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWebhookImage } from '../../image/image.ts';
import { listAt, textAt } from '../../shared/index.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { startRealCluster, type RealCluster } from '../real-nodes/cluster.ts';
import { PAUSE_IMAGE } from '../real-nodes/configuration.ts';
import { pluginRunner, type PluginRunner } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';
import { installWebhook, NAMESPACE, type Installation } from './install.ts';

const IMAGE = 'localhost/maint-webhook:test';
const SHOP = '/api/v1/namespaces/shop/pods';
/** Two for each of three nodes. */
const PODS = 6;

describe.skipIf(whyNoRealNodes() !== undefined)('maintenance of a real node', () => {
  let folder: string;
  let cluster: RealCluster;
  let plugin: PluginRunner;
  let webhook: Installation;
  /** The node that goes into maintenance, and one that does not. */
  let host: string;
  let other: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-node-test-'));
    const building = buildWebhookImage(IMAGE, folder);
    cluster = await startRealCluster(3);
    plugin = pluginRunner(cluster.plane);
    await cluster.load((await building).archive);
    await apply(await readFile('test/demo/manifests/velero-crd.yaml', 'utf8'));
    await apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: shop() }));
    webhook = await installWebhook(cluster.plane, IMAGE);
    await until('the shop is ready on every node', async () => new Set(await shopNodes()).size === 3);
    const hosts = await webhook.nodes();
    const names = cluster.nodes.map(({ name }) => name);
    host = hosts[0] ?? '';
    other = names.find((name) => !hosts.includes(name)) ?? '';
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
    return listAt((await cluster.plane.api('GET', SHOP)).body, 'items')
      .filter((pod) =>
        listAt(pod, 'status', 'conditions').some(
          (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
        ),
      )
      .map((pod) => textAt(pod, 'spec', 'nodeName') ?? '');
  }

  /** What Velero creates for a pod with a volume on that node. */
  function backUp(node: string): Promise<KubectlResult> {
    const object = {
      apiVersion: 'velero.io/v1',
      kind: 'PodVolumeBackup',
      metadata: { generateName: 'nightly-', namespace: 'shop' },
      spec: { node, pod: { namespace: 'shop', name: 'db-0' } },
    };
    return cluster.plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  }

  test('the webhook answers from a pod that may write nothing and is nobody', async () => {
    await webhook.settled();
    expect(await backUp(host)).toMatchObject({ code: 0 });
    const id = ['exec', '-n', NAMESPACE, 'deploy/kubectl-maint', '--', '/bin/node', '-p'];
    const write =
      "process.getuid() + ' ' + (() => { try { fs.writeFileSync('/x', '') } catch (e) { return e.code } })()";
    expect(await cluster.plane.kubectl([...id, write])).toMatchObject({ code: 0, stdout: '65532 EROFS\n' });
  });

  test('on: real pods and the webhook move to other nodes, within the budget', async () => {
    const ran = await plugin.maint(['on', host, '--reason', 'swap a disk', '--timeout=120s']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain(`kept off ${host} from now on`);
    await until('the shop is whole elsewhere', async () => (await shopNodes()).length === PODS);
    expect(await shopNodes()).not.toContain(host);
    await webhook.settled();
    expect(await webhook.nodes()).not.toContain(host);
  });

  test('a backup for that node is refused with reason and next step; one for another node passes', async () => {
    const refused = await backUp(host);
    expect(refused.code).toBe(1);
    for (const part of ['denied the request', host, 'swap a disk', `kubectl maint off ${host}`])
      expect(refused.stderr).toContain(part);
    expect(await backUp(other)).toMatchObject({ code: 0 });
  });

  test('off: the node takes work and backups again', async () => {
    const ran = await plugin.maint(['off', host, '--healthy-for=1s']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await until('backups pass', async () => (await backUp(host)).code === 0);
    await cluster.plane.kubectl(['scale', '-n', 'shop', 'deployment/web', '--replicas=9']);
    await until('the node runs pods again', async () => (await shopNodes()).includes(host));
  });
});

function shop(): readonly object[] {
  const labels = { app: 'web' };
  const topologySpreadConstraints = [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    },
  ];
  const containers = [{ name: 'web', image: PAUSE_IMAGE, imagePullPolicy: 'Never' }];
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        replicas: PODS,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 5, topologySpreadConstraints, containers },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  ];
}
