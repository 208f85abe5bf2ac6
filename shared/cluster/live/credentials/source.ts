import type { ClientCertificate } from '../agent.ts';

/** What a request proves its caller by. */
export interface Credential {
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** The same object for as long as the certificate is the same: connections are kept by it. */
  readonly certificate: ClientCertificate | undefined;
}

/** Where credentials come from; asked before every request. */
export interface CredentialSource {
  current(): Promise<Credential>;
  /**
   * Told on 401, with the credential that was refused: forgets it where it is still the one in use. False where
   * asking again would give the same, so that a retry is no use.
   */
  reload(refused: Credential): boolean;
}

/** Credentials that never change: token, username and password, certificate, or none. */
export function fixedCredential(credential: Credential): CredentialSource {
  return { current: () => Promise.resolve(credential), reload: () => false };
}

/** Authorization of a bearer token, without the line end that files carry. */
export function bearer(token: string): string {
  return `Bearer ${token.trim()}`;
}
