/** What the server presents: a certificate with its key, and the dates between which it is good. */
export interface ServingCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** PEM of the authorities of callers: who has no certificate of one of them is refused. Undefined: anybody may call. */
  readonly callers?: string;
}

/** Where the server's certificate comes from, and who signs it. */
export interface CertificateSource {
  /** The certificate to present to new connections. */
  current(): ServingCertificate;
  /** PEM of every authority that callers have to trust by now, one each, in the form of normalPem. */
  authorities(): readonly string[];
  /** When the authority that signs expires, in ms since the epoch; undefined where it is not known. */
  signerNotAfter(): number | undefined;
  /** Why a newer certificate is not presented yet, as a phrase; undefined where none waits. */
  whyWaiting(): string | undefined;
  /** Looks at the clock: renews what is due, and tells whether `current` or `authorities` differ from before. */
  refresh(now: number): Promise<boolean>;
}

/** Whether a certificate is good at a moment. */
export function isValidAt({ notBefore, notAfter }: ServingCertificate, now: number): boolean {
  return notBefore <= now && now < notAfter;
}

/** When a certificate is renewed: at two thirds of its life, so that a third is left for trying again. */
export function renewalOf({ notBefore, notAfter }: ServingCertificate): number {
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}
