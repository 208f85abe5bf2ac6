import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';
import { lackedBy } from '../build.ts';
import { neighbourNamed } from '../process.ts';
import { ArgoCd, type Told } from './stage.ts';

/** The node that is held, and the one beside it. */
export const [HELD, OTHER] = ['held', 'other'];
export const AUTOMATED = { automated: {} };

/** Whether it cannot run here. */
export const isLacking = lackedBy(neighbourNamed('argocd'), process.env).length > 0;

export const isIn = (sync: string, health: string) => (told: Told) => told.sync === sync && told.health === health;

/** A node that may be held and one beside it, with our webhook and Argo CD. */
export class Scene {
  readonly plane: ControlPlane;
  readonly argo: ArgoCd;
  readonly #webhook: WebhookProcess;
  readonly #world: Workloads;
  readonly #plugin: PluginRunner;

  private constructor(plane: ControlPlane, argo: ArgoCd, webhook: WebhookProcess) {
    this.plane = plane;
    this.argo = argo;
    this.#webhook = webhook;
    this.#world = new Workloads(plane);
    this.#plugin = pluginRunner(plane);
  }

  /** With a policy of its own, or the one that is built in. */
  static async start(policy?: object): Promise<Scene> {
    const plane = await startControlPlane({ nodes: [HELD, OTHER].map((name) => ({ name })) });
    const path = join(plane.folder, 'policy.yaml');
    if (policy !== undefined) await writeFile(path, JSON.stringify(policy));
    const webhook = await startWebhook(plane, policy === undefined ? [] : [`--policy=${path}`]);
    await webhook.register();
    return new Scene(plane, await ArgoCd.start(plane), webhook);
  }

  async end(): Promise<void> {
    await this.argo.end();
    await this.#webhook.stop();
    await this.plane.stop();
  }

  async on(): Promise<void> {
    await this.#maint('on', '--mode=cordon');
  }

  async off(): Promise<void> {
    await this.#maint('off', '--healthy-for=0s');
  }

  async #maint(verb: string, ...flags: readonly string[]): Promise<void> {
    const ran = await this.#plugin.maint([verb, HELD, '--owner=ana', ...flags]);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
  }

  /** Waits until an add-on runs in these versions: on the held node, and beside it. */
  async comesToRun(app: string, ...versions: readonly string[]): Promise<void> {
    let last: readonly string[] = [];
    await until(
      `${app} runs as ${versions.join(', ')}`,
      async () => {
        last = await this.#running(app);
        return last.join() === versions.join();
      },
      { seen: () => last.join() },
    );
  }

  async #running(app: string): Promise<readonly string[]> {
    const pods = listAt(await this.#world.get(`/api/v1/pods?labelSelector=app%3D${app}`), 'items');
    return [HELD, OTHER].map((node) => {
      const on = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === node);
      const images = on.map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '');
      return images.map((image) => image.replace('agent:', '')).join('+');
    });
  }

  /** The version that a ConfigMap has. */
  async versionOf(configMap: string): Promise<string | undefined> {
    return textAt(await this.#world.get(`/api/v1/namespaces/default/configmaps/${configMap}`), 'data', 'version');
  }
}

/** An add-on in a version. */
export function daemonSet(name: string, version: number, wave?: number): object {
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
