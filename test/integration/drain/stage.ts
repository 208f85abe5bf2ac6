import { listAt, numberAt, textAt } from '../../../shared/index.ts';
import { until } from '../../support/until.ts';
import type { Workloads } from '../../support/workloads.ts';
import type { PodSketch, Situation } from './situations.ts';

/** KWOK plays what it is told later than any test lasts. */
const NEVER = '1h';

/** Puts the pods of situations on nodes: a pod `web` on node `real-1-ours` is called `web-real-1-ours`. */
export class Stage {
  readonly #world: Workloads;
  #daemonSetUid = '';

  constructor(world: Workloads) {
    this.#world = world;
  }

  /** Creates the DaemonSet that exists. */
  async prepare(): Promise<void> {
    const created = await this.#world.daemonSet('agent', 'default', 'agent', 0);
    this.#daemonSetUid = textAt(created, 'metadata', 'uid') ?? '';
  }

  /** Puts the pods of a situation on a node; all of them are as the situation wants them when this resolves. */
  async fill(node: string, { pods }: Situation): Promise<void> {
    await Promise.all(Object.entries(pods).map(([name, sketch]) => this.#pod(`${name}-${node}`, node, sketch)));
  }

  /** What is on a node: each pod without the node in its name, and how it goes where it was asked to. */
  async left(node: string): Promise<readonly string[]> {
    const list = await this.#world.get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    return listAt(list, 'items')
      .map((pod) => {
        const name = (textAt(pod, 'metadata', 'name') ?? '').replace(`-${node}`, '');
        if (textAt(pod, 'metadata', 'deletionTimestamp') === undefined) return name;
        return `${name} goes after ${numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? '?'} s`;
      })
      .sort();
  }

  async #pod(name: string, node: string, sketch: PodSketch): Promise<void> {
    const namespace = sketch.namespaceGoes === true ? await this.#world.bareNamespace(`ns-${node}`) : 'default';
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (sketch.budget !== undefined) await this.#budget(`${name}-1`, namespace, name);
    if (sketch.budget === 'two') await this.#budget(`${name}-2`, namespace, name);
    await this.#world.create(
      `/api/v1/namespaces/${namespace}/pods`,
      this.#podObject(name, node, { namespace, sketch }),
    );
    const { phase = 'Running' } = sketch;
    // KWOK ends a Job's pod by itself.
    if (phase !== 'Pending') await this.#reaches(path, ['Running', phase]);
    if (phase !== 'Pending' && phase !== 'Running') await this.#world.patch(`${path}/status`, { status: { phase } });
    if (sketch.terminating === true) await this.#terminate(path);
    if (sketch.namespaceGoes === true) await this.#world.remove(`/api/v1/namespaces/${namespace}`);
  }

  #podObject(name: string, node: string, { namespace, sketch }: { namespace: string; sketch: PodSketch }): object {
    const staysOn = sketch.stuck === true || sketch.terminating === true;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: { pod: name, ...sketch.labels },
        annotations: {
          ...(sketch.mirror === true && { 'kubernetes.io/config.mirror': 'abc' }),
          ...(sketch.phase === 'Pending' && { 'pod-ready.stage.kwok.x-k8s.io/delay': NEVER }),
          ...(staysOn && { 'pod-delete.stage.kwok.x-k8s.io/delay': NEVER }),
        },
        ownerReferences: this.#owners(sketch),
      },
      spec: {
        nodeName: node,
        terminationGracePeriodSeconds: sketch.terminationGracePeriodSeconds ?? 1,
        containers: [{ name: 'c', image: 'i' }],
        volumes: sketch.emptyDir === true ? [{ name: 'scratch', emptyDir: {} }] : [],
      },
    };
  }

  #owners({ owner }: PodSketch): readonly object[] {
    const reference = (apiVersion: string, kind: string, name: string, controller = true) => {
      const uid = name === 'agent' && apiVersion === 'apps/v1' ? this.#daemonSetUid : SOME_UID;
      return [{ apiVersion, kind, name, uid, controller }];
    };
    switch (owner) {
      case 'none':
        return [];
      case 'replicaset':
        return reference('apps/v1', 'ReplicaSet', 'web');
      case 'daemonset':
        return reference('apps/v1', 'DaemonSet', 'agent');
      case 'ghost-daemonset':
        return reference('apps/v1', 'DaemonSet', 'ghost');
      case 'old-daemonset':
        return reference('extensions/v1beta1', 'DaemonSet', 'agent');
      case 'job':
        return reference('batch/v1', 'Job', 'report');
      case 'plain-owner':
        return reference('v1', 'ConfigMap', 'settings', false);
    }
  }

  /** A budget that lets its pod not go, as its controller would write it. */
  async #budget(name: string, namespace: string, pod: string): Promise<void> {
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    await this.#world.create(path, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace },
      spec: { minAvailable: 1, selector: { matchLabels: { pod } } },
    });
    const counts = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    await this.#world.patch(`${path}/${name}/status`, { status: { observedGeneration: 1, ...counts } });
  }

  /** Asks for the deletion, and lets two seconds more pass than the pod has: by then it terminates for long. */
  async #terminate(path: string): Promise<void> {
    await this.#world.remove(path);
    const deletion = Date.parse(textAt(await this.#world.get(path), 'metadata', 'deletionTimestamp') ?? '');
    await until('it terminates for long', () => Date.now() > deletion + 2000);
  }

  async #reaches(path: string, phases: readonly string[]): Promise<void> {
    await until(`${path} is ${phases.join(' or ')}`, async () => {
      return phases.includes(textAt(await this.#world.get(path), 'status', 'phase') ?? '');
    });
  }
}

const SOME_UID = '00000000-0000-4000-8000-0000000000aa';
