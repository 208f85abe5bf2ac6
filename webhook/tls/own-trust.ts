import {
  at,
  isObject,
  listAt,
  messageOf,
  refusalFromAnswer,
  REGISTRATION_NAME,
  textAt,
  webhookConfigurationPath,
  type ClusterReader,
  type ClusterSender,
} from '../../shared/index.ts';
import type { Log } from '../log.ts';
import type { CertificateSource } from './source.ts';
import { caBundleOf, trustedBy } from './ca-bundle.ts';

/** What looking after the trust needs. */
export interface TrustPorts {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
  /** Names and addresses by which API servers call this process. */
  readonly names: readonly string[];
  readonly certificates: Pick<CertificateSource, 'authorities'>;
}

/** How often the registration is looked at, in ms: as often as the certificate. */
const TICK_MS = 60_000;
/** For one look with its write, in ms: our timeoutSeconds. */
const LOOK_MS = 3000;

/**
 * Whether API servers that call this process by an address trust its authority. A registration that trusts another one,
 * because the state folder is new or somebody has edited it, makes every call fail, and with `Ignore` nobody would hear of
 * it: it is repaired where this identity may, and told where it may not.
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

  /** Looks now, and repairs. Never rejects. */
  async look(): Promise<void> {
    const signal = AbortSignal.timeout(LOOK_MS);
    try {
      const registration = await this.#ports.cluster.get(webhookConfigurationPath(REGISTRATION_NAME), { signal });
      await this.#repair(registration, signal);
    } catch (thrown) {
      this.#ports.log.warn({ error: messageOf(thrown) }, 'whether the registration trusts our authority is not known');
    }
  }

  async #repair(registration: unknown, signal: AbortSignal): Promise<void> {
    const [authority = ''] = this.#ports.certificates.authorities();
    const webhooks = listAt(registration, 'webhooks');
    const trusting = webhooks.map((entry) => (this.#distrusts(entry, authority) ? withTrust(entry, authority) : entry));
    if (trusting.every((entry, index) => entry === webhooks[index])) {
      this.#distrust = undefined;
      return;
    }
    try {
      await this.#write({ registration, webhooks: trusting, signal });
      this.#distrust = undefined;
      this.#ports.log.info({ registration: REGISTRATION_NAME }, 'the registration trusts our authority again');
    } catch (thrown) {
      this.#distrust = DISTRUST;
      this.#ports.log.error({ error: messageOf(thrown) }, `${DISTRUST}: ${REMEDY}`);
    }
  }

  /** An entry that calls us, and has an authority that is not ours; without one the system's authorities count. */
  #distrusts(entry: unknown, authority: string): boolean {
    const url = textAt(entry, 'clientConfig', 'url') ?? '';
    const trusted = trustedBy(entry);
    const isOurs = URL.canParse(url) && this.#ports.names.includes(bare(new URL(url).hostname));
    return isOurs && trusted.length > 0 && !trusted.includes(authority);
  }

  async #write({ registration, webhooks, signal }: Write): Promise<void> {
    const answer = await this.#ports.cluster.send({
      method: 'PATCH',
      path: webhookConfigurationPath(REGISTRATION_NAME),
      query: { fieldManager: 'kubectl-maint' },
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: textAt(registration, 'metadata', 'resourceVersion') }, webhooks },
      signal,
    });
    if (answer.status >= 300) throw refusalFromAnswer(answer);
  }
}

const DISTRUST = 'registration: trusts another authority than ours, every call fails';
const REMEDY = 'apply what maint-webhook configuration prints with --ca-file, or bring the former state folder back';

interface Write {
  readonly registration: unknown;
  readonly webhooks: readonly unknown[];
  readonly signal: AbortSignal;
}

function withTrust(entry: unknown, authority: string): unknown {
  const clientConfig = at(entry, 'clientConfig');
  if (!isObject(entry) || !isObject(clientConfig)) return entry;
  return { ...entry, clientConfig: { ...clientConfig, caBundle: caBundleOf([...trustedBy(entry), authority]) } };
}

/** An IPv6 address stands in brackets in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
