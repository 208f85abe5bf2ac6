import { networkInterfaces } from 'node:os';
import { BUILT_IN_POLICY, connectCluster, REGISTRATION_NAME } from '../../shared/index.ts';
import { logTo } from '../../webhook/log.ts';
import type { OwnService } from '../../webhook/controller/registration/own-registration.ts';
import { serve, type Serving } from '../../webhook/serve.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { isObject } from '../../shared/facts/json.ts';
import { until } from './until.ts';
import { serveAsProcess, type ServingProcess } from './webhook-process.ts';

export const NAMESPACE = 'kubectl-maint';
const SERVICE = 'kubectl-maint';
export const CA_SECRET_PATH = `/api/v1/namespaces/${NAMESPACE}/secrets/kubectl-maint-ca`;
export const REGISTRATION_PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';
const SLICES_PATH = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`;

/** What an API server needs to call a Service without a kube-proxy: it then dials the endpoints itself. */
export const DIALS_ENDPOINTS = ['--enable-aggregator-routing=true'];

/** Renewal that does not take minutes. */
const FAST = { tickMs: 500, trustedMs: 1000 };

/** A webhook of this process behind the Service. */
export interface Replica {
  readonly serving: Serving;
  readonly log: readonly string[];
  isReady(): Promise<boolean>;
  metrics(): Promise<string>;
  /** As a pod ends: it drains, and a moment later nobody sends it new calls. */
  stop(drainMs: number): Promise<void>;
}

/** How a replica differs from the usual. */
export interface ReplicaOptions {
  /** Where it finds the API server; the API server itself by default. */
  readonly server?: string;
  readonly now?: () => number;
  /** `Fail` by default: a call that goes wrong is seen. */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  readonly failClosed?: OwnService['failClosed'];
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

/** The registration as the chart makes it: without any entry. */
export async function installRegistration(plane: ControlPlane): Promise<void> {
  await post(plane, REGISTRATION_PATH.replace(/\/[^/]+$/, ''), {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: REGISTRATION_NAME },
  });
}

/** Starts a replica and lets the Service know of it once it is ready, as the controllers of a cluster do. */
export async function startReplica(
  plane: ControlPlane,
  name: string,
  { server, now = Date.now, failurePolicy = 'Fail', failClosed = [] }: ReplicaOptions = {},
): Promise<Replica> {
  const log: string[] = [];
  const cluster = await connectCluster({
    env: process.env,
    userAgent: 'maint-webhook',
    requestTimeoutMs: 30_000,
    kubeconfig: plane.kubeconfig,
    ...(server === undefined ? {} : { server }),
  });
  const serving = await serve(
    {
      host: '',
      port: 0,
      healthPort: 0,
      metricsPort: 0,
      clientCaFile: undefined,
      certificates: {
        kind: 'shared',
        namespace: NAMESPACE,
        secret: 'kubectl-maint-ca',
        names: [`${SERVICE}.${NAMESPACE}.svc`],
      },
      caOut: undefined,
      service: { namespace: NAMESPACE, name: SERVICE, failurePolicy, failClosed },
    },
    {
      cluster,
      log: logTo({ write: (line: string) => log.push(line) }, 'info'),
      policy: BUILT_IN_POLICY,
      now,
      pace: FAST,
    },
  );
  const health = `http://127.0.0.1:${serving.healthPort}`;
  const isReady = async () => (await fetch(`${health}/readyz`)).status === 200;
  await until(`replica ${name} is ready`, isReady).catch(async (thrown: unknown) => {
    const reasons = await (await fetch(`${health}/readyz`)).text();
    throw new Error(`${String(thrown)}: ${reasons}${log.join('')}`);
  });
  await addEndpoint(plane, name, serving.port);
  return {
    serving,
    log,
    isReady,
    metrics: async () => (await fetch(`http://127.0.0.1:${serving.metricsPort}/metrics`)).text(),
    stop: async (drainMs) => {
      const stopped = serving.stop(drainMs);
      // The endpoint goes while the replica drains.
      await plane.api('DELETE', `${SLICES_PATH}/${name}`);
      await stopped;
      cluster.close();
    },
  };
}

/** The built webhook behind the Service, as the chart runs it: by its image's flags, and keeping its registration. */
export async function startReplicaProcess(plane: ControlPlane): Promise<ServingProcess> {
  const serving = await serveAsProcess(plane, [`--service=${SERVICE}`, `--namespace=${NAMESPACE}`]);
  await addEndpoint(plane, 'process', serving.port);
  return serving;
}

function addEndpoint(plane: ControlPlane, name: string, port: number): Promise<void> {
  return post(plane, SLICES_PATH, sliceOf(name, port));
}

function sliceOf(name: string, port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': SERVICE } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
  };
}

/** An address of this machine that may stand in an EndpointSlice: loopback ones may not. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but loopback ones');
  return found.address;
}

async function post(plane: ControlPlane, path: string, object: object): Promise<void> {
  const { status, body } = await plane.api('POST', path, object);
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${isObject(body) ? JSON.stringify(body) : ''}`);
}
