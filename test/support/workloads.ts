import type { ControlPlane } from '../control-plane/control-plane.ts';
import { listAt, numberAt, textAt, textsAt } from '../../shared/index.ts';
import { untilMay } from './access.ts';
import { until } from './until.ts';

/** Where a workload lives and on which node. */
export interface Place {
  readonly namespace: string;
  readonly node: string;
}

/** Where a workload lives, and the labels of the nodes that it may run on. */
export interface Pool {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What differs between pods of the tests. */
export interface PodShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly emptyDir?: boolean;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly object[];
  readonly priorityClassName?: string;
}

/** A kind that a test makes; `v1` unless told otherwise. With `fields` the API server prunes what is none of them. */
interface CustomKind {
  readonly kind: string;
  readonly plural: string;
  readonly version?: string;
  /** What its objects are like, as JSON schemas of their fields; whatever they are like where it is left out. */
  readonly fields?: Readonly<Record<string, object>>;
}

/** The cluster as tests set it up: each call returns when the API server shows its effect. */
export class Workloads {
  readonly #plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
  }

  /** Creates any object. Returns it as created. */
  async create(path: string, object: object): Promise<unknown> {
    const { status, body } = await this.#plane.api('POST', path, object);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Reads an object; undefined where there is none. */
  async get(path: string): Promise<unknown> {
    const { status, body } = await this.#plane.api('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Patches an object (JSON merge patch). Returns it as patched. */
  async patch(path: string, change: object): Promise<unknown> {
    const { status, body } = await this.#plane.api('PATCH', path, change);
    if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Asks for the deletion of an object; one that is gone already needs none. */
  async remove(path: string): Promise<void> {
    const { status, body } = await this.#plane.api('DELETE', path);
    if (status >= 300 && status !== 404) throw new Error(`DELETE ${path}: ${status} ${JSON.stringify(body)}`);
  }

  /** A namespace, where no controller gives it a service account. Returns its name. */
  async bareNamespace(name: string): Promise<string> {
    await this.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  }

  /** A namespace in which pods may be created. */
  async namespace(name: string): Promise<string> {
    await this.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await until(`the service account of ${name}`, async () => {
      return (await this.get(`/api/v1/namespaces/${name}/serviceaccounts/default`)) !== undefined;
    });
    return name;
  }

  /** A volume that is attached to a node; gives the path of the attachment. */
  async attachment(name: string, node: string, volume: string): Promise<string> {
    const path = '/apis/storage.k8s.io/v1/volumeattachments';
    await this.create(path, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: 'csi.example.org', nodeName: node, source: { persistentVolumeName: volume } },
    });
    return `${path}/${name}`;
  }

  /** A pod without a controller, put on its node; running when this resolves. */
  async pod(name: string, { namespace, node }: Place, shape: PodShape = {}): Promise<void> {
    const { annotations, finalizers, ownerReferences } = shape;
    await this.create(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: shape.labels ?? { app: name }, annotations, finalizers, ownerReferences },
      spec: { nodeName: node, ...podSpec(shape) },
    });
    await until(`pod ${name} runs`, async () => {
      return textAt(await this.get(`/api/v1/namespaces/${namespace}/pods/${name}`), 'status', 'phase') === 'Running';
    });
  }

  /** A Deployment whose pods fit on one node only, or on those of a pool; all of them ready when this resolves. */
  async deployment(name: string, place: Place | Pool, replicas: number, shape: PodShape = {}): Promise<void> {
    const { namespace } = place;
    const nodeSelector = 'node' in place ? { 'kubernetes.io/hostname': place.node } : place.labels;
    await this.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name, ...shape.labels }, annotations: shape.annotations },
          spec: { nodeSelector, ...podSpec(shape) },
        },
      },
    });
    await until(`${replicas} pods of ${name} are ready`, async () => {
      const deployment = await this.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
      return numberAt(deployment, 'status', 'readyReplicas') === replicas;
    });
  }

  /** A DaemonSet on nodes with this label; ready on as many of them when this resolves. Returns it as created. */
  async daemonSet(name: string, namespace: string, label: string, nodes: number): Promise<unknown> {
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets`;
    const created = await this.create(path, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { nodeSelector: { [label]: 'yes' }, ...podSpec({}) } },
      },
    });
    await until(`${name} is ready`, async () => {
      return numberAt(await this.get(`${path}/${name}`), 'status', 'numberReady') === nodes;
    });
    return created;
  }

  /** A kind of somebody's operator (in namespaces), served when this resolves. */
  async customResource(group: string, { kind, plural, version = 'v1', fields }: CustomKind): Promise<void> {
    const content = fields === undefined ? { 'x-kubernetes-preserve-unknown-fields': true } : { properties: fields };
    const schema = { openAPIV3Schema: { type: 'object', ...content } };
    await this.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind, plural },
        versions: [{ name: version, served: true, storage: true, schema }],
      },
    });
    await until(`${plural}.${group} is served`, async () => {
      const isListed = JSON.stringify(await this.get('/apis')).includes(`"${group}/${version}"`);
      return isListed && (await this.#plane.api('GET', `/apis/${group}/${version}/${plural}`)).status === 200;
    });
  }

  /** A disruption budget for `app=NAME`; its status is current when this resolves. */
  async budget(name: string, namespace: string, app: string, minAvailable: number): Promise<void> {
    const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    await this.create(path, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name, namespace },
      spec: { minAvailable, selector: { matchLabels: { app } } },
    });
    await until(`the status of budget ${name}`, async () => {
      const budget = await this.get(`${path}/${name}`);
      const healthy = numberAt(budget, 'status', 'currentHealthy') ?? 0;
      return numberAt(budget, 'status', 'observedGeneration') === 1 && healthy > 0;
    });
  }

  /** Gives rights to a user of the control plane, in the whole cluster; they are in force when this resolves. */
  async grant(user: string, rules: readonly object[]): Promise<void> {
    const [apiGroup, name] = ['rbac.authorization.k8s.io', user];
    const apiVersion = `${apiGroup}/v1`;
    await this.create(`/apis/${apiVersion}/clusterroles`, {
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name },
      rules,
    });
    await this.create(`/apis/${apiVersion}/clusterrolebindings`, {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name }],
    });
    // One of them tells: all are in one role.
    const [group = '', resource = '', verb = ''] = ['apiGroups', 'resources', 'verbs'].map(
      (key) => textsAt(rules[0], key)[0],
    );
    await untilMay(this.#plane, { user }, [
      { group, resource, verbs: [verb], names: textsAt(rules[0], 'resourceNames') },
    ]);
  }

  /** Names of the pods on a node, sorted; those without a deletion timestamp only. */
  async podsOn(node: string): Promise<readonly string[]> {
    const list = await this.get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    const alive = listAt(list, 'items').filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined);
    return alive.map((pod) => textAt(pod, 'metadata', 'name') ?? '').sort();
  }

  /** A Node as it is now. */
  node(name: string): Promise<unknown> {
    return this.get(`/api/v1/nodes/${name}`);
  }

  /** Reasons of the Events about a node, oldest first. */
  async events(node: string): Promise<readonly string[]> {
    const list = await this.get(`/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${node}`);
    const ours = listAt(list, 'items').filter((event) => textAt(event, 'source', 'component') === 'kubectl-maint');
    return ours
      .sort((a, b) => age(a) - age(b))
      .map((event) => `${textAt(event, 'reason') ?? ''}: ${textAt(event, 'message') ?? ''}`);
  }
}

/** Events are created one by one, so the version tells their order. */
function age(event: unknown): number {
  return Number(textAt(event, 'metadata', 'resourceVersion'));
}

function podSpec({ emptyDir, priorityClassName }: PodShape): object {
  const container = { name: 'main', image: 'example.invalid/none' };
  return {
    terminationGracePeriodSeconds: 1,
    containers: [container],
    priorityClassName,
    ...(emptyDir === true ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
  };
}

/** What a Node tells about its maintenance. */
export interface Maintenance {
  readonly label: string | undefined;
  readonly record: unknown;
  readonly unschedulable: boolean;
  readonly conditions: Readonly<Record<string, string>>;
}

/** A node that takes pods, and of whose maintenance nothing is left. */
export const FREE: Maintenance = { label: undefined, record: undefined, unschedulable: false, conditions: {} };

/** Reads it. */
export function maintenanceOf(node: unknown): Maintenance {
  const annotation = textAt(node, 'metadata', 'annotations', 'kubectl-maint.io/maintenance');
  const spec: unknown = typeof node === 'object' && node !== null && 'spec' in node ? node.spec : undefined;
  const ours = listAt(node, 'status', 'conditions').filter((condition) =>
    ['MaintenanceInProgress', 'DrainInProgress', 'Drained'].includes(textAt(condition, 'type') ?? ''),
  );
  return {
    label: textAt(node, 'metadata', 'labels', 'kubectl-maint.io/maintenance'),
    record: annotation === undefined ? undefined : JSON.parse(annotation),
    unschedulable: typeof spec === 'object' && spec !== null && 'unschedulable' in spec && spec.unschedulable === true,
    conditions: Object.fromEntries(
      ours.map((condition) => [
        textAt(condition, 'type') ?? '',
        `${textAt(condition, 'status') ?? ''}: ${textAt(condition, 'message') ?? ''}`,
      ]),
    ),
  };
}
