import { expect, test } from 'vitest';
import { listAt, type ApiAnswer, type ApiRequest } from '../../../shared/index.ts';
import { logTo } from '../../../webhook/log.ts';
import { caBundleOf, trustedBy } from '../../../webhook/tls/ca-bundle.ts';
import { OwnTrust } from '../../../webhook/tls/own-trust.ts';
import { issueAuthority } from '../../../webhook/tls/issue.ts';
import { Kept } from './world.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const [ours, theirs] = [(await issueAuthority(NOW)).certificate, (await issueAuthority(NOW)).certificate];

const entry = (url: string, ...trusted: readonly string[]) => ({
  name: 'work.kubectl-maint.io',
  clientConfig: { url, caBundle: caBundleOf(trusted) },
});
const OURS = 'https://127.0.0.1:9443/validate';

/** Looks once at a registration with these entries; a PATCH is answered with the status. */
async function looked(webhooks: readonly object[] | undefined, status = 200) {
  const sent: ApiRequest[] = [];
  const out = new Kept();
  const trust = new OwnTrust({
    cluster: {
      get: () => Promise.resolve(webhooks && { metadata: { resourceVersion: '7' }, webhooks }),
      pages: () => {
        throw new Error('no list is read');
      },
      send: (request): Promise<ApiAnswer> => {
        sent.push(request);
        return Promise.resolve({ status, headers: {}, body: { message: 'no right to patch' } });
      },
    },
    log: logTo(out, 'info'),
    names: ['127.0.0.1'],
    certificates: { authorities: () => [ours] },
  });
  await trust.look();
  trust.end();
  return { sent, distrust: trust.distrust, out };
}

test.each<[what: string, webhooks: readonly object[] | undefined]>([
  ['that is not there', undefined],
  ['that trusts us', [entry(OURS, theirs, ours)]],
  ['that calls somebody else', [entry('https://10.0.0.1:9443/validate', theirs)]],
  ["that trusts the system's authorities", [entry(OURS)]],
])('a registration %s is left alone', async (_what, webhooks) => {
  expect(await looked(webhooks)).toMatchObject({ sent: [], distrust: undefined });
});

test('one that calls us and trusts another authority trusts ours as well afterwards', async () => {
  const { sent, distrust } = await looked([entry(OURS, theirs), entry('https://10.0.0.1/validate', theirs)]);
  expect(distrust).toBeUndefined();
  expect(sent).toMatchObject([{ method: 'PATCH', body: { metadata: { resourceVersion: '7' } } }]);
  expect(listAt(sent[0]?.body, 'webhooks').map(trustedBy)).toEqual([[theirs, ours], [theirs]]);
});

test('where it may not be written, this is said, and the process is not ready', async () => {
  const { distrust, out } = await looked([entry(OURS, theirs)], 403);
  expect(distrust).toBe('registration: trusts another authority than ours, every call fails');
  expect(
    await out.line(
      `${distrust ?? ''}: apply what maint-webhook configuration prints with --ca-file, or bring the former state folder back`,
    ),
  ).toMatchObject({ level: 'error' });
});
