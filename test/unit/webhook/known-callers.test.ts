/** Callers that have to show a certificate, and where the authorities of theirs come from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import express from 'express';
import { listenSecurely, type SecureServer } from '../../../webhook/servers.ts';
import { withKnownCallers } from '../../../webhook/tls/known-callers.ts';
import type { CertificateSource, ServingCertificate } from '../../../webhook/tls/source.ts';
import { selfSigned } from '../../support/self-signed.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const own = selfSigned();
const [authority, another] = [selfSigned({ name: 'callers' }), selfSigned({ name: 'others' })];
const apiServer = selfSigned({ name: 'kube-apiserver', issuer: authority });
const stranger = selfSigned({ name: 'kube-apiserver', issuer: another });

const presented = (callers?: string): ServingCertificate => ({
  certificate: own.cert,
  key: own.key,
  notBefore: NOW,
  notAfter: NOW + 1000,
  ...(callers !== undefined && { callers }),
});

describe('a server that knows its callers', () => {
  let server: SecureServer;
  let reached = 0;
  /** Answers wait for it. */
  let held = Promise.resolve();

  beforeAll(async () => {
    const app = express().use((_request, response) => {
      reached += 1;
      void held.then(() => response.send('ok'));
    });
    server = await listenSecurely(app, { host: '127.0.0.1', port: 0 }, presented(authority.cert));
  });
  afterAll(() => server.close(0));
  beforeEach(() => {
    reached = 0;
    server.present(presented(authority.cert));
  });

  /** The status of an answer, or the code of what went wrong. */
  function calledBy(
    options: RequestOptions & Pick<ConnectionOptions, 'session'>,
  ): Promise<number | string | undefined> {
    return new Promise((resolve) => {
      const to = { host: '127.0.0.1', port: server.port, ca: own.cert, agent: false, ...options };
      const call = request(to, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.on('error', (error) => {
        resolve('code' in error ? String(error.code) : error.message);
      });
      call.end();
    });
  }

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('by %s', async (maxVersion) => {
    expect(await calledBy({ ...apiServer, maxVersion })).toBe(200);
    expect(reached).toBe(1);
    expect(await calledBy({ maxVersion })).not.toBe(200);
    expect(await calledBy({ ...stranger, maxVersion })).not.toBe(200);
    expect(await calledBy({ ...own, maxVersion })).not.toBe(200);
    expect(reached).toBe(1);
  });

  test('asks the next connection for a certificate of other authorities, without a restart', async () => {
    server.present(presented(another.cert));
    expect(await calledBy(stranger)).toBe(200);
    expect(await calledBy(apiServer)).not.toBe(200);
    expect(await calledBy({})).not.toBe(200);
    expect(reached).toBe(1);
  });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'serves nobody on whose authority is taken out, by %s',
    (maxVersion) => {
      let agent: Agent;
      beforeEach(() => {
        agent = new Agent({ keepAlive: true, maxSockets: 1 });
      });
      afterEach(() => {
        agent.destroy();
        held = Promise.resolve();
      });

      test('on a connection that is kept', async () => {
        const known = { ...apiServer, maxVersion, agent };
        expect([await calledBy(known), await calledBy(known)]).toEqual([200, 200]);
        const [kept] = Object.values(agent.freeSockets).flat();
        expect(kept?.destroyed).toBe(false);
        server.present(presented(another.cert));
        expect(await calledBy(known)).not.toBe(200);
        expect(reached).toBe(2);
      });

      test('on one with a request under way, which gets its answer', async () => {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        held = promise.then(() => undefined);
        const known = { ...apiServer, maxVersion, agent };
        const [first, second] = [calledBy(known), calledBy(known)];
        await vi.waitUntil(() => reached === 1);
        server.present(presented(another.cert));
        resolve(undefined);
        expect(await first).toBe(200);
        expect(await second).not.toBe(200);
        expect(reached).toBe(1);
      });

      test('by a session of before', async () => {
        const session = await new Promise<Buffer>((resolve) => {
          const socket = connect({ host: '127.0.0.1', port: server.port, ca: own.cert, ...apiServer, maxVersion });
          socket.once('session', (told: Buffer) => {
            resolve(told);
            socket.destroy();
          });
        });
        expect(await calledBy({ ...apiServer, maxVersion, session })).toBe(200);
        server.present(presented(another.cert));
        expect(await calledBy({ ...apiServer, maxVersion, session })).not.toBe(200);
      });

      test('and everybody on of whom nothing has changed', async () => {
        const known = { ...apiServer, maxVersion, agent };
        await calledBy(known);
        const [kept] = Object.values(agent.freeSockets).flat();
        server.present({ ...presented(authority.cert), notAfter: NOW + 2000 });
        // Others may call as well now.
        server.present(presented(`${authority.cert}${another.cert}`));
        await sleep(50);
        expect(kept?.destroyed).toBe(false);
        expect(await calledBy(known)).toBe(200);
      });
    },
  );
});

describe('their authorities', () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-callers-'));
    file = join(folder, 'callers.pem');
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => writeFile(file, authority.cert));

  /** A source whose certificate can be exchanged. */
  const told = (): CertificateSource & { next: ServingCertificate | undefined } => {
    let leaf = presented();
    return {
      next: undefined,
      current: () => leaf,
      authorities: () => ['a'],
      signerNotAfter: () => NOW,
      whyWaiting: () => undefined,
      refresh(this: { next: ServingCertificate | undefined }) {
        const isRefreshed = this.next !== undefined;
        leaf = this.next ?? leaf;
        this.next = undefined;
        return Promise.resolve(isRefreshed);
      },
    };
  };
  const callersOf = (source: CertificateSource) => source.current().callers?.trim().replaceAll('\r', '');

  test('are read again with each look at the certificate', async () => {
    const source = await withKnownCallers(told(), file);
    const before = source.current();
    expect(callersOf(source)).toBe(authority.cert.trim().replaceAll('\r', ''));
    expect(await source.refresh(NOW)).toBe(false);
    expect(source.current()).toBe(before);
    await writeFile(file, `${authority.cert}\n# the next one\n${another.cert}`);
    expect(await source.refresh(NOW)).toBe(true);
    expect(callersOf(source)).toContain(another.cert.trim().replaceAll('\r', ''));
    expect([source.authorities(), source.signerNotAfter()]).toEqual([['a'], NOW]);
  });

  test('stay where the file cannot be read, and a certificate that came meanwhile is shown once it can', async () => {
    const leaf = told();
    const source = await withKnownCallers(leaf, file);
    leaf.next = { ...presented(), notAfter: NOW + 2000 };
    await writeFile(file, 'half of a certif');
    await expect(source.refresh(NOW)).rejects.toMatchObject({ code: 'usage' });
    expect(callersOf(source)).toBe(authority.cert.trim().replaceAll('\r', ''));
    await writeFile(file, authority.cert);
    expect(await source.refresh(NOW)).toBe(true);
    expect(source.current().notAfter).toBe(NOW + 2000);
  });

  test.each([
    ['is not there', undefined, 'cannot read'],
    ['is empty', '', 'holds no certificate in PEM'],
    ['holds something else', 'no certificate', 'holds no certificate in PEM'],
  ])('a file that %s is an error at the start', async (_, text, says) => {
    if (text === undefined) await rm(file);
    else await writeFile(file, text);
    await expect(withKnownCallers(told(), file)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(says) as unknown,
    });
  });
});
