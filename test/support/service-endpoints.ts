import { networkInterfaces } from 'node:os';
import { at, listAt, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';

/** API servers that dial a Service's endpoints themselves read EndpointSlices since then, and Endpoints before. */
const FIRST_MINOR_WITH_SLICES = 34;

/** The Service that something answers behind. */
export interface OfService {
  readonly namespace: string;
  readonly service: string;
}

/** Lets the Service know of a port of this machine, as controllers of a cluster do; the slice has a name of its own. */
export async function addEndpoint(plane: ControlPlane, of: OfService, name: string, port: number): Promise<void> {
  const { status, body } = await plane.api('POST', slicesPath(of), sliceOf(of, name, port));
  if (status !== 201) throw new Error(`the endpoint ${name} was not written: ${status} ${JSON.stringify(body)}`);
  await tellOlder(plane, of);
}

/** Takes it away again. */
export async function removeEndpoint(plane: ControlPlane, of: OfService, name: string): Promise<void> {
  await plane.api('DELETE', `${slicesPath(of)}/${name}`);
  await tellOlder(plane, of);
}

function slicesPath({ namespace }: OfService): string {
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
}

function sliceOf({ service }: OfService, name: string, port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
  };
}

/** Writes the slices of the Service down as Endpoints, of which no controller is to make slices again. */
async function tellOlder(plane: ControlPlane, of: OfService): Promise<void> {
  const minor = Number(textAt((await plane.api('GET', '/version')).body, 'minor'));
  if (minor >= FIRST_MINOR_WITH_SLICES) return;
  const slices = listAt((await plane.api('GET', slicesPath(of))).body, 'items');
  const subsets = slices.map((slice) => ({ addresses: [{ ip: ownAddress() }], ports: at(slice, 'ports') }));
  const path = `/api/v1/namespaces/${of.namespace}/endpoints`;
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: of.service, labels }, subsets };
  const put = await plane.api('PUT', `${path}/${of.service}`, endpoints);
  if (put.status === 404) await plane.api('POST', path, endpoints);
}

/** An address of this machine that may stand in an EndpointSlice: loopback ones may not. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but loopback ones');
  return found.address;
}
