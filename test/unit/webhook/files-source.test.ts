import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleOf, certificatesIn, isSignedBy } from '../../../webhook/tls/authority.ts';
import { certificatesFromFolder } from '../../../webhook/tls/files-source.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';
import type { CertificateSource } from '../../../webhook/tls/source.ts';
import { selfSigned } from '../../support/self-signed.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const authority = await issueAuthority(NOW);
const [first, second] = [await issueLeaf(authority, ['a'], NOW), await issueLeaf(authority, ['a'], NOW + 1000)];
const next = await issueAuthority(NOW);
const ofNext = await issueLeaf(next, ['a'], NOW);
const STANDING_MS = 180_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-tls-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put({ certificate, key }: { certificate: string; key: string }): Promise<void> {
  await writeFile(join(folder, 'tls.crt'), certificate);
  await writeFile(join(folder, 'tls.key'), key);
}

test('what is mounted is served, and read again when it changes', async () => {
  await put(first);
  await writeFile(join(folder, 'ca.crt'), authority.certificate);
  const source = await certificatesFromFolder(folder, NOW);
  expect(source.current()).toEqual(first);
  expect(source.authorities()).toEqual(certificatesIn(authority.certificate));
  expect(source.signerNotAfter()).toBe(authority.notAfter);
  expect(await source.refresh(NOW)).toBe(false);
  await put(second);
  expect(await source.refresh(NOW + STANDING_MS)).toBe(true);
  expect(source.current()).toEqual(second);
});

test('without ca.crt somebody else says whom to trust', async () => {
  await put(first);
  const source = await certificatesFromFolder(folder, NOW);
  expect(source.authorities()).toEqual([]);
  expect(source.signerNotAfter()).toBeUndefined();
});

test('what cannot be read is an error at the start, and leaves the last certificate later', async () => {
  await expect(certificatesFromFolder(folder, NOW)).rejects.toMatchObject({ code: 'usage' });
  await put(first);
  const source = await certificatesFromFolder(folder, NOW);
  await put({ ...second, certificate: 'no' });
  await expect(source.refresh(NOW)).rejects.toThrow('is not a certificate in PEM');
  expect(source.current()).toEqual(first);
});

describe('a certificate of another authority', () => {
  let source: CertificateSource;

  const trust = (...authorities: readonly { readonly certificate: string }[]) =>
    writeFile(join(folder, 'ca.crt'), bundleOf(authorities.map(({ certificate }) => certificate)));
  /** Which one is presented so long after the change, in ms. */
  async function presentedAfter(ms: number): Promise<'first' | 'next' | 'neither'> {
    await source.refresh(CHANGED + ms);
    const { certificate } = source.current();
    if (certificate === first.certificate) return 'first';
    return certificate === ofNext.certificate ? 'next' : 'neither';
  }
  const CHANGED = NOW + 10 * STANDING_MS;

  beforeEach(async () => {
    await put(first);
    await trust(authority);
    source = await certificatesFromFolder(folder, NOW);
  });

  test('waits until API servers trust that one, however it comes', async () => {
    await put(ofNext);
    await trust(next);
    expect(await presentedAfter(0)).toBe('first');
    expect(source.authorities()).toEqual(certificatesIn(next.certificate));
    expect(await presentedAfter(STANDING_MS - 1)).toBe('first');
    expect(source.whyWaiting()).toBe('its authority is new in ca.crt');
    expect(await presentedAfter(STANDING_MS)).toBe('next');
    expect(source.whyWaiting()).toBeUndefined();
  });

  test('is presented at once where its authority stood there before', async () => {
    await trust(authority, next);
    expect(await presentedAfter(-STANDING_MS)).toBe('first');
    await put(ofNext);
    expect(await presentedAfter(0)).toBe('next');
  });

  test('waits anew where its authority was taken out meanwhile', async () => {
    await put(ofNext);
    await trust(next);
    await presentedAfter(0);
    await trust(authority);
    await presentedAfter(60_000);
    await trust(next);
    expect(await presentedAfter(STANDING_MS)).toBe('first');
    expect(await presentedAfter(2 * STANDING_MS)).toBe('next');
  });

  test('is presented at once where the last one ends before the next look', async () => {
    await put(ofNext);
    await trust(next);
    const end = first.notAfter - CHANGED;
    expect(await presentedAfter(end - 61_000)).toBe('first');
    expect(await presentedAfter(end - 30_000)).toBe('next');
  });

  test('is presented at once where somebody else fills in the caBundle', async () => {
    await rm(join(folder, 'ca.crt'));
    await put(ofNext);
    expect(await presentedAfter(0)).toBe('next');
  });

  test('waits as long as the last one is good where nobody in ca.crt has signed it', async () => {
    await put(ofNext);
    expect(await presentedAfter(100 * STANDING_MS)).toBe('first');
    expect(source.whyWaiting()).toBe('no authority in ca.crt has signed it');
  });

  test('is presented at once where there is no last one', async () => {
    await put(ofNext);
    await trust(next);
    source = await certificatesFromFolder(folder, CHANGED);
    expect(await presentedAfter(0)).toBe('next');
  });
});

test('who has signed a certificate is told by the key, not by the name; those in between count', () => {
  const [root, namesake] = [selfSigned({ name: 'root' }), selfSigned({ name: 'root' })];
  const between = selfSigned({ name: 'between', issuer: root, cA: true });
  const leaf = selfSigned({ issuer: between });
  const chain = leaf.cert + between.cert;
  expect(isSignedBy(chain, root.cert)).toBe(true);
  expect(isSignedBy(chain, between.cert)).toBe(true);
  expect(isSignedBy(chain, namesake.cert)).toBe(false);
  expect(isSignedBy(leaf.cert, root.cert)).toBe(false);
  expect(isSignedBy(leaf.cert, leaf.cert)).toBe(true);
});
