import {
  collectionPath,
  isInMaintenance,
  listAt,
  refusalFromAnswer,
  textAt,
  type ApiAnswer,
  type Cluster,
  type ClusterReader,
  type ClusterSender,
  type PolicyConfig,
  once,
  readAll,
  isNotFound,
} from '../../../shared/index.ts';
import { listNodes } from '../../nodes/choose.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { policyInForce, type PolicyInForce } from '../../policy/in-force.ts';
import { readRegistration } from '../../policy/registration.ts';
import { CHART_LABEL, readInstallation, type Installation } from '../../policy/installation.ts';
import type { Session } from '../../session/session.ts';
import { askGuard, type GuardCanary } from './guard-canary.ts';

/** What is asked of a cluster: nothing is followed. */
export type AskedCluster = ClusterReader & ClusterSender;

/** What the checks read. What several of them need is read once; each read may throw what the cluster's port throws. */
export interface Readings {
  readonly cluster: AskedCluster;
  /** Version of this plugin. */
  readonly pluginVersion: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends what is read when time is up, or when the person interrupts. */
  readonly signal: AbortSignal;
  readonly interrupted: () => boolean;
  /** The first answer of the API server, and when it was asked for and came. */
  readonly greeting: () => Promise<Greeting>;
  /** Names of the resources that a `group/version` serves; undefined where it is not served. */
  readonly served: (groupVersion: string) => Promise<readonly string[] | undefined>;
  /** The ValidatingWebhookConfiguration; undefined where there is none. */
  readonly registration: () => Promise<unknown>;
  readonly nodes: () => Promise<readonly NodeSnapshot[]>;
  /** Those in maintenance. */
  readonly held: () => Promise<readonly NodeSnapshot[]>;
  readonly installation: () => Promise<Installation>;
  readonly policy: () => Promise<PolicyInForce>;
  /** What that comes to: the defaults where it is not known. */
  readonly config: () => Promise<PolicyConfig>;
  readonly guardCanary: () => Promise<GuardCanary | undefined>;
  /** Our ValidatingAdmissionPolicies, and their bindings. */
  readonly policies: () => Promise<readonly unknown[]>;
  readonly bindings: () => Promise<readonly unknown[]>;
}

/** The answer to `GET /version`. Times are milliseconds since the epoch. */
export interface Greeting {
  readonly answer: ApiAnswer;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Reads for the checks under one signal. */
export function readingsFrom(session: Session, pluginVersion: string, signal: AbortSignal): Readings {
  const cluster = bounded(session.cluster, signal);
  const registration = once(() => readRegistration(cluster));
  const nodes = once(() => listNodes(cluster));
  const policy = once(() => policyInForce(cluster, registration));
  // What others wrote goes by the API server's clock; how far this machine's is from it is one of the questions.
  const now = (): number => session.clock.now() + session.cluster.clockAheadMs();
  const resources = new Map<string, Promise<readonly string[] | undefined>>();
  return {
    cluster,
    pluginVersion,
    now,
    signal,
    interrupted: () => session.signal.aborted,
    greeting: once(() => greet(cluster, () => session.clock.now())),
    served: (groupVersion) => {
      const known = resources.get(groupVersion) ?? readServed(groupVersion, cluster);
      resources.set(groupVersion, known);
      return known;
    },
    registration,
    nodes,
    held: async () => (await nodes()).filter(({ facts }) => isInMaintenance(facts)),
    installation: once(async () => readInstallation(await registration(), cluster)),
    policy,
    config: async () => (await policy()).policy.config,
    guardCanary: once(() => askGuard({ cluster, nodes }, now)),
    policies: once(() => readOurs('validatingadmissionpolicies', cluster)),
    bindings: once(() => readOurs('validatingadmissionpolicybindings', cluster)),
  };
}

/** Every request ends with the signal. */
function bounded(cluster: Cluster, signal: AbortSignal): AskedCluster {
  return {
    send: (request) => cluster.send({ ...request, signal }),
    get: (path, options) => cluster.get(path, { ...options, signal }),
    pages: (path, options) => cluster.pages(path, { ...options, signal }),
  };
}

async function greet(cluster: AskedCluster, now: () => number): Promise<Greeting> {
  const sentAt = now();
  const answer = await cluster.send({ method: 'GET', path: '/version' });
  return { answer, sentAt, receivedAt: now() };
}

async function readServed(groupVersion: string, cluster: AskedCluster): Promise<readonly string[] | undefined> {
  const answer = await cluster.send({ method: 'GET', path: `/apis/${groupVersion}` });
  if (isNotFound(answer)) return undefined;
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return listAt(answer.body, 'resources').map((resource) => textAt(resource, 'name') ?? '');
}

/** The objects of ours in a collection of the admission API. */
function readOurs(resource: string, cluster: AskedCluster): Promise<readonly unknown[]> {
  const path = collectionPath(`admissionregistration.k8s.io/v1/${resource}`, '');
  return readAll(cluster, { path, query: { labelSelector: CHART_LABEL } }, (object) => object);
}
