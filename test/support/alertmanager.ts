import { listAt, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { serveAsPod } from './pod-service.ts';
import type { Workloads } from './workloads.ts';

/** Where the Alertmanager of a test is found, as Prometheus Operator would make it. */
export const ALERTMANAGER = 'monitoring/alertmanager-operated:9093';

/** Makes the Service of an Alertmanager that listens on a port of this machine. */
export function serveAlertmanager(plane: ControlPlane, world: Workloads, port: number): Promise<void> {
  const labels = { 'operated-alertmanager': 'true' };
  return serveAsPod(plane, world, {
    namespace: 'monitoring',
    service: 'alertmanager-operated',
    labels,
    servicePort: 9093,
    port,
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
