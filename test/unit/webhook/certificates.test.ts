import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { issueAuthority, issueLeaf, LEAF_LIFE_MS } from '../../../webhook/tls/issue.ts';
import { selfIssuedCertificates } from '../../../webhook/tls/self-issued.ts';
import { isValidAt, renewalOf } from '../../../webhook/tls/source.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 3_600_000;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

const authority = await issueAuthority(NOW);
const leaf = await issueLeaf(authority, ['localhost', 'maint.kube-system.svc', '127.0.0.1', '::1'], NOW);

describe('issued certificates, as node:crypto reads them', () => {
  const ca = new X509Certificate(authority.certificate);
  const served = new X509Certificate(leaf.certificate);

  test('the authority signs, and signs nothing but leaves', () => {
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(served.ca).toBe(false);
    expect(served.checkIssued(ca)).toBe(true);
    expect(served.verify(ca.publicKey)).toBe(true);
  });

  test('the leaf is for servers, and for every name', () => {
    expect(served.keyUsage).toEqual([SERVER_AUTH]);
    expect(served.subjectAltName).toBe(
      'DNS:localhost, DNS:maint.kube-system.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(served.checkHost('maint.kube-system.svc')).toBe('maint.kube-system.svc');
    expect(served.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(served.checkHost('elsewhere')).toBeUndefined();
  });

  test('serials are positive, of 128 bits, and never the same', async () => {
    const other = new X509Certificate((await issueLeaf(authority, ['localhost'], NOW)).certificate);
    for (const { serialNumber } of [ca, served, other]) expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new Set([ca, served, other].map(({ serialNumber }) => serialNumber)).size).toBe(3);
  });

  test('it is good since an hour ago, and for as long as it says', () => {
    expect(Date.parse(served.validFrom)).toBe(NOW - HOUR);
    expect(Date.parse(served.validTo)).toBe(NOW + LEAF_LIFE_MS);
    expect([leaf.notBefore, leaf.notAfter]).toEqual([NOW - HOUR, NOW + LEAF_LIFE_MS]);
    expect(isValidAt(leaf, NOW)).toBe(true);
    expect(isValidAt(leaf, NOW - 2 * HOUR)).toBe(false);
    expect(isValidAt(leaf, leaf.notAfter)).toBe(false);
  });

  test('it never outlives its authority', async () => {
    const late = await issueLeaf(authority, ['localhost'], authority.notAfter - HOUR);
    expect(late.notAfter).toBe(authority.notAfter);
  });
});

test('a source renews at two thirds of the life, by the same authority', async () => {
  const source = await selfIssuedCertificates({ names: ['localhost'], stateFolder: undefined }, NOW);
  const first = source.current();
  const ca = source.authorities().join('');
  expect(await source.refresh(renewalOf(first) - 1)).toBe(false);
  expect(source.current()).toBe(first);
  expect(await source.refresh(renewalOf(first))).toBe(true);
  expect(source.current().notAfter).toBe(renewalOf(first) + LEAF_LIFE_MS);
  expect(source.authorities()).toEqual([ca]);
  expect(new X509Certificate(source.current().certificate).verify(new X509Certificate(ca).publicKey)).toBe(true);
});
