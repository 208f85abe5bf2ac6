import type { ControlPlane } from '../../control-plane/contract.ts';
import {
  installFence,
  installService,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { Addons } from './addons.ts';

/** What answers and keeps, and the add-ons of a control plane. */
export interface OneReplica {
  readonly addons: Addons;
  readonly controller: Controller;
  readonly replica: Replica;
}

/** One controller, one replica, which finds the API server at `server`, and the add-on `agent:1`, which runs on each of the nodes. */
export async function startOneReplica(
  plane: ControlPlane,
  nodes: readonly string[],
  server = plane.server,
): Promise<OneReplica> {
  const addons = new Addons(plane);
  await installService(plane);
  await installFence(plane);
  const controller = await startController(plane, { failurePolicy: 'Ignore' });
  const replica = await startReplica(plane, 'only', { server });
  await addons.create('agent', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  await addons.reaches('agent', { image: 'agent:1', nodes });
  return { addons, controller, replica };
}
