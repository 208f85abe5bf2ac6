import { at, conditionAt, listAt, numberAt, REVISION_HASH_LABEL, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

const DAEMONSETS = '/apis/apps/v1/namespaces/default/daemonsets';
const PODS = '/api/v1/namespaces/default/pods';

/** A pod of a DaemonSet as these tests judge it. */
export interface AddonPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly image: string;
  readonly hash: string;
  readonly ready: boolean;
  /** Asked to go, and still there. */
  readonly going: boolean;
}

/** What runs on each node, for example `{ 'node-1': 'agent:2', 'node-2': 'agent:1 going' }`; two pods are joined by ` + `. */
export type View = Readonly<Record<string, string>>;

/** What is waited for. */
export interface Wanted {
  readonly image: string;
  readonly nodes: readonly string[];
  /** Pods that stay as they are, each alone on its node. */
  readonly stay?: readonly AddonPod[];
  /** Nodes about which nothing is asked. */
  readonly lost?: readonly string[];
}

/** DaemonSets on a real controller, each named after its case. */
export class Addons {
  readonly #plane: ControlPlane;
  readonly #world: Workloads;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#world = new Workloads(plane);
  }

  /** Creates a DaemonSet with image `agent:1`. */
  async create(name: string, updateStrategy: object): Promise<void> {
    await this.#world.create(DAEMONSETS, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: name } },
        updateStrategy,
        template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'agent:1' }] } },
      },
    });
  }

  /** Changes the image of the template, and what else of its spec is told. */
  async roll(name: string, image: string, more: object = {}): Promise<void> {
    const containers = [{ name: 'c', image }];
    await this.#world.patch(`${DAEMONSETS}/${name}`, { spec: { template: { spec: { containers, ...more } } } });
  }

  /** Every pod of a DaemonSet, by node. */
  async pods(name: string): Promise<readonly AddonPod[]> {
    const list = await this.#world.get(`${PODS}?labelSelector=app%3D${name}`);
    return listAt(list, 'items')
      .map(addonPod)
      .sort((a, b) => a.node.localeCompare(b.node));
  }

  /** Its pods on some nodes, one on each. */
  async podsOn(name: string, nodes: readonly string[]): Promise<readonly AddonPod[]> {
    const pods = (await this.pods(name)).filter(({ node }) => nodes.includes(node));
    if (pods.length !== nodes.length) throw new Error(`${name} has ${pods.length} pods on ${nodes.join(', ')}`);
    return pods;
  }

  /** Waits until the image, with the current revision's hash, is Ready on exactly these nodes, and the pods that stay do. */
  async reaches(name: string, { image, nodes, stay = [], lost = [] }: Wanted): Promise<void> {
    const wanted = render(viewOf([...nodes.map((node) => ({ node, image })), ...stay].map(asReady)));
    const staying = stay.map(({ uid, hash }) => `${uid} ${hash}`);
    let seen = '';
    const holds = async (): Promise<boolean> => {
      const current = await this.currentHash(name);
      const pods = (await this.pods(name)).filter(({ node }) => !lost.includes(node));
      seen = render(viewOf(pods));
      const there = pods.map(({ uid, hash }) => `${uid} ${hash}`);
      const fresh = pods.filter(({ node }) => nodes.includes(node));
      return (
        seen === wanted && fresh.every(({ hash }) => hash === current) && staying.every((one) => there.includes(one))
      );
    };
    await until(`${name} is\n${wanted}\n`, holds, { seen: () => `\n${seen}` });
  }

  /** Waits until some nodes run the image: the rollout is in its middle. */
  async begins(name: string, image: string, nodes: number): Promise<void> {
    await until(`${image} of ${name} is on ${nodes} nodes`, async () => {
      return (await this.pods(name)).filter((pod) => pod.image === image && pod.ready).length >= nodes;
    });
  }

  /** Waits until its controller was refused at least once, by its own Events. */
  async isRefused(name: string): Promise<void> {
    const path = `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${name}`;
    const text = `the rollout of DaemonSet default/${name} waits: its pod on node `;
    await until(`the controller of ${name} was refused`, async () => {
      return listAt(await this.#world.get(path), 'items').some((event) => textAt(event, 'message')?.includes(text));
    });
  }

  /** The hash of a DaemonSet's highest revision. */
  async currentHash(name: string): Promise<string> {
    const path = `/apis/apps/v1/namespaces/default/controllerrevisions?labelSelector=app%3D${name}`;
    const revisions = [...listAt(await this.#world.get(path), 'items')];
    const [highest] = revisions.sort((a, b) => (numberAt(b, 'revision') ?? 0) - (numberAt(a, 'revision') ?? 0));
    return textAt(at(highest, 'metadata', 'labels'), REVISION_HASH_LABEL) ?? '';
  }

  /** Removes a DaemonSet. */
  async remove(name: string): Promise<void> {
    await this.#plane.api('DELETE', `${DAEMONSETS}/${name}`);
  }

  /** What the node controller says of the pods of a node that it has lost. */
  async lose(pods: readonly AddonPod[]): Promise<void> {
    const now = new Date().toISOString();
    const conditions = [{ type: 'Ready', status: 'False', reason: 'NodeNotReady', lastTransitionTime: now }];
    for (const { name } of pods) await this.#world.patch(`${PODS}/${name}/status`, { status: { conditions } });
  }

  /** Each way in which a pod may end that no rollout asks for. */
  async end(pod: AddonPod, how: Ending): Promise<void> {
    const path = `${PODS}/${pod.name}`;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name, namespace: 'default' } };
    const calls = {
      fails: () => this.#plane.api('PATCH', `${path}/status`, { status: { phase: 'Failed' } }),
      'is evicted': () => this.#plane.api('POST', `${path}/eviction`, eviction),
      'is deleted': () => this.#plane.api('DELETE', path),
    } satisfies Record<Ending, unknown>;
    const { status, body } = await calls[how]();
    if (status >= 300) throw new Error(`${pod.name} ${how}: ${status} ${JSON.stringify(body)}`);
  }
}

/** How a pod ends. */
export type Ending = 'fails' | 'is evicted' | 'is deleted';

function addonPod(pod: unknown): AddonPod {
  return {
    name: textAt(pod, 'metadata', 'name') ?? '',
    uid: textAt(pod, 'metadata', 'uid') ?? '',
    node: textAt(pod, 'spec', 'nodeName') ?? '(no node yet)',
    image: textAt(listAt(pod, 'spec', 'containers')[0], 'image') ?? '',
    hash: textAt(at(pod, 'metadata', 'labels'), REVISION_HASH_LABEL) ?? '',
    ready: textAt(conditionAt(pod, 'Ready'), 'status') === 'True',
    going: textAt(pod, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

type Shown = Pick<AddonPod, 'node' | 'image' | 'ready' | 'going'>;

/** Pods that stay may be not Ready, as those of a lost node. */
function asReady({
  node,
  image,
  ready = true,
}: Pick<AddonPod, 'node' | 'image'> & { readonly ready?: boolean }): Shown {
  return { node, image, ready, going: false };
}

function viewOf(pods: readonly Shown[]): View {
  const view: Record<string, string> = {};
  for (const { node, image, ready, going } of pods) {
    const words = [image, ...(ready ? [] : ['not Ready']), ...(going ? ['going'] : [])].join(' ');
    view[node] = [view[node] ?? [], words].flat().join(' + ');
  }
  return view;
}

function render(view: View): string {
  return Object.entries(view)
    .map(([node, words]) => `${node}: ${words}`)
    .sort()
    .join('\n');
}
