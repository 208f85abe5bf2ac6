import type { ControlPlane } from '../control-plane/control-plane.ts';
import { ownAddress } from './service-endpoints.ts';
import type { Workloads } from './workloads.ts';

/** A Service, and the port of this machine that answers behind it. */
interface Served {
  /** Made for it. */
  readonly namespace: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly servicePort: number;
  readonly port: number;
}

/**
 * Lets the API server's proxy reach a port of this machine by a Service. It asks pods alone, so that there is a pod with this
 * machine's address, which nobody runs.
 */
export async function serveAsPod(
  plane: ControlPlane,
  world: Workloads,
  { namespace, service, labels, servicePort, port }: Served,
): Promise<void> {
  const path = `/api/v1/namespaces/${await world.namespace(namespace)}`;
  const ip = ownAddress();
  await world.create(`${path}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service, labels },
    spec: { ports: [{ name: 'api', port: servicePort }] },
  });
  await world.create(`${path}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: service },
    spec: { schedulerName: 'nobody', containers: [{ name: 'api', image: 'example.invalid/none' }] },
  });
  const status = await plane.api('PATCH', `${path}/pods/${service}/status`, {
    status: { podIP: ip, podIPs: [{ ip }] },
  });
  if (status.status !== 200) throw new Error(`the address of pod ${service}: ${JSON.stringify(status.body)}`);
  const targetRef = { kind: 'Pod', namespace, name: service };
  // Older API servers, 1.35 among them, ask Endpoints, of which no controller is to make slices again.
  await world.create(`${path}/endpoints`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: service, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip, targetRef }], ports: [{ name: 'api', port, protocol: 'TCP' }] }],
  });
  await world.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'api', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [ip], conditions: { ready: true }, targetRef }],
  });
}
