import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fieldsAt, objectPath, textAt, type ApiAnswer, type ApiRequest } from '../../../shared/index.ts';
import { FolderAuthorities } from '../../../webhook/controller/certificates/folder-authorities.ts';
import { isLeafDue, leafFromSecret, type Trusting } from '../../../webhook/controller/certificates/leaf-secret.ts';
import { OwnCertificates } from '../../../webhook/controller/certificates/own-certificates.ts';
import { logTo } from '../../../webhook/log.ts';
import { certificatesIn } from '../../../webhook/tls/authority.ts';
import { AUTHORITY_LIFE_MS, issueAuthority, issueLeaf, LEAF_LIFE_MS } from '../../../webhook/tls/issue.ts';
import { Kept } from './world.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const NAMES = ['maint.ops.svc', 'maint'];
const [AUTHORITY, LEAF] = ['ca', 'tls'].map((name) => ({ namespace: 'ops', name }));
const pathOf = (name: string) => objectPath('v1/secrets', 'ops', name);

/** Secrets of an API server, and a controller that keeps them. */
class Keeper {
  readonly secrets = new Map<string, object>();
  readonly writes: string[] = [];
  /** Certificates that every entry of the registration trusts, and since when; undefined: it is not known. */
  trusted: Map<string, number> | undefined = new Map();
  now = NOW;
  readonly certificates: OwnCertificates;
  #version = 0;

