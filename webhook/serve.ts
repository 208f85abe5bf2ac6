import { rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MaintError,
  messageOf,
  type ClusterReader,
  type ClusterSender,
  type ClusterWatcher,
  type Policy,
} from '../shared/index.ts';
import { Gate } from './admission/gate.ts';
import { LiveReads } from './admission/live-reads.ts';
import type { AppPorts } from './app.ts';
import { startController, type Controller, type ControllerOptions } from './controller/controller.ts';
import { DenialRecorder } from './denials/recorder.ts';
import { unreadiness } from './health.ts';
import { listenOnAll, type Doors } from './listening.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { NodeCache } from './nodes/cache.ts';
import { failureOf } from './nodes/followed.ts';
import type { Rendered } from './probes.ts';
import { bundleOf } from './tls/authority.ts';
import { withKnownCallers } from './tls/known-callers.ts';
import { openCertificates, type CertificateOrigin } from './tls/open.ts';
import { OwnTrust } from './tls/own-trust.ts';
import { Renewal } from './tls/renewal.ts';
import type { CertificateSource } from './tls/source.ts';

/** How to serve. */
export interface ServeOptions extends Doors {
  readonly certificates: CertificateOrigin;
  /** File with the PEM of the authorities whose clients may ask for reviews; undefined: anybody may. */
  readonly clientCaFile: string | undefined;
  /** File that gets the PEM of the authorities; undefined: none. */
  readonly caOut: string | undefined;
  /** A controller in the same process, for the certificates that are served here; undefined: it is another one's affair. */
  readonly controller: ControllerOptions | undefined;
}

/** What serving needs. */
export interface ServePorts {
  /** Without a controller nothing but Events is sent. */
  readonly cluster: ClusterReader & ClusterSender & ClusterWatcher;
  readonly log: Log;
  readonly policy: Pick<Policy, 'config' | 'catalogue' | 'tools'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How often dates are looked at, in ms; for tests that do not wait for minutes. */
  readonly tickMs?: number | undefined;
  /** How long a new authority is only trusted before its certificate is served, in ms; for the same tests. */
  readonly standingMs?: number | undefined;
}

/** A webhook that serves. */
export interface Serving {
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Unready at once, answers on for `drainMs`, then closes. */
  stop(drainMs: number): Promise<void>;
}

/** Time for answers that are under way when the servers close, in ms: our timeoutSeconds and the way. */
const LAST_ANSWERS_MS = 5_000;

/** Listens on its ports and follows the nodes. Throws MaintError('usage') where a port or file cannot be had. */
export async function serve(options: ServeOptions, ports: ServePorts): Promise<Serving> {
  const { log, now, cluster, tickMs, standingMs } = ports;
  const shutdown = { draining: false, ended: new AbortController() };
  const nodes = new NodeCache(now);
  const own = await openCertificates(options.certificates, now(), standingMs);
  const { clientCaFile } = options;
  const source = clientCaFile === undefined ? own : await withKnownCallers(own, clientCaFile);
  await writeAuthorities(options.caOut, source);
  const trust = trustFor(options.certificates, source, ports);
  const controller = controllerBeside(options.controller, source, ports, trust);
  await trust?.look();
  const recorder = new DenialRecorder({ cluster, nodeIndex: () => nodes.nodeIndex, log, now });
  const served: { by?: Renewal } = {};
  const appPorts = portsFor({
    ports,
    nodes,
    source,
    recorder,
    untrusted: () => (served.by?.isServed === false ? 'certificate: not the one that is served' : trust?.distrust),
    draining: () => shutdown.draining,
  });
  const told = together(appPorts.metrics, controller?.metrics);
  const servers = await listenOnAll({ app: appPorts, certificate: source.current(), told }, options);
  const renewal = new Renewal({
    certificates: source,
    server: servers.admission,
    host: options.host,
    log,
    now,
    tickMs,
    renewed: () => writeAuthorities(options.caOut, source),
  });
  served.by = renewal;
  const followed = failureOf(nodes.follow(cluster, shutdown.ended.signal), shutdown.ended.signal);
  const { admission, health, metrics } = servers;
  const listening = { port: admission.port, healthPort: health.port, metricsPort: metrics.port };
  log.info(listening, 'serving');
  return {
    ...listening,
    failed: Promise.race([followed, ...(controller === undefined ? [] : [controller.failed])]),
    stop: async (drainMs) => {
      shutdown.draining = true;
      log.info({ seconds: drainMs / 1000 }, 'draining');
      await sleep(drainMs);
      renewal.end();
      trust?.end();
      await Promise.all([admission, health, metrics].map((server) => server.close(LAST_ANSWERS_MS)));
      await controller?.stop();
      await recorder.end();
      shutdown.ended.abort();
      log.info({}, 'stopped');
    },
  };
}

/** Who makes its own certificates is called by an address, and looks itself whether it is trusted there. */
function trustFor(
  origin: CertificateOrigin,
  certificates: CertificateSource,
  { cluster, log, tickMs }: ServePorts,
): OwnTrust | undefined {
  return origin.kind === 'self' ? new OwnTrust({ cluster, log, names: origin.names, certificates }, tickMs) : undefined;
}

/** It has the certificates of the listener trusted, which renews them by itself. */
function controllerBeside(
  options: ControllerOptions | undefined,
  source: CertificateSource,
  ports: ServePorts,
  trust: OwnTrust | undefined,
): Controller | undefined {
  if (options === undefined) return undefined;
  return startController(options, {
    ...ports,
    authoritiesFor: () => ({ trusted: () => source.authorities(), refresh: () => Promise.resolve() }),
    trustRepaired: () => void trust?.look(),
  });
}

/** What both tell, by names that differ. */
function together({ contentType, render }: Rendered, other: Rendered | undefined): Rendered {
  if (other === undefined) return { contentType, render };
  return { contentType, render: async () => (await Promise.all([render(), other.render()])).join('\n') };
}

interface Parts {
  readonly ports: ServePorts;
  readonly nodes: NodeCache;
  readonly source: CertificateSource;
  readonly recorder: DenialRecorder;
  readonly untrusted: () => string | undefined;
  readonly draining: () => boolean;
}

function portsFor({ ports, nodes, source, recorder, untrusted, draining }: Parts): AppPorts {
  const { cluster, log, policy, now } = ports;
  const gate = new Gate();
  return {
    gate,
    log,
    draining,
    decided: (judged) => {
      recorder.decided(judged);
    },
    admission: { reads: new LiveReads(cluster), config: policy.config, catalogue: policy.catalogue, nodes, now },
    metrics: createMetrics({ nodes, config: policy.config, certificates: source, now, inFlight: () => gate.inFlight }),
    unreadiness: () =>
      unreadiness(
        { nodes, certificates: source, draining, untrusted, fullForMs: () => gate.fullFor(performance.now()) },
        now(),
      ),
  };
}

/** Written beside and renamed: whoever waits for the file never reads half of it. */
async function writeAuthorities(file: string | undefined, certificates: CertificateSource): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(`${file}.new`, bundleOf(certificates.authorities()));
    await rename(`${file}.new`, file);
  } catch (thrown) {
    throw new MaintError('usage', `cannot write ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
