import {
  ARMED_ENTRIES,
  clean,
  entryName,
  listAt,
  NAMESPACE_NAME_LABEL,
  textAt,
  textsAt,
} from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { fail, ok, warn, type Diagnosis } from '../diagnosis.ts';
import { CONTROLLER_LOGS } from '../../../policy/installation.ts';

/** An entry that is always there, and those that come with the first node in maintenance. */
const GUARD = entryName('node-guard');
const ARMED = ARMED_ENTRIES.map(entryName);

/** Before anything is installed, a Job of the image reads the policy: without the image that is as far as Helm gets. */
const INSTALL =
  'install the chart: helm install kubectl-maint charts/kubectl-maint --namespace kubectl-maint --create-namespace --wait (where that ended with DeadlineExceeded, no node can pull the image: kubectl get events -n kubectl-maint --field-selector reason=Failed says why); or run it as a process: docs/process.md';
const CONTROLLER = `the controller writes the entries: ${CONTROLLER_LOGS} says what it lacks`;

/** The registration of the webhook, and the names of the nodes in maintenance. */
export interface WebhookReading {
  readonly registration: unknown;
  readonly held: readonly string[];
}

export const webhook = checkOf({
  id: 'webhook',
  asks: 'Whether the API server knows whom to ask, and about what',
  warns: 'it is not asked about some namespaces',
  fails:
    'the ValidatingWebhookConfiguration is missing or empty, an entry lacks its caBundle, or entries are missing while a node is in maintenance',
  read: async (readings): Promise<WebhookReading> => {
    const [registration, held] = await Promise.all([readings.registration(), readings.held()]);
    return { registration, held: held.map(({ facts }) => facts.name) };
  },
  judge: judgeWebhook,
});

/** Judges the registration. Pure. */
export function judgeWebhook({ registration, held }: WebhookReading): readonly Diagnosis[] {
  if (registration === undefined) {
    return [fail('the ValidatingWebhookConfiguration kubectl-maint is missing: no webhook is asked', INSTALL)];
  }
  const entries = listAt(registration, 'webhooks');
  if (entries.length === 0) {
    return [fail('the ValidatingWebhookConfiguration kubectl-maint has no entries: no webhook is asked', CONTROLLER)];
  }
  const names = entries.map((entry) => textAt(entry, 'name') ?? '');
  const problems = [...missingEntries(names, held), ...withoutTrust(entries)];
  return [...(problems.length > 0 ? problems : [ok(sentence(entries, names))]), ...whatIsLeftOut(entries)];
}

function missingEntries(names: readonly string[], held: readonly string[]): readonly Diagnosis[] {
  const wanted = held.length === 0 ? [GUARD] : [GUARD, ...ARMED];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length === 0) return [];
  const when = held.length === 0 ? '' : ` while ${count(held.length)} in maintenance`;
  return [fail(`no entry asks the webhook for ${missing.map(shortName).join(', ')}${when}`, CONTROLLER)];
}

function count(nodes: number): string {
  return nodes === 1 ? 'a node is' : `${nodes} nodes are`;
}

function withoutTrust(entries: readonly unknown[]): readonly Diagnosis[] {
  const bare = entries.filter((entry) => (textAt(entry, 'clientConfig', 'caBundle') ?? '') === '');
  if (bare.length === 0) return [];
  const names = bare.map((entry) => shortName(textAt(entry, 'name') ?? ''));
  return [fail(`the API server trusts nobody for ${names.join(', ')}: the caBundle is missing`, CONTROLLER)];
}

/** Namespaces that are left out beside the webhook's own, by us (registration.exemptNamespaces) or by the provider. */
function whatIsLeftOut(entries: readonly unknown[]): readonly Diagnosis[] {
  const left = entries.flatMap((entry) => {
    const own = textAt(entry, 'clientConfig', 'service', 'namespace');
    return listAt(entry, 'namespaceSelector', 'matchExpressions').flatMap((expression) => {
      const values = textsAt(expression, 'values').filter((value) => value !== own);
      const key = textAt(expression, 'key') ?? '';
      if (key === NAMESPACE_NAME_LABEL) return values;
      return [`those with ${key}${values.length === 0 ? '' : `=${values.join('|')}`}`];
    });
  });
  if (left.length === 0) return [];
  const named = clean([...new Set(left)].sort().join(', '), MAX_NAMESPACES);
  const text = `namespaces that the webhook is not asked about, where only the floor holds: ${named}`;
  return [{ ...warn(text, EXEMPT), names: { namespaces: left } }];
}

/** Longest list of namespaces in a line, in characters. */
const MAX_NAMESPACES = 300;

const EXEMPT =
  "what the chart exempts stands in registration.exemptNamespaces; the rest is the provider's (docs/providers.md)";

/** `asks Service kubectl-maint/kubectl-maint about work, addon; what it cannot ask about passes`. */
function sentence(entries: readonly unknown[], names: readonly string[]): string {
  const closed = entries.filter((entry) => textAt(entry, 'failurePolicy') === 'Fail');
  const failing =
    closed.length === 0
      ? 'what cannot be asked about passes (failurePolicy Ignore)'
      : `refused while it cannot be asked: ${closed.map((entry) => shortName(textAt(entry, 'name') ?? '')).join(', ')}`;
  const waiting = ARMED.filter((name) => !names.includes(name)).map(shortName);
  const later = waiting.length === 0 ? '' : `; with the first node in maintenance also about ${waiting.join(', ')}`;
  return `the API server asks ${reach(entries[0])} about ${names.map(shortName).join(', ')}${later}; ${failing}`;
}

function reach(entry: unknown): string {
  const url = textAt(entry, 'clientConfig', 'url');
  if (url !== undefined) return clean(url, 200);
  const service = ['namespace', 'name'].map((part) => textAt(entry, 'clientConfig', 'service', part) ?? '');
  return `Service ${clean(service.join('/'), 200)}`;
}

function shortName(name: string): string {
  return clean(name.replace(/\.kubectl-maint\.io$/, ''), 60);
}
