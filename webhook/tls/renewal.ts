import { X509Certificate } from 'node:crypto';
import { messageOf } from '../../shared/index.ts';
import type { SecureServer } from '../servers.ts';
import type { Log } from '../log.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { servedCertificate } from './probe.ts';
import type { CertificateSource } from './source.ts';

/** How often dates are looked at, in ms. By the clock: a timer over 2^31 ms would fire at once. */
export const TICK_MS = 60_000;

/** What renewal needs. */
export interface RenewalPorts {
  readonly certificates: CertificateSource;
  readonly server: Pick<SecureServer, 'present' | 'port'>;
  readonly host: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How often the dates are looked at, in ms; TICK_MS but for tests. */
  readonly tickMs?: number | undefined;
  /** Called after the certificate or the authorities have changed. */
  readonly renewed: () => Promise<void>;
}

/** Keeps the certificate that a server presents current: from time to time, and when asked to. */
export class Renewal {
  readonly #ports: RenewalPorts;
  readonly #ticker: NodeJS.Timeout;
  readonly #looking = new OneAtATime(() => this.#lookOnce());
  #isServed = true;
  #waits: string | undefined;

  constructor(ports: RenewalPorts) {
    this.#ports = ports;
    this.#ticker = setInterval(() => {
      void this.look();
    }, ports.tickMs ?? TICK_MS).unref();
  }

  /** Whether the server was seen to present the current certificate. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /** Looks at the dates now; while it looks already, once more afterwards. */
  look(): Promise<void> {
    return this.#looking.run();
  }

  end(): void {
    clearInterval(this.#ticker);
  }

  /** Once for each reason: the last certificate is presented meanwhile, as long as it is good. */
  #tellWhatWaits(why: string | undefined): void {
    if (why !== undefined && why !== this.#waits) this.#ports.log.warn({ why }, 'a newer certificate waits');
    this.#waits = why;
  }

  async #lookOnce(): Promise<void> {
    const { certificates, server, log, now, renewed, host } = this.#ports;
    try {
      const before = certificates.current();
      if (await certificates.refresh(now())) {
        const after = certificates.current();
        if (after !== before) {
          server.present(after);
          log.info({ notAfter: new Date(after.notAfter).toISOString() }, 'certificate renewed');
        }
        await renewed();
      }
      this.#tellWhatWaits(certificates.whyWaiting());
    } catch (thrown) {
      log.error({ error: messageOf(thrown) }, 'certificate not renewed');
    }
    const served = await servedCertificate(host, server.port);
    const current = new X509Certificate(certificates.current().certificate);
    // That nothing answers, as on a machine that stood still, says nothing of the certificate.
    if (served === undefined) {
      log.warn({ port: server.port }, 'the server did not answer in time: which certificate it presents is not known');
      return;
    }
    this.#isServed = served.fingerprint256 === current.fingerprint256;
    if (!this.#isServed) log.error({ port: server.port }, 'the server does not present the current certificate');
  }
}
