import type { NodeCache } from './nodes/cache.ts';
import { isValidAt, type CertificateSource } from './tls/source.ts';

/** What readiness is told from. */
export interface ReadinessPorts {
  readonly nodes: Pick<NodeCache, 'synced' | 'isStale' | 'age'>;
  readonly certificates: Pick<CertificateSource, 'current'>;
  readonly draining: () => boolean;
  /** Why API servers would not take this process's certificate by now, or never see it; undefined where they do. */
  readonly untrusted: () => string | undefined;
  /** For how long every call was sent back for want of room, in ms; 0: not lately. */
  readonly fullForMs: () => number;
}

/** So long every call has to be sent back before others are told, in ms: a burst is over sooner. */
const FULL_MS = 5000;

/** Why calls should go elsewhere, one line per reason; empty when this process can serve. */
export function unreadiness(
  { nodes, certificates, draining, untrusted, fullForMs }: ReadinessPorts,
  now: number,
): readonly string[] {
  const reasons: string[] = [];
  if (draining()) reasons.push('shutdown: draining');
  if (!nodes.synced) reasons.push('nodes: not synced yet');
  else if (nodes.isStale(now)) reasons.push(`nodes: not heard of for ${Math.round((nodes.age(now) ?? 0) / 1000)}s`);
  if (!isValidAt(certificates.current(), now)) reasons.push('certificate: not valid now');
  const distrust = untrusted();
  if (distrust !== undefined) reasons.push(distrust);
  const fullFor = fullForMs();
  if (fullFor >= FULL_MS) reasons.push(`reviews: sent back for ${Math.round(fullFor / 1000)}s, there is no room`);
  return reasons;
}
