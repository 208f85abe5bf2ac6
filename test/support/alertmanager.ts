import { listAt, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { ownAddress } from './service-endpoints.ts';
import type { Workloads } from './workloads.ts';

/** Where the Alertmanager of a test is found, as Prometheus Operator would make it. */
export const ALERTMANAGER = 'monitoring/alertmanager-operated:9093';
const [SERVICE, POD] = ['alertmanager-operated', 'alertmanager-main-0'];

/**
 * Makes the Service of an Alertmanager that listens on a port of this machine. The API server's proxy asks pods alone, so that
 * there is a pod with this machine's address, which nobody runs.
 */
export async function serveAlertmanager(plane: ControlPlane, world: Workloads, port: number): Promise<void> {
  const namespace = await world.namespace('monitoring');
  const path = `/api/v1/namespaces/${namespace}`;
  await world.create(`${path}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE, labels: { 'operated-alertmanager': 'true' } },
    spec: { ports: [{ name: 'web', port: 9093 }] },
  });
  await world.create(`${path}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: POD },
    spec: { schedulerName: 'nobody', containers: [{ name: 'alertmanager', image: 'example.invalid/none' }] },
  });
  const ip = ownAddress();
  const status = await plane.api('PATCH', `${path}/pods/${POD}/status`, { status: { podIP: ip, podIPs: [{ ip }] } });
  if (status.status !== 200) throw new Error(`the address of pod ${POD}: ${JSON.stringify(status.body)}`);
  await world.create(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: SERVICE, labels: { 'kubernetes.io/service-name': SERVICE } },
    addressType: 'IPv4',
    ports: [{ name: 'web', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [ip], conditions: { ready: true }, targetRef: { kind: 'Pod', namespace, name: POD } }],
  });
}

/** The silences of an Alertmanager in a state, by the label that the first matcher of each is about. */
export async function silencesAt(
  url: string,
  state: 'active' | 'expired' = 'active',
): Promise<ReadonlyMap<string, unknown>> {
  const answer = await fetch(`${url}/api/v2/silences`);
  const all: unknown = await answer.json();
  const found = listAt(all).filter((one) => textAt(one, 'status', 'state') === state);
  return new Map(found.map((one) => [textAt(listAt(one, 'matchers')[0], 'name') ?? '', one]));
}

/** When a silence ends, in milliseconds since the epoch. */
export function endOf(silence: unknown): number {
  return Date.parse(textAt(silence, 'endsAt') ?? '');
}
