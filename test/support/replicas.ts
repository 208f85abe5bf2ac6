import {
  BUILT_IN_POLICY,
  connectCluster,
  entryName,
  listAt,
  numberAt,
  REGISTRATION_NAME,
  textAt,
  type Cluster,
} from '../../shared/index.ts';
import { control } from '../../webhook/control.ts';
import type { OwnService } from '../../webhook/controller/registration/own-registration.ts';
import { CA_SECRET, LEASE, TLS_SECRET } from '../../webhook/grants.ts';
import { logTo } from '../../webhook/log.ts';
import { serve, type Serving } from '../../webhook/serve.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { isObject } from '../../shared/facts/json.ts';
import { installFromChart } from './helm.ts';
import { mountedSecret } from './mounted-secret.ts';
import { addEndpoint, removeEndpoint } from './service-endpoints.ts';
import { until, untilSuch } from './until.ts';
import { serveAsProcess, type ServingProcess } from './webhook-process.ts';

export const NAMESPACE = 'kubectl-maint';
const SERVICE = 'kubectl-maint';
export const CA_SECRET_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/${CA_SECRET}`;
export const TLS_SECRET_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/${TLS_SECRET}`;
export const LEASE_PATH = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${LEASE}`;
export const REGISTRATION_PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';
/** As API servers know it. */
export const SERVED_NAME = `${SERVICE}.${NAMESPACE}.svc`;
const OF_SERVICE = { namespace: NAMESPACE, service: SERVICE };

/** What an API server needs to call a Service without a kube-proxy: it then dials the endpoints itself. */
export const DIALS_ENDPOINTS = ['--enable-aggregator-routing=true'];

/** Renewal that does not take minutes. */
const FAST = { tickMs: 500, trustedMs: 1000 };

/** A webhook of this process behind the Service. */
export interface Replica extends Asked {
  readonly serving: Serving;
  /** As a pod ends: it drains, and a moment later nobody sends it new calls. */
  stop(drainMs: number): Promise<void>;
}

/** A controller of this process. */
export interface Controller extends Asked {
  /** As a pod ends: it gives its Lease back. */
  stop(): Promise<void>;
}

/** A program of ours as kubelet and Prometheus see it. */
interface Asked {
  readonly log: readonly string[];
  readonly isReady: () => Promise<boolean>;
  readonly metrics: () => Promise<string>;
}

/** How one differs from the usual. */
export interface Differently {
  /** Where it finds the API server; the API server itself by default. */
  readonly server?: string;
  readonly now?: () => number;
  /** Whether it comes to be ready, and is waited for; true by default. */
  readonly ready?: boolean;
}

/** How a controller differs from the usual. */
export interface ControllerOptions extends Differently {
  /** `Fail` by default: a call that goes wrong is seen. */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  readonly failClosed?: OwnService['failClosed'];
  /** Where somebody else puts `ca.crt`, who makes the certificates; it makes them itself by default. */
  readonly caFolder?: string;
}

/** Prepares a control plane (started with DIALS_ENDPOINTS) as the chart would: namespace, Service, registration. */
export async function installService(plane: ControlPlane): Promise<void> {
  await post(plane, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await post(plane, `/api/v1/namespaces/${NAMESPACE}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE },
    spec: { ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  });
  await installRegistration(plane);
}

/** What the chart fences the controller in with. */
export async function installFence(plane: ControlPlane): Promise<void> {
  await installFromChart(plane, NAMESPACE, /\/fence\.kubectl-maint\.io$/);
}

