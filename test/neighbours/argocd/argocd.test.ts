/** Argo CD while a node is in maintenance: what docs/gitops.md says of it, with the settings that stand there. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';
import { lackedBy } from '../build.ts';
import { neighbourNamed } from '../process.ts';
import { documented } from './documented.ts';
import { ArgoCd, type Told } from './stage.ts';

const [HELD, OTHER] = ['held', 'other'];
const AUTOMATED = { automated: {} };
/** Refuses a change of an add-on that would reach a held node. */
const DENYING = {
  apiVersion: 'kubectl-maint.io/v1alpha1',
  kind: 'MaintenancePolicy',
  rules: { addon: { change: 'deny' } },
};

const isIn = (sync: string, health: string) => (told: Told) => told.sync === sync && told.health === health;

function daemonSet(name: string, version: number, wave?: number): object {
  const annotations = wave === undefined ? undefined : { 'argocd.argoproj.io/sync-wave': String(wave) };
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, labels, annotations },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: `agent:${version}` }] } },
    },
  };
}

/** What is applied after what is in an earlier wave, where that is healthy. */
function inWave(wave: number, name: string, version: number): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } },
    data: { version: String(version) },
  };
}

describe.skipIf(lackedBy(neighbourNamed('argocd'), process.env).length > 0)('Argo CD', () => {
  let plane: ControlPlane;
  let world: Workloads;
  let plugin: PluginRunner;
  let webhook: WebhookProcess;
  let argo: ArgoCd;

  beforeAll(async () => {
    plane = await startControlPlane({ nodes: [HELD, OTHER].map((name) => ({ name })) });
    world = new Workloads(plane);
    plugin = pluginRunner(plane);
    webhook = await startWebhook(plane);
    await webhook.register();
    argo = await ArgoCd.start(plane);
  });

  afterAll(async () => {
    await argo.end();
    await webhook.stop();
    await plane.stop();
  });

  const on = () => maint('on', '--mode=cordon');
  const off = () => maint('off', '--healthy-for=0s');

  async function maint(verb: string, ...flags: readonly string[]): Promise<void> {
    const ran = await plugin.maint([verb, HELD, '--owner=ana', ...flags]);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
  }

  /** The version that runs on the held node, and beside it. */
  async function running(app: string): Promise<readonly string[]> {
    const pods = listAt(await world.get(`/api/v1/pods?labelSelector=app%3D${app}`), 'items');
    return [HELD, OTHER].map((node) => {
      const on = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === node);
      const images = on.map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '');
      return images.map((image) => image.replace('agent:', '')).join('+');
    });
  }

  async function comesToRun(app: string, ...versions: readonly string[]): Promise<void> {
    let last: readonly string[] = [];
    await until(
      `${app} runs as ${versions.join(', ')}`,
      async () => {
        last = await running(app);
        return last.join() === versions.join();
      },
      { seen: () => last.join() },
    );
  }

  async function versionOf(configMap: string): Promise<string | undefined> {
    return textAt(await world.get(`/api/v1/namespaces/default/configmaps/${configMap}`), 'data', 'version');
  }

  describe('while a node is held', () => {
    beforeAll(async () => {
      await argo.commit('agent', daemonSet('agent', 1));
      await argo.apply('agent', { syncPolicy: AUTOMATED });
      await argo.commit('waves', daemonSet('wave', 1, 0), inWave(1, 'after-wave', 1));
      await argo.apply('waves', { syncPolicy: AUTOMATED });
      await argo.commit('parent', argo.application('agent', { syncPolicy: AUTOMATED }), inWave(1, 'after-child', 1));
      await argo.apply('parent', { syncPolicy: AUTOMATED });
      for (const name of ['agent', 'waves', 'parent']) await argo.comesTo(name, 'healthy', isIn('Synced', 'Healthy'));
      await on();
    });

    test('the Application is in sync, and Progressing', async () => {
      await argo.commit('agent', daemonSet('agent', 2));
      await comesToRun('agent', '1', '2');
      const told = await argo.comesTo('agent', 'progressing', isIn('Synced', 'Progressing'));
      expect(told).toMatchObject({ phase: 'Succeeded', resources: { 'DaemonSet/agent': 'Synced' } });
    });

    test('a sync wave waits for it', async () => {
      await argo.commit('waves', daemonSet('wave', 2, 0), inWave(1, 'after-wave', 2));
      await comesToRun('wave', '1', '2');
      const waits = ({ phase, message = '' }: Told) => phase === 'Running' && message.includes('DaemonSet/wave');
      const told = await argo.comesTo('waves', 'waiting', waits);
      expect(told.message).toMatch(/waiting for healthy state of apps\/DaemonSet\/wave/);
      expect(await versionOf('after-wave')).toBe('1');
    });

    test('an app of apps waits for it where the health of Applications is judged, and not otherwise', async () => {
      const child = (time: number) =>
        argo.application('agent', { syncPolicy: AUTOMATED, annotations: { time: String(time) } });
      await argo.commit('parent', child(2), inWave(1, 'after-child', 2));
      await argo.comesTo('parent', 'healthy', isIn('Synced', 'Healthy'));
      expect(await versionOf('after-child')).toBe('2');
      expect(await argo.told('agent')).toMatchObject({ health: 'Progressing' });
      const health = 'return { status = obj.status.health.status, message = "" }';
      await argo.configure({ 'resource.customizations.health.argoproj.io_Application': health });
      await argo.commit('parent', child(3), inWave(1, 'after-child', 3));
      await argo.comesTo('parent', 'waiting', ({ message = '' }) =>
        message.includes('waiting for healthy state of argoproj.io/Application/agent'),
      );
      expect(await versionOf('after-child')).toBe('2');
    });

    test('with the health of docs/gitops.md it is healthy, and the wave goes on', async () => {
      await argo.configure(await documented('apps_DaemonSet'));
      await argo.refresh('agent');
      await argo.comesTo('agent', 'healthy', isIn('Synced', 'Healthy'));
      for (const name of ['waves', 'parent']) await argo.comesTo(name, 'done', ({ phase }) => phase === 'Succeeded');
      expect(await versionOf('after-wave')).toBe('2');
      expect(await versionOf('after-child')).toBe('3');
      await comesToRun('wave', '1', '2');
    });

    test('after off all of it is current', async () => {
      await off();
      for (const name of ['agent', 'waves']) await argo.comesTo(name, 'healthy', isIn('Synced', 'Healthy'));
      await comesToRun('agent', '2', '2');
      await comesToRun('wave', '2', '2');
    });
  });

  describe('where a change is refused', () => {
    beforeAll(async () => {
      await argo.configure({ 'resource.customizations.health.apps_DaemonSet': '' });
      const policy = join(plane.folder, 'policy.yaml');
      await writeFile(policy, JSON.stringify(DENYING));
      await webhook.stop();
      webhook = await startWebhook(plane, [`--policy=${policy}`]);
      await webhook.register();
    });

    test('with retries without end it is made after off', async () => {
      const backoff = { duration: '1s', maxDuration: '2s' };
      await argo.apply('agent', { syncPolicy: { ...AUTOMATED, retry: { limit: -1, backoff } } });
      await on();
      await argo.commit('agent', daemonSet('agent', 4));
      await argo.comesTo('agent', 'refused', ({ message = '' }) => message.includes('Retrying attempt #3'));
      await off();
      await argo.comesTo('agent', 'healthy', isIn('Synced', 'Healthy'));
      await comesToRun('agent', '4', '4');
    });
  });
});
