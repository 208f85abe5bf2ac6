import { X509Certificate } from 'node:crypto';
import { clean, listAt, renderDuration, textAt } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, SEE_WEBHOOK, unknown, warn, type Diagnosis } from '../diagnosis.ts';
import { quoted } from '../quotation.ts';
import { shakeHands, type Handshake } from '../handshake.ts';
import { CONTROLLER_LOGS } from '../../../policy/installation.ts';

/** An authority of the webhook's own lives a year and is replaced long before: one this close to its end is forgotten. */
const SOON_MS = 30 * 24 * 3_600_000;

const RENEW = `the controller, or cert-manager, renews it by itself: look at the logs of whoever does (${CONTROLLER_LOGS})`;

const REGISTER =
  'on its machine, apply what maint-webhook configuration prints with --ca-file again; docs/process.md says what it needs to do that by itself';
const LOOK_THERE = 'look at its /readyz and its log where it runs: they say whether the registration trusts it';

/** Whom the API server trusts, and by what address it asks. */
export interface BundleReading {
  /** Whether the API server has entries at all. */
  readonly isAsked: boolean;
  /** The caBundles of the entries, each in base64. */
  readonly bundles: readonly string[];
  /** What is presented where an entry asks by an address and not by a Service. */
  readonly presented: readonly Presented[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a webhook presents to whoever trusts the caBundle of an entry. */
export interface Presented {
  readonly url: string;
  readonly handshake: Handshake;
}

export const certificates = checkOf({
  id: 'certificates',
  asks: 'Until when the API server trusts the webhook: the authorities in the caBundle; and whether they vouch for a process that is called by its address',
  warns: 'the last authority ends within 30 days, or the address cannot be reached from here',
  fails: 'no authority is valid now, the caBundle holds none, or what is presented at the address is not trusted',
  read: async (readings): Promise<BundleReading> => {
    const entries = listAt(await readings.registration(), 'webhooks').map(trustOf);
    const trusting = entries.filter(({ bundle }) => bundle !== '');
    return {
      isAsked: entries.length > 0,
      bundles: [...new Set(trusting.map(({ bundle }) => bundle))],
      presented: await Promise.all(addressesOf(trusting).map((one) => present(one, readings.signal))),
      now: readings.now(),
    };
  },
  judge: judgeCertificates,
});

interface EntryTrust {
  readonly url: string;
  readonly bundle: string;
}

function trustOf(entry: unknown): EntryTrust {
  const [url = '', bundle = ''] = ['url', 'caBundle'].map((field) => textAt(entry, 'clientConfig', field));
  return { url, bundle };
}

/** The paths of the entries differ; who answers and who vouches for it do not. */
function addressesOf(entries: readonly EntryTrust[]): readonly EntryTrust[] {
  const byAddress = new Map<string, EntryTrust>();
  for (const { url, bundle } of entries) {
    if (!URL.canParse(url)) continue;
    const { origin } = new URL(url);
    byAddress.set(`${origin} ${bundle}`, { url: origin, bundle });
  }
  return [...byAddress.values()];
}

async function present({ url, bundle }: EntryTrust, signal: AbortSignal): Promise<Presented> {
  return { url, handshake: await shakeHands(url, textOf(bundle), signal) };
}

/** Judges whom the API server trusts. Pure. */
export function judgeCertificates({ isAsked, bundles, presented, now }: BundleReading): readonly Diagnosis[] {
  if (!isAsked) return [fail('no webhook is asked, so that none is trusted', SEE_WEBHOOK)];
  if (bundles.length === 0) return [fail('there is no caBundle: the API server trusts no webhook', RENEW)];
  const judged = bundles.map((bundle) => judgeBundle(bundle, now));
  // Usually every entry has the same; of several the one that lasts shortest counts.
  const dates = judged
    .sort((one, other) => one.until - other.until)
    .slice(0, 1)
    .map(({ diagnosis }) => diagnosis);
  if (dates.some(({ status }) => status === 'fail')) return dates;
  const strangers = presented.flatMap(judgePresented);
  // How long a trust lasts is no good news where it is not in whoever answers.
  return [...dates.filter(({ status }) => status !== 'ok' || strangers.length === 0), ...strangers];
}

function judgePresented({ url, handshake }: Presented): readonly Diagnosis[] {
  const address = clean(url, 200);
  switch (handshake.kind) {
    case 'trusted':
      return [];
    case 'distrusted':
      return [
        fail(
          `the certificate of the webhook at ${address} is not trusted by the caBundle (${quoted(handshake.why)}): every call fails`,
          REGISTER,
        ),
      ];
    case 'unreached':
      return [
        unknown(
          `whether the caBundle trusts the webhook at ${address}: it cannot be reached from here (${quoted(handshake.why)})`,
          LOOK_THERE,
        ),
      ];
  }
}

function judgeBundle(bundle: string, now: number): { readonly until: number; readonly diagnosis: Diagnosis } {
  const all = authoritiesIn(textOf(bundle));
  if (all.length === 0) return { until: -Infinity, diagnosis: fail('the caBundle holds no certificate', RENEW) };
  const valid = all.filter(({ from, until }) => from <= now && now < until);
  const until = Math.max(...(valid.length > 0 ? valid : all).map((one) => one.until));
  return { until, diagnosis: valid.length === 0 ? expired(all, now) : judgeDate(all, until, now) };
}

interface Authority {
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

function textOf(bundle: string): string {
  return Buffer.from(bundle, 'base64').toString('utf8');
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function authoritiesIn(pem: string): readonly Authority[] {
  return (pem.match(PEM) ?? []).flatMap((one) => {
    try {
      const { subject, validFrom, validTo } = new X509Certificate(one);
      return [{ subject, from: Date.parse(validFrom), until: Date.parse(validTo) }];
    } catch {
      // What is no certificate is trusted by nobody.
      return [];
    }
  });
}

function expired(all: readonly Authority[], now: number): Diagnosis {
  const [last] = [...all].sort((one, other) => other.until - one.until);
  if (last === undefined || last.from > now) {
    return fail(`no authority in the caBundle is valid yet (the first from ${day(last?.from ?? now)})`, RENEW);
  }
  return fail(
    `the authority "${clean(last.subject, 80)}" in the caBundle ended on ${day(last.until)}: the API server trusts no webhook`,
    RENEW,
  );
}

function judgeDate(all: readonly Authority[], until: number, now: number): Diagnosis {
  const many =
    all.length === 1 ? 'the authority in the caBundle is' : `${all.length} authorities in the caBundle, the last is`;
  const text = `${many} valid until ${day(until)} (${renderDuration(until - now)})`;
  return until - now < SOON_MS ? warn(`${text}, and nobody has renewed it`, RENEW) : ok(text);
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
