import { once } from 'node:events';
import { createServer } from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { judgeCertificates } from '../../../../../plugin/verbs/doctor/checks/certificates.ts';
import { shakeHands, type Handshake } from '../../../../../plugin/verbs/doctor/handshake.ts';
import { numberAt } from '../../../../../shared/facts/json.ts';
import { AUTHORITY_LIFE_MS, issueAuthority, issueLeaf } from '../../../../../webhook/tls/issue.ts';
import { like } from '../../../../support/like.ts';
import { START } from '../../world.ts';

const DAY_MS = 24 * 3_600_000;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let [older, newer] = ['', ''];
beforeAll(async () => {
  older = (await issueAuthority(START)).certificate;
  newer = (await issueAuthority(START + 100 * DAY_MS)).certificate;
});

test.each<[what: string, bundles: () => readonly string[], sinceStart: number, says: RegExp]>([
  ['new', () => [older], 0, /^ok .*the authority in the caBundle is valid until 2027-01-05/],
  ['31 days left', () => [older], AUTHORITY_LIFE_MS - 31 * DAY_MS, /^ok .*valid until/],
  ['29 days left', () => [older], AUTHORITY_LIFE_MS - 29 * DAY_MS, /^warn .*nobody has renewed it/],
  ['over', () => [older], AUTHORITY_LIFE_MS + DAY_MS, /^fail .*in the caBundle ended on 2027-01-05/],
  ['still to come', () => [newer], 0, /^fail .*is valid yet/],
  ['the older of two is over', () => [`${older}\n${newer}`], AUTHORITY_LIFE_MS + DAY_MS, /^ok .*2 authorities/],
  ['two entries, one is late', () => [older, newer], AUTHORITY_LIFE_MS - DAY_MS, /^warn .*valid until 2027-01-05/],
  ['no certificate', () => ['nonsense'], 0, /^fail .*holds no certificate/],
  ['a broken one', () => [older.replace('MII', 'XXX')], 0, /^fail .*holds no certificate/],
  ['none', () => [], 0, /^fail .*there is no caBundle/],
])('%s', (_what, bundles, sinceStart, says) => {
  const reading = { isAsked: true, bundles: bundles().map(base64), presented: [], now: START + sinceStart };
  expect(judgeCertificates(reading).map(({ status, message }) => `${status} ${message}`)).toEqual([like(says)]);
});

test('where no webhook is asked, the check of the webhook says what to do', () => {
  expect(judgeCertificates({ isAsked: false, bundles: [], presented: [], now: START })).toEqual([
    {
      status: 'fail',
      message: 'no webhook is asked, so that none is trusted',
      todo: 'the check webhook says what to do',
    },
  ]);
});

test.each<[what: string, handshake: Handshake, sinceStart: number, says: readonly RegExp[]]>([
  ['ours', { kind: 'trusted' }, 0, [/^ok .*valid until/]],
  [
    'of another authority',
    { kind: 'distrusted', why: 'SELF_SIGNED' },
    0,
    [/^fail .*:9443 is not trusted .*SELF_SIGNED/],
  ],
  ['not there', { kind: 'unreached', why: 'ECONNREFUSED' }, 0, [/^warn not known: .*ECONNREFUSED/]],
  [
    'of another authority, and late',
    { kind: 'distrusted', why: 'SELF_SIGNED' },
    AUTHORITY_LIFE_MS - DAY_MS,
    [/^warn .*nobody has renewed/, /^fail .*is not trusted/],
  ],
  ['nothing, and over', { kind: 'unreached', why: '' }, AUTHORITY_LIFE_MS, [/^fail .*ended on/]],
])('what answers at an address is %s', (_what, handshake, sinceStart, says) => {
  const presented = [{ url: 'https://webhook.example.com:9443', handshake }];
  const found = judgeCertificates({ isAsked: true, bundles: [base64(older)], presented, now: START + sinceStart });
  expect(found.map(({ status, message }) => `${status} ${message}`)).toEqual(says.map(like));
});

test('a server is asked as an API server asks it', async () => {
  const signal = new AbortController().signal;
  const [ours, other] = [await issueAuthority(Date.now()), await issueAuthority(Date.now())];
  const { certificate: cert, key } = await issueLeaf(ours, ['127.0.0.1'], Date.now());
  const server = createServer({ cert, key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = numberAt(server.address(), 'port') ?? 0;
  const ask = (host: string, { certificate }: { certificate: string }) =>
    shakeHands(`https://${host}:${port}/path`, certificate, signal);
  try {
    expect(await ask('127.0.0.1', ours)).toEqual({ kind: 'trusted' });
    expect(await ask('127.0.0.1', other)).toMatchObject({ kind: 'distrusted' });
    expect(await ask('localhost', ours)).toEqual({ kind: 'distrusted', why: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  } finally {
    server.close();
    await once(server, 'close');
  }
  expect(await ask('127.0.0.1', ours)).toMatchObject({ kind: 'unreached' });
  expect(await shakeHands('no url', '', signal)).toMatchObject({ kind: 'unreached' });
});
