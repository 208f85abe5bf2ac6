import { expect, test } from 'vitest';
import {
  authoritiesFromSecret,
  secretFromAuthorities,
} from '../../../webhook/controller/certificates/authority-secret.ts';
import { certificatesIn } from '../../../webhook/tls/authority.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import type { AuthoritySet } from '../../../webhook/controller/certificates/rotation.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const PLACE = { namespace: 'ops', name: 'ca' };
const [A, B] = [await issueAuthority(NOW), await issueAuthority(NOW)];
const LEAF = await issueLeaf(A, ['localhost'], NOW);
const oldOf = (pem: string) => certificatesIn(pem)[0];

const encoded = (data: Readonly<Record<string, string>>) => ({
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
});
const OF_A = { 'ca.crt': A.certificate, 'ca.key': A.key };

test.each<[string, AuthoritySet]>([
  ['one authority', { current: A, next: undefined, old: undefined, steppedAt: NOW }],
  ['one with a successor', { current: A, next: B, old: undefined, steppedAt: NOW }],
  ['one with its predecessor', { current: B, next: undefined, old: oldOf(A.certificate), steppedAt: NOW }],
])('what is written is read again: %s', (_what, authorities) => {
  expect(authoritiesFromSecret(secretFromAuthorities(authorities, PLACE))).toEqual({ ok: true, value: authorities });
});

test('a new Secret has no resourceVersion; one that replaces another has its, and its labels', () => {
  const authorities = { current: A, next: undefined, old: undefined, steppedAt: NOW };
  expect(secretFromAuthorities(authorities, PLACE)).not.toHaveProperty('metadata.resourceVersion');
  const replaced = { metadata: { resourceVersion: '7', labels: { a: 'b' } } };
  expect(secretFromAuthorities(authorities, PLACE, replaced)).toMatchObject({
    metadata: { namespace: 'ops', name: 'ca', resourceVersion: '7', labels: { a: 'b' } },
  });
});

test.each<[string, unknown, string]>([
  ['nothing', {}, 'data has no ca.crt and ca.key'],
  ['no key', encoded({ 'ca.crt': A.certificate }), 'data has no ca.crt and ca.key'],
  ['no certificate', encoded({ ...OF_A, 'ca.crt': 'no' }), 'ca.crt is not a certificate in PEM'],
  [
    'the certificate of a server',
    encoded({ 'ca.crt': LEAF.certificate, 'ca.key': LEAF.key }),
    'ca.crt is not the certificate of an authority',
  ],
  ['no private key', encoded({ ...OF_A, 'ca.key': 'no' }), 'ca.key is not a private key in PEM'],
  ['the key of another', encoded({ ...OF_A, 'ca.key': B.key }), 'ca.key belongs to another certificate'],
])('a Secret with %s is refused, and no key is quoted', (_what, secret, message) => {
  const read = authoritiesFromSecret(secret);
  const said = read.ok ? '' : read.problems.map((problem) => `${problem.path} ${problem.message}`).join();
  expect(said).toContain(message);
  expect(said).not.toContain('PRIVATE');
});

test('a successor or predecessor that cannot be read is as if it were not there', () => {
  const secret = encoded({ ...OF_A, 'next.crt': B.certificate, 'next.key': A.key, 'old.crt': 'no' });
  expect(authoritiesFromSecret(secret)).toMatchObject({
    ok: true,
    // Whoever wrote it by hand said no step: it counts from the authority's beginning.
    value: { next: undefined, old: undefined, steppedAt: A.notBefore },
  });
});
