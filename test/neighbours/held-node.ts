import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isTrueAt, listAt, nodePath, RECORD_ANNOTATION, STATE_LABEL, textAt } from '../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../support/plugin-run.ts';
import { untilSuch } from '../support/until.ts';
import { startWebhook, type WebhookProcess } from '../support/webhook-process.ts';
import { Workloads } from '../support/workloads.ts';

/** The node that is held, and the one beside it. */
export const [HELD, OTHER] = ['held', 'other'];

/** Refuses a change of an add-on that would reach a held node. */
export const DENYING = {
  apiVersion: 'kubectl-maint.io/v1alpha1',
  kind: 'MaintenancePolicy',
  rules: { addon: { change: 'deny' } },
};

/** What of a maintenance stands on a node. */
export type Marks = Readonly<Record<'cordoned' | 'label' | 'record', boolean>>;

export const MARKED: Marks = { cordoned: true, label: true, record: true };
export const UNMARKED: Marks = { cordoned: false, label: false, record: false };

/** A node that may be held and one beside it, with our webhook: what tools of GitOps are shown before. */
export class HeldNode {
  readonly plane: ControlPlane;
  readonly #webhook: WebhookProcess;
  readonly #world: Workloads;
  readonly #plugin: PluginRunner;

  private constructor(plane: ControlPlane, webhook: WebhookProcess) {
    this.plane = plane;
    this.#webhook = webhook;
    this.#world = new Workloads(plane);
    this.#plugin = pluginRunner(plane);
  }

  /** With a policy of its own, or the one that is built in. */
  static async start(policy?: object): Promise<HeldNode> {
    const plane = await startControlPlane({ nodes: [HELD, OTHER].map((name) => ({ name })) });
    const path = join(plane.folder, 'policy.yaml');
    if (policy !== undefined) await writeFile(path, JSON.stringify(policy));
    const webhook = await startWebhook(plane, policy === undefined ? [] : [`--policy=${path}`]);
    await webhook.register();
    return new HeldNode(plane, webhook);
  }

  async end(): Promise<void> {
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
    const what = `${app} runs as ${versions.join(', ')}`;
    await untilSuch(
      what,
      () => this.#running(app),
      (running) => running.join() === versions.join(),
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

  /** What `on` has made of the node. */
  async marks(): Promise<Marks> {
    const node = await this.#world.get(nodePath(HELD));
    return {
      cordoned: isTrueAt(node, 'spec', 'unschedulable'),
      label: textAt(node, 'metadata', 'labels', STATE_LABEL) !== undefined,
      record: textAt(node, 'metadata', 'annotations', RECORD_ANNOTATION) !== undefined,
    };
  }

  /** The version that a ConfigMap has. */
  async versionOf(configMap: string): Promise<string | undefined> {
    return textAt(await this.#world.get(`/api/v1/namespaces/default/configmaps/${configMap}`), 'data', 'version');
  }
}

/** A Node as somebody might have it in a repository. */
export function nodeOf(rack: number, spec?: object): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: HELD, labels: { rack: String(rack) } }, spec };
}

/** A ConfigMap in a version. */
export function configMap(name: string, version: number, annotations?: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data: { version: String(version) } };
}

/** An add-on in a version. */
export function daemonSet(name: string, version: number, annotations?: Readonly<Record<string, string>>): object {
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