/** The chart's Deployments: their pods are KWOK's, and the programs are those that the test starts. Waits until they are ready. */
export async function installDeployments(plane: ControlPlane): Promise<void> {
  await installFromChart(plane, NAMESPACE, /^(?:Deployment|ServiceAccount|ConfigMap)\//);
  for (const name of ['kubectl-maint', 'kubectl-maint-controller'])
    await until(`${name} is ready`, async () => {
      const { body } = await plane.api('GET', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`);
      return numberAt(body, 'status', 'readyReplicas') === 2;
    });
}

/** The registration as the chart makes it: without any entry. */
export async function installRegistration(plane: ControlPlane): Promise<void> {
  await post(plane, REGISTRATION_PATH.replace(/\/[^/]+$/, ''), {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: REGISTRATION_NAME },
  });
}

/** The entries that the registration has now, by name. */
export async function entryNames(plane: ControlPlane): Promise<readonly string[]> {
  const { body } = await plane.api('GET', REGISTRATION_PATH);
  return listAt(body, 'webhooks').map((entry) => textAt(entry, 'name') ?? '');
}

/** Waits until the webhook is asked by an entry (its short name); gives all that there are then. */
export function untilAskedBy(plane: ControlPlane, entry: string): Promise<readonly string[]> {
  return untilSuch(
    `the webhook is asked by the entry ${entry}`,
    () => entryNames(plane),
    (names) => names.includes(entryName(entry)),
  );
}

/** Starts a controller, and waits until it is ready. */
export async function startController(
  plane: ControlPlane,
  { server, now = Date.now, ready = true, failurePolicy = 'Fail', failClosed = [], caFolder }: ControllerOptions = {},
): Promise<Controller> {
  const log: string[] = [];
  const cluster = await connected(plane, server);
  const place = { namespace: NAMESPACE };
  const controlling = await control(
    {
      registered: { by: 'service', ...place, name: SERVICE, failurePolicy, failClosed, exemptNamespaces: [] },
      lease: { ...place, name: LEASE },
      host: '127.0.0.1',
      healthPort: 0,
      metricsPort: 0,
      certificates:
        caFolder === undefined
          ? {
              by: 'controller',
              authority: { ...place, name: CA_SECRET },
              leaf: { ...place, name: TLS_SECRET },
              names: [SERVED_NAME],
            }
          : { by: 'others', folder: caFolder },
    },
    { cluster, log: logTo({ write: (line: string) => log.push(line) }, 'info'), policy: BUILT_IN_POLICY, now, ...FAST },
  );
  const asked = askedAt(controlling, log);
  if (ready) await untilReady('the controller', asked);
  return {
    ...asked,
    stop: async () => {
      await controlling.stop();
      cluster.close();
    },
  };
}

/** A replica that is not as usual. */
interface ReplicaOptions extends Differently {
  /** Whose certificates callers have to show; anybody may call by default. */
  readonly clientCaFile?: string;
  /** How long a new authority is only trusted, in ms. */
  readonly standingMs?: number;
}

/**
 * Starts a replica with the certificate that the controller has written, and lets the Service know of it once it is ready,
 * as kubelet and controllers of a cluster do.
 */
export async function startReplica(
  plane: ControlPlane,
  name: string,
  { server, now = Date.now, clientCaFile, standingMs = FAST.trustedMs }: ReplicaOptions = {},
): Promise<Replica> {
  const log: string[] = [];
  const cluster = await connected(plane, server);
  const mounted = await mountedSecret(plane, TLS_SECRET_PATH);
  const serving = await serve(
    {
      host: '',
      port: 0,
      healthPort: 0,
      metricsPort: 0,
      clientCaFile,
      certificates: { kind: 'folder', folder: mounted.folder },
      caOut: undefined,
      controller: undefined,
    },
    {
      cluster,
      log: logTo({ write: (line: string) => log.push(line) }, 'info'),
      policy: BUILT_IN_POLICY,
      now,
      tickMs: FAST.tickMs,
      standingMs,
    },
  );
  const asked = askedAt(serving, log);
  await untilReady(`replica ${name}`, asked);
  await addEndpoint(plane, OF_SERVICE, name, serving.port);
  return {
    serving,
    ...asked,
    stop: async (drainMs) => {
      const stopped = serving.stop(drainMs);
      // The endpoint goes while the replica drains.
      await removeEndpoint(plane, OF_SERVICE, name);
      await stopped;
      await mounted.end();
      cluster.close();
    },
  };
}

function connected(plane: ControlPlane, server: string | undefined): Promise<Cluster> {
  return connectCluster({
    env: process.env,
    userAgent: 'maint-webhook',
    requestTimeoutMs: 30_000,
    kubeconfig: plane.kubeconfig,
    ...(server === undefined ? {} : { server }),
  });
}

function askedAt(
  { healthPort, metricsPort }: Pick<Serving, 'healthPort' | 'metricsPort'>,
  log: readonly string[],
): Asked {
  const [health, told] = [healthPort, metricsPort].map((port) => `http://127.0.0.1:${port}`);
  return {
    log,
    isReady: async () => (await fetch(`${health ?? ''}/readyz`)).status === 200,
    metrics: async () => (await fetch(`${told ?? ''}/metrics`)).text(),
  };
}

function untilReady(what: string, { isReady, log }: Asked): Promise<void> {
  return until(`${what} is ready`, isReady, { seen: () => log.join('') });
}

/** The built webhook behind the Service, with the controller in the same process. */
export async function startReplicaProcess(plane: ControlPlane): Promise<ServingProcess> {
  const flags = ['--with-controller', `--service=${SERVICE}`, `--namespace=${NAMESPACE}`];
  const serving = await serveAsProcess(plane, flags);
  await addEndpoint(plane, OF_SERVICE, 'process', serving.port);
  return serving;
}

async function post(plane: ControlPlane, path: string, object: object): Promise<void> {
  const { status, body } = await plane.api('POST', path, object);
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${isObject(body) ? JSON.stringify(body) : ''}`);
}
