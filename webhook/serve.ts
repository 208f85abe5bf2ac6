import { rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isEnforced,
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
import { DenialRecorder } from './denials/recorder.ts';
import { unreadiness } from './health.ts';
import { MaintenanceRecorder } from './controller/maintenance-events/recorder.ts';
import { listenOnAll, type Doors } from './listening.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { NodeCache } from './nodes/cache.ts';
import type { RegistrationReconciler } from './controller/registration/reconciler.ts';
import { OwnTrust } from './tls/own-trust.ts';
import { distrustOf, reconcilerOfOwn, type OwnService } from './controller/registration/own-registration.ts';
import { RolloutReconciler } from './controller/rollouts/reconciler.ts';
import { bundleOf } from './tls/authority.ts';
import { withKnownCallers } from './tls/known-callers.ts';
import { openCertificates, type CertificateOrigin } from './tls/open.ts';
import { Renewal } from './tls/renewal.ts';
import type { CertificateSource } from './tls/source.ts';

/** How to serve. */
export interface ServeOptions extends Doors {
  readonly certificates: CertificateOrigin;
  /** File with the PEM of the authorities whose clients may ask for reviews; undefined: anybody may. */
  readonly clientCaFile: string | undefined;
  /** File that gets the PEM of the authorities; undefined: none. */
  readonly caOut: string | undefined;
  /** The Service behind which it runs, and whose registration it keeps; undefined: somebody else registers it. */
  readonly service: OwnService | undefined;
}

/** What serving needs. */
export interface ServePorts {
  readonly cluster: ClusterReader & ClusterSender & ClusterWatcher;
  readonly log: Log;
  readonly policy: Pick<Policy, 'config' | 'catalogue' | 'tools'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** For tests that do not wait for minutes: how often dates are looked at, and how long a new authority is only trusted, in ms. */
  readonly pace?: { readonly tickMs: number; readonly trustedMs: number };
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

/** Listens on its ports, follows the nodes and keeps the registration. Throws MaintError('usage') where a port or file cannot be had. */
export async function serve(options: ServeOptions, ports: ServePorts): Promise<Serving> {
  const { log, now, cluster } = ports;
  const shutdown = { draining: false, ended: new AbortController() };
  const late: Late = {};
  const nodes = new NodeCache(now, {
    heldChanged: () => {
      registration?.check();
      if (isEnforced(ports.policy.config, 'addon')) rollouts.nodesChanged();
    },
    deleted: (node) => {
      maintenances.lost(node);
    },
  });
  const rollouts = new RolloutReconciler({ cluster, nodeIndex: () => nodes.nodeIndex, log, now });
  const maintenances = new MaintenanceRecorder({ cluster, nodes, log, now }, ports.pace?.tickMs);
  const registration = ownRegistration(options, ports, nodes, late);
  const { source: own, rotations } = await openCertificates(options.certificates, {
    ...ports,
    ...(ports.pace === undefined ? {} : { trustedMs: ports.pace.trustedMs }),
    trustedSince: (certificate) => registration?.trustedSince(certificate),
  });
  const { clientCaFile } = options;
  const source = clientCaFile === undefined ? own : await withKnownCallers(own, clientCaFile);
  late.source = source;
  await writeAuthorities(options.caOut, source);
  const trust = trustFor(options.certificates, source, ports);
  await trust?.look();
  const recorder = new DenialRecorder({ cluster, nodeIndex: () => nodes.nodeIndex, log, now });
  const appPorts = portsFor({
    ports,
    nodes,
    source,
    rotations,
    registration,
    recorder,
    maintenances,
    late,
    trust,
    draining: () => shutdown.draining,
  });
  const servers = await listenOnAll(appPorts, options, source.current());
  const renewal = new Renewal({
    certificates: source,
    server: servers.admission,
    host: options.host,
    log,
    now,
    tickMs: ports.pace?.tickMs,
    renewed: async () => {
      await writeAuthorities(options.caOut, source);
      registration?.check();
    },
  });
  late.renewal = renewal;
  const failed = failureOf(nodes.follow(cluster, shutdown.ended.signal), shutdown.ended.signal);
  void registration?.follow(shutdown.ended.signal);
  const { admission, health, metrics } = servers;
  const listening = { port: admission.port, healthPort: health.port, metricsPort: metrics.port };
  log.info(listening, 'serving');
  return {
    ...listening,
    failed,
    stop: async (drainMs) => {
      shutdown.draining = true;
      log.info({ seconds: drainMs / 1000 }, 'draining');
      await sleep(drainMs);
      renewal.end();
      trust?.end();
      await Promise.all([admission, health, metrics].map((server) => server.close(LAST_ANSWERS_MS)));
      rollouts.end();
      maintenances.end();
      await recorder.end();
      shutdown.ended.abort();
      log.info({}, 'stopped');
    },
  };
}

/** Who has no Service is called by an address, and looks itself whether it is trusted. */
function trustFor(
  origin: CertificateOrigin,
  certificates: CertificateSource,
  { cluster, log, pace }: ServePorts,
): OwnTrust | undefined {
  return origin.kind === 'self'
    ? new OwnTrust({ cluster, log, names: origin.names, certificates }, pace?.tickMs)
    : undefined;
}

/** What is made after whoever needs it. */
interface Late {
  source?: CertificateSource;
  renewal?: Renewal;
}

function ownRegistration(
  { service }: ServeOptions,
  { cluster, log, now, policy }: ServePorts,
  nodes: NodeCache,
  late: Late,
): RegistrationReconciler | undefined {
  if (service === undefined) return undefined;
  return reconcilerOfOwn({
    service,
    policy,
    nodes,
    cluster,
    log,
    now,
    certificates: () => late.source,
    trustChanged: () => void late.renewal?.look(),
  });
}

interface Parts {
  readonly ports: ServePorts;
  readonly nodes: NodeCache;
  readonly source: CertificateSource;
  readonly rotations: () => number;
  readonly registration: RegistrationReconciler | undefined;
  readonly recorder: DenialRecorder;
  readonly maintenances: MaintenanceRecorder;
  readonly late: Late;
  readonly trust: OwnTrust | undefined;
  readonly draining: () => boolean;
}

function portsFor({ ports, recorder, late, trust, draining, ...parts }: Parts): AppPorts {
  const { cluster, log, policy, now } = ports;
  const { nodes, source, registration } = parts;
  const gate = new Gate();
  const untrusted = (): string | undefined => {
    if (late.renewal?.isServed === false) return 'certificate: not the one that is served';
    return registration === undefined ? trust?.distrust : distrustOf(registration, source);
  };
  return {
    gate,
    log,
    draining,
    decided: (judged) => {
      recorder.decided(judged);
    },
    admission: { reads: new LiveReads(cluster), config: policy.config, catalogue: policy.catalogue, nodes, now },
    metrics: createMetrics({
      ...parts,
      config: policy.config,
      certificates: source,
      now,
      inFlight: () => gate.inFlight,
    }),
    unreadiness: () =>
      unreadiness(
        {
          nodes,
          certificates: source,
          draining,
          untrusted,
          fullForMs: () => gate.fullFor(performance.now()),
        },
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

/** A follow that ends by itself is a failure; one that was ended is not. */
function failureOf(followed: Promise<void>, ended: AbortSignal): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    const fail = (cause: unknown) => {
      if (ended.aborted) return;
      reject(
        cause instanceof MaintError
          ? cause
          : new MaintError('cluster', `the watch of nodes ended: ${messageOf(cause)}`, { cause }),
      );
    };
    followed.then(() => {
      fail('the API server ended it');
    }, fail);
  });
  // Whoever serves awaits it in a race; one that nobody awaits must not end the process.
  failed.catch(() => undefined);
  return failed;
}
