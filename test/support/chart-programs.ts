import type { ControlPlane } from '../control-plane/contract.ts';
import { NAMESPACE, startController, startReplica, type Controller, type Replica } from './replicas.ts';
import { asServiceAccount } from './service-account.ts';

/** A controller and a replica of the webhook. */
export interface ChartPrograms {
  readonly controller: Controller;
  readonly replica: Replica;
}

/** Starts both where the chart is installed, with the tokens of its service accounts; `controllers` is the controller's. */
export async function startChartPrograms(
  plane: ControlPlane,
  name = 'first',
  controllers = 'kubectl-maint-controller',
): Promise<ChartPrograms> {
  const as = (account: string) => asServiceAccount(plane, { namespace: NAMESPACE, name: account });
  // The certificate that the webhook mounts is the controller's to write.
  const controller = await startController(await as(controllers), { failurePolicy: 'Ignore' });
  return { controller, replica: await startReplica(await as('kubectl-maint'), name) };
}

/** Ends both; the replica answers on for so long. */
export async function stopChartPrograms({ replica, controller }: ChartPrograms, drainMs: number): Promise<void> {
  await Promise.all([replica.stop(drainMs), controller.stop()]);
}
