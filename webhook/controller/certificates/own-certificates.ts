import {
  objectPath,
  refusalFromAnswer,
  renderProblem,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import type { Log } from '../../log.ts';
import { issueLeaf } from '../../tls/issue.ts';
import type { ServingCertificate } from '../../tls/source.ts';
import { replacing, type ObjectPlace } from '../replacing.ts';
import type { Authorities } from './authorities.ts';
import { KeptAuthorities } from './kept-authorities.ts';
import { isLeafDue, leafFromSecret, secretFromLeaf, type Trusting } from './leaf-secret.ts';
import { TRUSTED_MS, trustedIn, type AuthoritySet } from './rotation.ts';

/** Certificates that the controller makes itself. */
export interface OwnCertificatesOptions {
  /** Secret with the authority and its key, which nobody else reads. */
  readonly authority: ObjectPlace;
  /** Secret with the serving certificate, which the webhook's pods mount. */
  readonly leaf: ObjectPlace;
  /** DNS names of the Service. */
  readonly names: readonly string[];
}

/** What making them needs. */
export interface OwnCertificatesPorts {
  readonly cluster: ClusterReader & ClusterSender;
  readonly log: Log;
  /** Since when every entry of the registration trusts a certificate, in ms since the epoch; undefined: not every one does. */
  readonly trustedSince: (certificate: string) => number | undefined;
  /** Whether no entry of the registration trusts anybody; undefined while the registration is not known. */
  readonly trustsNobody: () => boolean | undefined;
  /** How long a new authority is only trusted, in ms; TRUSTED_MS but for tests. */
  readonly trustedMs?: number | undefined;
}

/**
 * The webhook's certificates, made here: an authority in one Secret, and a serving certificate of it in another one. A new
 * authority is trusted by every entry before a certificate of it is written.
 */
export class OwnCertificates implements Authorities {
  readonly #options: OwnCertificatesOptions;
  readonly #ports: OwnCertificatesPorts;
  readonly #kept: KeptAuthorities;
  #authorities: AuthoritySet | undefined;

  constructor(options: OwnCertificatesOptions, ports: OwnCertificatesPorts) {
    this.#options = options;
    this.#ports = ports;
    const { trustedMs, ...others } = ports;
    this.#kept = new KeptAuthorities(options.authority, { ...others, ...(trustedMs !== undefined && { trustedMs }) });
  }

  trusted(): readonly string[] | undefined {
    return this.#authorities && trustedIn(this.#authorities);
  }

  async refresh(now: number): Promise<void> {
    this.#authorities = await this.#kept.refresh(now);
    await this.#refreshLeaf(this.#authorities, now);
  }

  async #refreshLeaf(authorities: AuthoritySet, now: number): Promise<void> {
    const { cluster } = this.#ports;
    const { leaf: place, names } = this.#options;
    const secret = await cluster.get(objectPath('v1/secrets', place.namespace, place.name));
    const trusting = this.#trusting(authorities.current.certificate, now);
    const found = this.#leafIn(secret);
    if (trusting === undefined || !isLeafDue(found, authorities.current.certificate, { names, trusting, now })) return;
    const leaf = await issueLeaf(authorities.current, names, now);
    const body = secretFromLeaf(leaf, authorities, place, secret);
    const answer = await cluster.send(replacing('v1/secrets', place, body, secret));
    if (answer.status >= 300) throw refusalFromAnswer(answer);
    this.#ports.log.info({ notAfter: new Date(leaf.notAfter).toISOString() }, 'serving certificate written');
  }

  #leafIn(secret: unknown): ServingCertificate | undefined {
    if (secret === undefined) return undefined;
    const leaf = leafFromSecret(secret);
    if (leaf.ok) return leaf.value;
    const problems = leaf.problems.map(renderProblem);
    this.#ports.log.warn({ problems }, 'the Secret of the serving certificate cannot be read');
    return undefined;
  }

  #trusting(authority: string, now: number): Trusting | undefined {
    const { trustedSince, trustsNobody, trustedMs = TRUSTED_MS } = this.#ports;
    const isNobody = trustsNobody();
    if (isNobody === undefined) return undefined;
    if (isNobody) return 'nobody';
    const since = trustedSince(authority);
    if (since === undefined) return 'others';
    return now - since >= trustedMs ? 'settled' : 'fresh';
  }
}
