import { beforeAll, expect, test } from 'vitest';
import { judgeCertificates } from '../../../../plugin/doctor/checks/certificates.ts';
import { AUTHORITY_LIFE_MS, issueAuthority } from '../../../../webhook/tls/issue.ts';
import { like } from '../../../support/like.ts';
import { START } from '../world.ts';

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
  const reading = { bundles: bundles().map(base64), now: START + sinceStart };
  expect(judgeCertificates(reading).map(({ status, message }) => `${status} ${message}`)).toEqual([like(says)]);
});