  constructor() {
    this.certificates = new OwnCertificates(
      { authority: AUTHORITY ?? expect.fail(), leaf: LEAF ?? expect.fail(), names: NAMES },
      {
        cluster: {
          get: (path) => Promise.resolve(this.secrets.get(path)),
          pages: () => expect.fail('no list is read'),
          send: (request) => Promise.resolve(this.#write(request)),
        },
        log: logTo(new Kept(), 'error'),
        trustedSince: (certificate) => this.trusted?.get(certificate),
        trustsNobody: () => this.trusted && this.trusted.size === 0,
      },
    );
  }

  /** Looks, and has the registration trust what is to be trusted, as its reconciler does. */
  async look(): Promise<void> {
    await this.certificates.refresh(this.now);
    for (const one of this.certificates.trusted() ?? []) {
      if (this.trusted?.has(one) === false) this.trusted.set(one, this.now);
    }
  }

  get authority(): string {
    return Buffer.from(textAt(this.secrets.get(pathOf('ca')), 'data', 'ca.crt') ?? '', 'base64').toString();
  }

  get leaf(): X509Certificate {
    const leaf = leafFromSecret(this.secrets.get(pathOf('tls')));
    return new X509Certificate(leaf.ok ? leaf.value.certificate : expect.fail('there is no leaf'));
  }

  isSignedBy(authority: string): boolean {
    return this.leaf.checkIssued(new X509Certificate(authority));
  }

  #write({ method, path, body }: ApiRequest): ApiAnswer {
    const place = method === 'POST' ? `${path}/${textAt(body, 'metadata', 'name') ?? ''}` : path;
    const known = textAt(this.secrets.get(place), 'metadata', 'resourceVersion');
    if (textAt(body, 'metadata', 'resourceVersion') !== known) return { status: 409, headers: {}, body: {} };
    this.#version += 1;
    const metadata = { ...fieldsAt(body, 'metadata'), resourceVersion: String(this.#version) };
    this.secrets.set(place, { ...fieldsAt(body), metadata });
    this.writes.push(place.split('/').at(-1) ?? '');
    return { status: method === 'POST' ? 201 : 200, headers: {}, body: {} };
  }
}

let keeper: Keeper;
beforeEach(() => {
  keeper = new Keeper();
});

test('at first it makes an authority and a certificate for the names of the Service, and then nothing', async () => {
  await keeper.look();
  expect(keeper.writes).toEqual(['ca', 'tls']);
  expect(keeper.isSignedBy(keeper.authority)).toBe(true);
  for (const name of NAMES) expect(keeper.leaf.checkHost(name)).toBe(name);
  const secret = keeper.secrets.get(pathOf('tls'));
  expect(textAt(secret, 'type')).toBe('kubernetes.io/tls');
  expect(Object.keys(fieldsAt(secret, 'data')).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  await keeper.look();
  expect(keeper.writes).toHaveLength(2);
});

test('while it is not known whom API servers trust, no certificate is written', async () => {
  keeper.trusted = undefined;
  await keeper.look();
  expect(keeper.writes).toEqual(['ca']);
});

test('the certificate is renewed after two thirds of its life, by the same authority', async () => {
  await keeper.look();
  const { authority, leaf } = keeper;
  keeper.now += LEAF_LIFE_MS * 0.6;
  await keeper.look();
  expect(keeper.leaf.fingerprint256).toBe(leaf.fingerprint256);
  keeper.now += LEAF_LIFE_MS * 0.1;
  await keeper.look();
  expect(keeper.leaf.fingerprint256).not.toBe(leaf.fingerprint256);
  expect(keeper.authority).toBe(authority);
});

test('a new authority is trusted for a minute before a certificate of it is written', async () => {
  await keeper.look();
  const { authority: old } = keeper;
  keeper.now += AUTHORITY_LIFE_MS * 0.7;
  await keeper.look();
  // Its successor is trusted, and signs nothing yet.
  expect(keeper.authority).toBe(old);
  expect(keeper.isSignedBy(old)).toBe(true);
  keeper.now += 30_000;
  await keeper.look();
  expect(keeper.isSignedBy(old)).toBe(true);
  keeper.now += 31_000;
  await keeper.look();
  expect(keeper.authority).not.toBe(old);
  expect(keeper.isSignedBy(keeper.authority)).toBe(true);
  expect(keeper.certificates.trusted()).toContain(old);
});

describe('the authority is gone', () => {
  test.each<[string, (secrets: Map<string, object>) => void]>([
    ['deleted', (secrets) => secrets.delete(pathOf('ca'))],
    ['emptied', (secrets) => secrets.set(pathOf('ca'), { ...secrets.get(pathOf('ca')), data: {} })],
  ])('%s: another one is made, and trusted for a minute before the last certificate is replaced', async (_, spoil) => {
    await keeper.look();
    const { authority: old, leaf } = keeper;
    spoil(keeper.secrets);
    await keeper.look();
    expect(keeper.authority).not.toBe(old);
    expect(keeper.leaf.fingerprint256).toBe(leaf.fingerprint256);
    keeper.now += 59_000;
    await keeper.look();
    expect(keeper.leaf.fingerprint256).toBe(leaf.fingerprint256);
    keeper.now += 2000;
    await keeper.look();
    expect(keeper.isSignedBy(keeper.authority)).toBe(true);
  });

  test('and the certificate with it: nothing is written that would not be trusted', async () => {
    await keeper.look();
    keeper.secrets.clear();
    await keeper.certificates.refresh(keeper.now);
    expect(keeper.writes).toEqual(['ca', 'tls', 'ca']);
    await keeper.look();
    await keeper.look();
    expect(keeper.writes).toEqual(['ca', 'tls', 'ca', 'tls']);
  });
});

test('somebody else who was faster is believed', async () => {
  const other = new Keeper();
  await other.look();
  const authority = other.secrets.get(pathOf('ca')) ?? expect.fail();
  // Between its read and its write.
  const { secrets } = keeper;
  const get = secrets.get.bind(secrets);
  let isFirst = true;
  secrets.get = (path) => {
    const found = get(path);
    if (isFirst) secrets.set(pathOf('ca'), authority);
    isFirst = false;
    return found;
  };
  await keeper.look();
  expect(keeper.authority).toBe(other.authority);
  expect(keeper.writes).toEqual(['tls']);
});

describe('whether a certificate is due', async () => {
  const [ours, theirs] = [await issueAuthority(NOW), await issueAuthority(NOW)];
  const [leaf, foreign] = [await issueLeaf(ours, NAMES, NOW), await issueLeaf(theirs, NAMES, NOW)];
  const all: readonly Trusting[] = ['settled', 'fresh', 'others', 'nobody'];

  const at = { names: NAMES, now: NOW };

  test.each([
    ['there is none', undefined, ['settled', 'fresh', 'nobody'], at],
    ['it has expired', leaf, ['settled', 'fresh', 'nobody'], { ...at, now: NOW + LEAF_LIFE_MS }],
    ['it is of another authority', foreign, ['settled', 'nobody'], at],
    ['it is good', leaf, [], at],
    ['it is old', leaf, all, { ...at, now: NOW + LEAF_LIFE_MS * 0.7 }],
    ['it is for other names', leaf, all, { ...at, names: ['another.ops.svc'] }],
  ] as const)('%s', (_what, given, due, asked) => {
    expect(all.filter((trusting) => isLeafDue(given, ours.certificate, { ...asked, trusting }))).toEqual(due);
  });
});

test('the authorities of others are read from their folder; none there leaves the caBundle alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'maint-ca-'));
  const authorities = new FolderAuthorities(folder);
  expect(authorities.trusted()).toBeUndefined();
  await authorities.refresh();
  expect(authorities.trusted()).toEqual([]);
  const { certificate } = await issueAuthority(NOW);
  await writeFile(join(folder, 'ca.crt'), `# of cert-manager\n${certificate}\n`);
  await authorities.refresh();
  expect(authorities.trusted()).toEqual(certificatesIn(certificate));
  await rm(folder, { recursive: true });
});
