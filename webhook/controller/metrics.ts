import { Counter, Gauge, Registry } from 'prom-client';
import type { Rendered } from '../probes.ts';
import type { MaintenanceRecorder } from './maintenance-events/recorder.ts';
import type { RegistrationReconciler } from './registration/reconciler.ts';

/** What is read when the controller's metrics are. */
export interface ControllerMetricsPorts {
  readonly leads: () => boolean;
  /** Undefined while it does not lead, or where somebody else registers the webhook. */
  readonly registration: () => Pick<RegistrationReconciler, 'missing' | 'unarmed' | 'drifts'> | undefined;
  readonly maintenances: Pick<MaintenanceRecorder, 'deletedInMaintenance'>;
}

/** What a controller tells Prometheus. */
export function controllerMetrics({ leads, registration, maintenances }: ControllerMetricsPorts): Rendered {
  const registry = new Registry();
  const gauges: readonly (readonly [name: string, help: string, read: () => boolean])[] = [
    ['leads', 'Whether this controller is the one that writes', leads],
    [
      'registration_missing',
      'Whether the ValidatingWebhookConfiguration is gone: 1 means that no request is reviewed',
      () => registration()?.missing === true,
    ],
    [
      'registration_unarmed',
      'Whether some node is in maintenance and an entry of the ValidatingWebhookConfiguration is missing or not as it should be: 1 means that not all is reviewed',
      () => registration()?.unarmed === true,
    ],
  ];
  for (const [name, help, read] of gauges) {
    new Gauge({
      name: `maint_controller_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read() ? 1 : 0);
      },
    });
  }
  new Counter({
    name: 'maint_controller_nodes_deleted_in_maintenance_total',
    help: 'Nodes that were deleted while in maintenance, as far as this controller has seen: they come back without a record',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(maintenances.deletedInMaintenance);
    },
  });
  new Counter({
    name: 'maint_controller_registration_repairs_total',
    help: 'How often the ValidatingWebhookConfiguration was not as it should be and was written since this controller leads, by what was wrong',
    labelNames: ['drift'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [drift, times] of registration()?.drifts ?? []) this.inc({ drift }, times);
    },
  });
  return { contentType: registry.contentType, render: () => registry.metrics() };
}
