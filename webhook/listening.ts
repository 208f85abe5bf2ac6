import { admissionApp, healthApp, metricsApp, type AppPorts } from './app.ts';
import { listen, listenSecurely, type ListeningServer, type SecureServer } from './servers.ts';
import type { ServingCertificate } from './tls/source.ts';

/** Where to listen; `host` empty is every interface, a port 0 any free one. */
export interface Doors {
  readonly host: string;
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
}

/** The servers of a webhook, one for each kind of caller. */
export interface Listening {
  /** API servers. */
  readonly admission: SecureServer;
  /** Kubelets. */
  readonly health: ListeningServer;
  /** Prometheus. */
  readonly metrics: ListeningServer;
}

/** Listens on every port, or on none. Throws MaintError('usage') where one cannot be had. */
export async function listenOnAll(
  ports: AppPorts,
  { host, port, healthPort, metricsPort }: Doors,
  certificate: ServingCertificate,
): Promise<Listening> {
  const open: ListeningServer[] = [];
  const opened = <Server extends ListeningServer>(server: Server): Server => {
    open.push(server);
    return server;
  };
  try {
    const admission = opened(await listenSecurely(admissionApp(ports), { host, port }, certificate));
    const health = opened(await listen(healthApp(ports), { host, port: healthPort }));
    return { admission, health, metrics: await listen(metricsApp(ports), { host, port: metricsPort }) };
  } catch (thrown) {
    await Promise.all(open.map((server) => server.close(0)));
    throw thrown;
  }
}
