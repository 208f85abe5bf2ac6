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
import { admissionApp, healthApp, type AppPorts } from './app.ts';
import { openDoor, openSecureDoor, type SecureDoor } from './doors.ts';
import { unreadiness } from './health.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { NodeCache } from './nodes/cache.ts';
import { Waker } from './rollouts/waker.ts';
import { selfIssuedCertificates } from './tls/self-issued.ts';
import type { CertificateSource } from './tls/source.ts';

/** How to serve. */
export interface ServeOptions {
  /** Empty: every interface. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly healthPort: number;
  /** DNS names and IP addresses by which callers know the webhook. */
  readonly names: readonly string[];
  /** File that gets the PEM of the authority; undefined: none. */
  readonly caOut: string | undefined;
}

/** What serving needs from the world. */
export interface World {
  readonly cluster: ClusterReader & ClusterSender & ClusterWatcher;
  readonly log: Log;
  readonly policy: Pick<Policy, 'config' | 'catalogue'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A webhook that serves. */
export interface Serving {
  readonly port: number;
  readonly healthPort: number;
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Unready at once, answers on for `drainMs`, then closes. */
  stop(drainMs: number): Promise<void>;
}

/** How often the certificate's dates are looked at, in ms. By the clock: a timer over 2^31 ms would fire at once. */
const CERTIFICATE_TICK_MS = 60_000;
/** Time for answers that are under way when the doors close, in ms: our timeoutSeconds and the way. */
const LAST_ANSWERS_MS = 5_000;

/** Opens both doors and follows the nodes. Throws MaintError('usage') where a port or file cannot be had. */
export async function serve(options: ServeOptions, world: World): Promise<Serving> {
  const { log, now, cluster } = world;
  const nodes = new NodeCache(now);
  const certificates = await selfIssuedCertificates(options.names, now());
  await writeAuthorities(options.caOut, certificates);
  const life = { draining: false, ended: new AbortController() };
  const waker = new Waker({ cluster, field: () => nodes.field, log, now });
  const ports = portsFor({ world, nodes, certificates, waker, draining: () => life.draining });
  const admission = await openSecureDoor(
    admissionApp(ports),
    { host: options.host, port: options.port },
    certificates.current(),
  );
  const health = await openDoor(healthApp(ports), { host: options.host, port: options.healthPort }).catch(
    async (error: unknown) => {
      await admission.close(0);
      throw error;
    },
  );
  const ticker = setInterval(() => {
    void renew(certificates, admission, options, world);
  }, CERTIFICATE_TICK_MS).unref();
  const failed = failureOf(nodes.follow(cluster, life.ended.signal), life.ended.signal);
  log.info({ port: admission.port, healthPort: health.port }, 'serving');
  return {
    port: admission.port,
    healthPort: health.port,
    failed,
    stop: async (drainMs) => {
      life.draining = true;
      log.info({ seconds: drainMs / 1000 }, 'draining');
      await sleep(drainMs);
      clearInterval(ticker);
      await Promise.all([admission.close(LAST_ANSWERS_MS), health.close(LAST_ANSWERS_MS)]);
      waker.end();
      life.ended.abort();
      log.info({}, 'stopped');
    },
  };
}

interface Parts {
  readonly world: World;
  readonly nodes: NodeCache;
  readonly certificates: CertificateSource;
  readonly waker: Waker;
  readonly draining: () => boolean;
}

function portsFor({ world, nodes, certificates, waker, draining }: Parts): AppPorts {
  const { cluster, log, policy, now } = world;
  const gate = new Gate();
  return {
    gate,
    log,
    draining,
    decided: (judged) => {
      waker.decided(judged);
    },
    judges: { reader: cluster, config: policy.config, catalogue: policy.catalogue, nodes, now },
    metrics: createMetrics({ nodes, certificates, now, inFlight: () => gate.inFlight }),
    unreadiness: () => unreadiness({ nodes, certificates, draining }, now()),
  };
}

/** Written beside and renamed: whoever waits for the file never reads half of it. */
async function writeAuthorities(file: string | undefined, certificates: CertificateSource): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(`${file}.new`, certificates.authorities());
    await rename(`${file}.new`, file);
  } catch (thrown) {
    throw new MaintError('usage', `cannot write ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function renew(
  certificates: CertificateSource,
  door: SecureDoor,
  { caOut }: ServeOptions,
  { log, now }: World,
): Promise<void> {
  try {
    if (!(await certificates.refresh(now()))) return;
    await writeAuthorities(caOut, certificates);
    door.present(certificates.current());
    log.info({ notAfter: new Date(certificates.current().notAfter).toISOString() }, 'certificate renewed');
  } catch (thrown) {
    log.error({ error: messageOf(thrown) }, 'certificate not renewed');
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
