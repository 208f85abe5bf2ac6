import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  at,
  fieldsAt,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import { logTo } from '../../../webhook/log.ts';
import { AUTHORITY_LIFE_MS, LEAF_LIFE_MS } from '../../../webhook/tls/issue.ts';
import { SharedAuthorities } from '../../../webhook/controller/certificates/shared-authorities.ts';
import { sharedCertificates } from '../../../webhook/tls/shared-source.ts';
import { isValidAt, type CertificateSource } from '../../../webhook/tls/source.ts';
import { Kept } from './world.ts';

/** Replicas that share an authority, with a Secret that behaves as the API server's does, and a clock that jumps. */

const START = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 3_600_000;

/** One Secret: created once, replaced only by who has seen its last version. */
class OneSecret implements ClusterSender, Pick<ClusterReader, 'get'> {
  object: unknown;
  writes = 0;
  /** Runs before the next write, as another replica's would. */
  before: (() => Promise<void>) | undefined;
  #version = 0;

  get(): Promise<unknown> {
    return Promise.resolve(this.object);
  }

  async *pages() {
    yield* [];
    await Promise.resolve();
  }

  async send({ method, body }: ApiRequest): Promise<ApiAnswer> {
    const { before } = this;
    this.before = undefined;
    await before?.();
    const isStale =
      method === 'POST'
        ? this.object !== undefined
        : textAt(body, 'metadata', 'resourceVersion') !== textAt(this.object, 'metadata', 'resourceVersion');
    if (isStale) return { status: 409, headers: {}, body: { message: 'conflict' } };
    this.#version += 1;
    this.writes += 1;
    const metadata = at(body, 'metadata');
    this.object = { ...fieldsAt(body), metadata: { ...fieldsAt(metadata), resourceVersion: String(this.#version) } };
    return { status: 200, headers: {}, body: this.object };
  }

  get authority(): string {
    return Buffer.from(textAt(this.object, 'data', 'ca.crt') ?? '', 'base64').toString();
  }
}

/** Whom API servers trust, and since when: what replicas have written into the registration. */
class Trust {
  readonly since = new Map<string, number>();

  write(certificates: readonly string[], now: number): void {
    for (const certificate of certificates) if (!this.since.has(certificate)) this.since.set(certificate, now);
  }

  /** Whether API servers would take what is served. */
  takes(source: CertificateSource, now: number): boolean {
    const leaf = new X509Certificate(source.current().certificate);
    const issuer = [...this.since.keys()].find((pem) => leaf.checkIssued(new X509Certificate(pem)));
    if (issuer === undefined || !isValidAt(source.current(), now)) return false;
    return leaf.verify(new X509Certificate(issuer).publicKey);
  }
}

async function replica(secret: OneSecret, trust: Trust, now: number): Promise<CertificateSource> {
  const authorities = new SharedAuthorities(
    { namespace: 'ops', name: 'ca' },
    { cluster: secret, log: logTo(new Kept(), 'silent'), trustedSince: (certificate) => trust.since.get(certificate) },
  );
  const source = await sharedCertificates(authorities, {
    names: ['maint.ops.svc'],
    now,
    isTrusted: (certificate) => trust.since.has(certificate),
  });
  trust.write(source.authorities(), now);
  return source;
}

/** What a replica does once a minute. */
async function tick(source: CertificateSource, trust: Trust, now: number): Promise<void> {
  await source.refresh(now);
  trust.write(source.authorities(), now);
}

test('of two that start at once the second takes the authority of the first', async () => {
  const [secret, trust] = [new OneSecret(), new Trust()];
  let first: CertificateSource | undefined;
  secret.before = async () => {
    first = await replica(secret, trust, START);
  };
  const second = await replica(secret, trust, START);
  expect(secret.writes).toBe(1);
  expect(second.authorities()).toEqual(first?.authorities());
});

test('a clock that is 30 days ahead finds a new certificate by the same authority', async () => {
  const [secret, trust] = [new OneSecret(), new Trust()];
  const source = await replica(secret, trust, START);
  const { authority } = secret;
  const later = START + 30 * DAY;
  expect(isValidAt(source.current(), later)).toBe(false);
  await tick(source, trust, later);
  expect(trust.takes(source, later)).toBe(true);
  expect(source.current().notAfter).toBe(later + LEAF_LIFE_MS);
  expect(secret.authority).toBe(authority);
  expect(secret.writes).toBe(1);
});

test.each<[string, (secret: OneSecret) => unknown]>([
  ['deleted', () => undefined],
  ['emptied', ({ object }) => ({ ...fieldsAt(object), data: {} })],
])('a Secret that was %s is written anew, and nobody’s trust changes', async (_what, spoiled) => {
  const [secret, trust] = [new OneSecret(), new Trust()];
  const source = await replica(secret, trust, START);
  const [{ authority }, served] = [secret, source.current()];
  secret.object = spoiled(secret);
  await tick(source, trust, START + DAY);
  expect(secret.authority).toBe(authority);
  expect(source.current()).toBe(served);
});

test('somebody else’s authority is served with only when API servers trust it', async () => {
  const [secret, trust, theirs, nobody] = [new OneSecret(), new Trust(), new OneSecret(), new Trust()];
  const source = await replica(secret, trust, START);
  await replica(theirs, nobody, START);
  const served = source.current();
  secret.object = theirs.object;
  await source.refresh(START + DAY);
  // Asked for, and not trusted yet.
  expect(source.authorities()).toHaveLength(2);
  expect(source.current()).toBe(served);
  trust.write(source.authorities(), START + DAY);
  await source.refresh(START + DAY);
  expect(source.current()).not.toBe(served);
  expect(trust.takes(source, START + DAY)).toBe(true);
});

test('through two lives of an authority three replicas never serve what API servers do not take', async () => {
  const [secret, trust] = [new OneSecret(), new Trust()];
  const sources = [await replica(secret, trust, START), await replica(secret, trust, START)];
  const authorities = new Set([secret.authority]);
  // Each replica looks at a moment of its own, one starts in the middle; twelve hours stand for a minute
  // but around a step, where minutes count.
  let now = START;
  let step = 0;
  while (now < START + 2 * AUTHORITY_LIFE_MS) {
    step += 1;
    const writes = secret.writes;
    const [index] = [step % sources.length];
    const source = sources[index];
    if (source !== undefined) await tick(source, trust, now);
    authorities.add(secret.authority);
    expect(sources.map((one) => trust.takes(one, now))).toEqual(sources.map(() => true));
    if (step === 100) sources.push(await replica(secret, trust, now));
    now += secret.writes === writes ? 12 * 3_600_000 : 61_000;
  }
  expect(authorities.size).toBe(3);
  // One Secret, three steps for each new authority (prepare, promote, prune), whoever makes them.
  expect(secret.writes).toBeLessThanOrEqual(1 + 2 * 3);
}, 120_000);
