import { X509Certificate } from 'node:crypto';
import { clean, listAt, renderDuration, textAt } from '../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';

/** An authority of the webhook's own lives a year and is replaced long before: one this close to its end is forgotten. */
const SOON_MS = 30 * 24 * 3_600_000;

const RENEW =
  'the replicas, or cert-manager, renew it by themselves: look at the logs of whoever does (kubectl logs --all-namespaces -l app.kubernetes.io/name=kubectl-maint)';

/** The caBundle of an entry; undefined where it has none. */
export interface BundleReading {
  readonly bundles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export const certificates = checkOf({
  id: 'certificates',
  asks: 'Until when the API server trusts the webhook: the authorities in the caBundle',
  warns: 'the last authority ends within 30 days',
  fails: 'no authority is valid now, or the caBundle holds none',
  read: async (readings): Promise<BundleReading> => {
    const entries = listAt(await readings.registration(), 'webhooks');
    const bundles = entries.map((entry) => textAt(entry, 'clientConfig', 'caBundle') ?? '');
    return { bundles: [...new Set(bundles)].filter((bundle) => bundle !== ''), now: readings.now() };
  },
  judge: judgeCertificates,
});

/** Judges the bundles, each in base64; none is another check's to say. Pure. */
export function judgeCertificates({ bundles, now }: BundleReading): readonly Diagnosis[] {
  if (bundles.length === 0) return [fail('there is no caBundle: the API server trusts no webhook', RENEW)];
  const judged = bundles.map((bundle) => judgeBundle(bundle, now));
  // Usually every entry has the same; of several the one that lasts shortest counts.
  const [worst] = judged.sort((one, other) => one.until - other.until);
  return worst === undefined ? [] : [worst.diagnosis];
}

function judgeBundle(bundle: string, now: number): { readonly until: number; readonly diagnosis: Diagnosis } {
  const all = authoritiesIn(Buffer.from(bundle, 'base64').toString('utf8'));
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
