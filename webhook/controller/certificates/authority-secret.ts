import { parsed, refused, textAt, type Parsed } from '../../../shared/index.ts';
import { authorityFromPem, certificatesIn } from '../../tls/authority.ts';
import type { ObjectPlace } from '../replacing.ts';
import type { AuthoritySet } from './rotation.ts';
import { secretOf, textIn } from './secret.ts';

/** Annotation on the Secret: when the last step of a rotation was made (RFC 3339). */
const STEPPED_ANNOTATION = 'kubectl-maint.io/ca-stepped-at';

/** Reads the authorities from a Secret (core/v1): `ca.crt`, `ca.key`, `next.crt`, `next.key`, `old.crt`. Anybody may have edited it. */
export function authoritiesFromSecret(secret: unknown): Parsed<AuthoritySet> {
  const field = (key: string): string | undefined => textIn(secret, key);
  const [certificate, key] = [field('ca.crt'), field('ca.key')];
  if (certificate === undefined || key === undefined)
    return refused({ path: 'data', message: 'has no ca.crt and ca.key' });
  const current = authorityFromPem(certificate, key);
  if (!current.ok) return current;
  // What is only on the way in or out is worth less: where it cannot be read, it is as if it were not there.
  const next = authorityFromPem(field('next.crt') ?? '', field('next.key') ?? '');
  const [old] = certificatesIn(field('old.crt') ?? '');
  const stepped = Date.parse(textAt(secret, 'metadata', 'annotations', STEPPED_ANNOTATION) ?? '');
  return parsed({
    current: current.value,
    next: next.ok ? next.value : undefined,
    old,
    steppedAt: Number.isNaN(stepped) ? current.value.notBefore : stepped,
  });
}

/** The Secret that holds the authorities; with a resourceVersion it replaces exactly that one. */
export function secretFromAuthorities(
  { current, next, old, steppedAt }: AuthoritySet,
  place: ObjectPlace,
  replaced?: unknown,
): object {
  const data = {
    'ca.crt': current.certificate,
    'ca.key': current.key,
    'next.crt': next?.certificate,
    'next.key': next?.key,
    'old.crt': old,
  };
  const annotations = { [STEPPED_ANNOTATION]: new Date(steppedAt).toISOString() };
  return secretOf(place, { type: 'Opaque', annotations, data }, replaced);
}
