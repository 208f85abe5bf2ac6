import { textAt } from '../../shared/index.ts';
import { bundleOf, certificatesIn } from './authority.ts';

/** The certificates (normalPem) that API servers trust for an entry of a registration, in the caBundle's order. */
export function trustedBy(entry: unknown): readonly string[] {
  return certificatesIn(Buffer.from(textAt(entry, 'clientConfig', 'caBundle') ?? '', 'base64').toString('utf8'));
}

/** The caBundle that trusts some certificates: base64 of their PEM. */
export function caBundleOf(certificates: readonly string[]): string {
  return Buffer.from(bundleOf(certificates)).toString('base64');
}
