import { certificatesBy, type CertificateKeeping } from './controller/certificates/keeping.ts';
import { startController, type ControllerOptions, type ControllerPorts } from './controller/controller.ts';
import { listenForProbes, type ProbeDoors } from './listening.ts';

/** How to control. */
export interface ControlOptions extends ControllerOptions, ProbeDoors {
  readonly certificates: CertificateKeeping;
}

/** What controlling needs. */
export interface ControlPorts extends Omit<ControllerPorts, 'authoritiesFor' | 'trustRepaired'> {
  /** How long a new authority is only trusted, in ms; for tests that do not wait for minutes. */
  readonly trustedMs?: number | undefined;
}

/** A controller that runs as a program. */
export interface Controlling {
  readonly healthPort: number;
  readonly metricsPort: number;
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Unready at once; writes no more, gives the Lease back, and closes. */
  stop(): Promise<void>;
}

/** For answers to probes that are under way when it closes, in ms. */
const LAST_ANSWERS_MS = 1_000;

/** Runs a controller that listens to nobody but probes. Throws MaintError('usage') where the port cannot be had. */
export async function control(options: ControlOptions, ports: ControlPorts): Promise<Controlling> {
  const { log } = ports;
  const controller = startController(options, {
    ...ports,
    authoritiesFor: certificatesBy(options.certificates, ports),
  });
  const state = { draining: false };
  const probes = {
    metrics: controller.metrics,
    draining: () => state.draining,
    unreadiness: () => [...(state.draining ? ['shutdown: ending'] : []), ...controller.unreadiness()],
  };
  const { health, metrics } = await listenForProbes(probes, options).catch(async (error: unknown) => {
    await controller.stop();
    throw error;
  });
  const listening = { healthPort: health.port, metricsPort: metrics.port };
  log.info(listening, 'controlling');
  return {
    ...listening,
    failed: controller.failed,
    stop: async () => {
      state.draining = true;
      await controller.stop();
      await Promise.all([health, metrics].map((server) => server.close(LAST_ANSWERS_MS)));
      log.info({}, 'stopped');
    },
  };
}
