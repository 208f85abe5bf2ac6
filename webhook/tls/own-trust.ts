import {
  listAt,
  messageOf,
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type ClusterReader,
} from '../../shared/index.ts';
import type { Log } from '../log.ts';
import { trustedBy } from './ca-bundle.ts';
import type { CertificateSource } from './source.ts';

/** What looking at the trust needs. */
export interface TrustPorts {
  readonly cluster: ClusterReader;
  readonly log: Log;
  /** Names and addresses by which API servers call this process. */
  readonly names: readonly string[];
  readonly certificates: Pick<CertificateSource, 'authorities'>;
}

/** How often the registration is looked at, in ms: as often as the certificate. */
const TICK_MS = 60_000;
/** For one look, in ms: our timeoutSeconds. */
const LOOK_MS = 3000;

const DISTRUST = 'registration: trusts another authority than ours, every call fails';
const REMEDY = 'apply what maint-webhook configuration prints with --ca-file, or bring the former state folder back';

/**
 * Whether API servers that call this process by an address trust its authority. A registration that trusts another one,
 * because the state folder is new or somebody has edited it, makes every call fail, and with `Ignore` nobody would hear of
 * it. It is told, as far as this identity may read it; nothing is written here.
 */
export class OwnTrust {
  readonly #ports: TrustPorts;
  readonly #ticker: NodeJS.Timeout;
  #distrust: string | undefined;

  constructor(ports: TrustPorts, tickMs = TICK_MS) {
    this.#ports = ports;
    this.#ticker = setInterval(() => {
      void this.look();
    }, tickMs).unref();
  }

  /** Why calls would fail, as a reason for readiness; undefined where they would not, or where nobody can tell. */
  get distrust(): string | undefined {
    return this.#distrust;
  }

  end(): void {
    clearInterval(this.#ticker);
  }

  /** Looks now. Never rejects. */
  async look(): Promise<void> {
    const { cluster, certificates, names, log } = this.#ports;
    const signal = AbortSignal.timeout(LOOK_MS);
    try {
      const registration = await cluster.get(webhookConfigurationPath(REGISTRATION_NAME), { signal });
      const [authority = ''] = certificates.authorities();
      const isTrusted = !listAt(registration, 'webhooks').some((entry) => distrusts(entry, names, authority));
      if (!isTrusted) log.error({ registration: REGISTRATION_NAME }, `${DISTRUST}: ${REMEDY}`);
      this.#distrust = isTrusted ? undefined : DISTRUST;
    } catch (thrown) {
      log.warn({ error: messageOf(thrown) }, 'whether the registration trusts our authority is not known');
    }
  }
}

/** Whether an entry calls one of some names, and trusts an authority that is not this one; without any the system's authorities count. */
export function distrusts(entry: unknown, names: readonly string[], authority: string): boolean {
  const url = textAt(entry, 'clientConfig', 'url') ?? '';
  const trusted = trustedBy(entry);
  const isOurs = URL.canParse(url) && names.includes(bare(new URL(url).hostname));
  return isOurs && trusted.length > 0 && !trusted.includes(authority);
}

/** An IPv6 address stands in brackets in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
