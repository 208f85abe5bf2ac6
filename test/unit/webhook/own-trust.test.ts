import { expect, test } from 'vitest';
import { listAt, type ApiAnswer, type ApiRequest } from '../../../shared/index.ts';
import { TrustRepair } from '../../../webhook/controller/registration/trust-repair.ts';
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

/** A cluster with a registration of these entries; a PATCH is answered with the status. */
function clusterWith(webhooks: readonly object[] | undefined, status = 200) {
  const sent: ApiRequest[] = [];
  return {
    sent,
    get: () => Promise.resolve(webhooks && { metadata: { resourceVersion: '7' }, webhooks }),
    pages: () => {
      throw new Error('no list is read');
    },
    send: (request: ApiRequest): Promise<ApiAnswer> => {
      sent.push(request);
      return Promise.resolve({ status, headers: {}, body: { message: 'no right to patch' } });
    },
  };
}

const NAMES = ['127.0.0.1'];

/** What a listener says of a registration. */
async function looked(webhooks: readonly object[] | undefined) {
  const out = new Kept();
  const cluster = clusterWith(webhooks);
  const certificates = { authorities: () => [ours] };
  const trust = new OwnTrust({ cluster, log: logTo(out, 'info'), names: NAMES, certificates });
  await trust.look();
  trust.end();
  return { distrust: trust.distrust, out, sent: cluster.sent };
}

function repair(webhooks: readonly object[] | undefined, status = 200) {
  const cluster = clusterWith(webhooks, status);
  const log = logTo(new Kept(), 'info');
  const looked = new TrustRepair({ cluster, log, names: NAMES, authorities: () => [ours] }).look();
  return { sent: cluster.sent, looked };
}

const FINE: readonly [what: string, webhooks: readonly object[] | undefined][] = [
  ['that is not there', undefined],
  ['that trusts us', [entry(OURS, theirs, ours)]],
  ['that calls somebody else', [entry('https://10.0.0.1:9443/validate', theirs)]],
  ["that trusts the system's authorities", [entry(OURS)]],
];

test.each(FINE)('a registration %s is left alone', async (_what, webhooks) => {
  expect(await looked(webhooks)).toMatchObject({ distrust: undefined });
  const { sent, looked: repaired } = repair(webhooks);
  expect(await repaired).toBe(false);
  expect(sent).toEqual([]);
});

test('one that calls us and trusts another authority is told by the listener, which writes nothing', async () => {
  const { distrust, out, sent } = await looked([entry(OURS, theirs)]);
  expect(distrust).toBe('registration: trusts another authority than ours, every call fails');
  expect(
    await out.line(
      `${distrust ?? ''}: apply what maint-webhook configuration prints with --ca-file, or bring the former state folder back`,
    ),
  ).toMatchObject({ level: 'error' });
  expect(sent).toEqual([]);
});

test('the controller has it trust ours as well', async () => {
  const { sent, looked: repaired } = repair([entry(OURS, theirs), entry('https://10.0.0.1/validate', theirs)]);
  expect(await repaired).toBe(true);
  expect(sent).toMatchObject([{ method: 'PATCH', body: { metadata: { resourceVersion: '7' } } }]);
  expect(listAt(sent[0]?.body, 'webhooks').map(trustedBy)).toEqual([[theirs, ours], [theirs]]);
});

test('where it may not be written, the controller says so', async () => {
  await expect(repair([entry(OURS, theirs)], 403).looked).rejects.toThrow('no right to patch');
});
