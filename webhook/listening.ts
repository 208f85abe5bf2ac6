import { admissionApp, type AppPorts } from './app.ts';
import { healthApp, metricsApp, type ProbePorts, type Rendered } from './probes.ts';
import { listen, listenSecurely, type ListeningServer, type SecureServer } from './servers.ts';
import type { ServingCertificate } from './tls/source.ts';

/** Where kubelets and Prometheus find a program; `host` empty is every interface, a port 0 any free one. */
export interface ProbeDoors {
  readonly host: string;
  readonly healthPort: number;
  readonly metricsPort: number;
}

/** Where to listen for API servers as well. */
export interface Doors extends ProbeDoors {
  readonly port: number;
}

/** The servers of every program of ours, one for each kind of caller. */
export interface Probed {
  /** Kubelets. */
  readonly health: ListeningServer;
  /** Prometheus. */
  readonly metrics: ListeningServer;
}

/** Those of a webhook. */
export interface Listening extends Probed {
  /** API servers. */
  readonly admission: SecureServer;
}

/** Listens on every port, or on none. Throws MaintError('usage') where one cannot be had. */
export async function listenOnAll(
  {
    app,
    certificate,
    told,
  }: { readonly app: AppPorts; readonly certificate: ServingCertificate; readonly told: Rendered },
  { host, port, ...doors }: Doors,
): Promise<Listening> {
  const admission = await listenSecurely(admissionApp(app), { host, port }, certificate);
  const others = orClose(admission, listenForProbes({ ...app, metrics: told }, { host, ...doors }));
  return { admission, ...(await others) };
}

/** Listens for kubelets and Prometheus alone. Throws MaintError('usage') where a port cannot be had. */
export async function listenForProbes(
  ports: ProbePorts,
  { host, healthPort, metricsPort }: ProbeDoors,
): Promise<Probed> {
  const health = await listen(healthApp(ports), { host, port: healthPort });
  return { health, metrics: await orClose(health, listen(metricsApp(ports), { host, port: metricsPort })) };
}

async function orClose<T>(open: ListeningServer, next: Promise<T>): Promise<T> {
  try {
    return await next;
  } catch (thrown) {
    await open.close(0);
    throw thrown;
  }
}
