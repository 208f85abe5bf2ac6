/** Whom API servers have to trust when they call the webhook, whoever makes its certificates. */
export interface Authorities {
  /** PEM, one each, in the form of normalPem; none: somebody else fills in the caBundle. Undefined until they are known. */
  trusted(): readonly string[] | undefined;
  /** Looks at the clock and at what others wrote; makes and writes what is due. May throw ClusterRefusal or MaintError. */
  refresh(now: number): Promise<void>;
}
