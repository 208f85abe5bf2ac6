import type { V1ValidatingWebhookConfiguration } from '@kubernetes/client-node';
import {
  ARMED_ENTRIES,
  type AskedEntry,
  distinctKinds,
  ENTRIES,
  entryName,
  type EntryOperation,
  isEnforced,
  isOfKind,
  type Kind,
  KUBERNETES,
  LABELLED_KINDS,
  MaintError,
  type MatchCondition,
  NAMESPACE_NAME_LABEL,
  POLICY_ANNOTATION,
  type PolicyConfig,
  REGISTRATION_NAME,
  ruleForTool,
  RULES,
  SCHEDULE_KIND,
  type Tool,
  type Written,
} from '../../../shared/index.ts';
import { TIMEOUT_SECONDS, VALIDATE_PATH } from '../../calls.ts';
import { partedByCritical } from './critical.ts';

/** How the API server reaches the webhook: by an address (`https://127.0.0.1:9443`), or as a Service. */
export type WebhookAddress =
  { readonly url: string } | { readonly service: { readonly namespace: string; readonly name: string } };

/** What the registration depends on. */
export interface RegistrationOptions {
  readonly address: WebhookAddress;
  /** PEM of the authorities that the API server has to trust; undefined leaves the field to whoever fills it in. */
  readonly authorities: string | undefined;
  /** What an API server does when a call fails. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  /** Entries whose calls must not fail, whatever `failurePolicy` says. */
  readonly failClosed?: readonly string[];
  /** Namespaces that a webhook in the cluster is not asked about, beside its own. */
  readonly exemptNamespaces?: readonly string[];
  /** Content of the policy's file, which people and the plugin can read nowhere else where the webhook is a process. */
  readonly written?: unknown;
}

/** Entries that may be told to fail closed, by the first part of their names; the guard of nodes never does. */
export const FAIL_CLOSED = ARMED_ENTRIES;

/** A rule of a webhook entry (admissionregistration.k8s.io/v1 RuleWithOperations). */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly EntryOperation[];
  readonly scope: 'Namespaced' | 'Cluster' | '*';
}

/** A webhook entry (admissionregistration.k8s.io/v1 ValidatingWebhook). */
export interface RegistrationEntry {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly matchConditions: readonly MatchCondition[];
  /** Where the entry has its own: nodes join and heal whether a webhook answers or not, and a rule that only warns stops nothing. */
  readonly failurePolicy?: 'Ignore';
}

/** A webhook entry as it is written, but for its caBundle. */
export interface RenderedEntry extends Omit<RegistrationEntry, 'failurePolicy'> {
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly clientConfig: ClientConfig;
  readonly namespaceSelector?: NamespaceSelector;
  readonly matchPolicy: 'Equivalent';
  /** Refusals are written down as Events, but for those of a dry run. */
  readonly sideEffects: 'NoneOnDryRun';
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly string[];
}

type ClientConfig =
  | { readonly url: string }
  | {
      readonly service: {
        readonly namespace: string;
        readonly name: string;
        readonly path: string;
        readonly port: number;
      };
    };

interface NamespaceSelector {
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** The ValidatingWebhookConfiguration for some tools and a policy, as a value. */
export function registrationFor(
  tools: readonly Tool[],
  policy: PolicyConfig,
  options: RegistrationOptions,
): Written<V1ValidatingWebhookConfiguration> {
  const { authorities, written } = options;
  const caBundle = authorities === undefined ? {} : { caBundle: Buffer.from(authorities).toString('base64') };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: REGISTRATION_NAME,
      labels: { 'app.kubernetes.io/name': REGISTRATION_NAME },
      ...(written !== undefined && { annotations: { [POLICY_ANNOTATION]: JSON.stringify(written) } }),
    },
    webhooks: renderEntries(entriesFor(tools, policy), options).map((entry) => ({
      ...entry,
      clientConfig: { ...entry.clientConfig, ...caBundle },
    })),
  };
}

/** Entries as they are written, but for their caBundle. */
export function renderEntries(
  entries: readonly RegistrationEntry[],
  { address, failurePolicy, failClosed = [], exemptNamespaces = [] }: Omit<RegistrationOptions, 'authorities'>,
): readonly RenderedEntry[] {
  const closed = failClosed.map(entryName);
  const failing = ({ name, failurePolicy: own }: RegistrationEntry): 'Ignore' | 'Fail' =>
    own ?? (closed.includes(name) ? 'Fail' : failurePolicy);
  const all = entries.flatMap((entry) => (failing(entry) === 'Fail' ? partedByCritical(entry) : [entry]));
  return all.map((entry) => ({
    failurePolicy: failing(entry),
    timeoutSeconds: TIMEOUT_SECONDS,
    ...entry,
    clientConfig: clientConfigOf(address),
    matchPolicy: 'Equivalent',
    ...namespaceSelectorOf(address, exemptNamespaces),
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
  }));
}

/**
 * What the API server asks about, for any of some policies. No request matches two entries, and of subresources only that
 * by which containers are added to a pod any.
 */
export function entriesFor(tools: readonly Tool[], ...policies: readonly PolicyConfig[]): readonly RegistrationEntry[] {
  const ofTools = distinctKinds(policies.flatMap((policy) => decidedKinds(tools, policy)));
  return ENTRIES.map((entry) => {
    const own = entry.kinds.map(({ kind, subresource, operations }) => ruleFor(kind, operations, subresource));
    return {
      name: entryName(entry.name),
      rules: entry.ofTools !== undefined ? [...ofTools.map((kind) => ruleForWork(kind, entry)), ...own] : own,
      matchConditions: [...(entry.ofTools?.(tools) ?? []), ...entry.conditions],
      ...((entry.always === true || !refuses(entry, policies)) && { failurePolicy: 'Ignore' as const }),
    };
  });
}

/** Whether some rule that decides by an entry refuses anything; what is only warned of is not stopped for want of an answer. */
function refuses(entry: AskedEntry, policies: readonly PolicyConfig[]): boolean {
  const rules = RULES.filter(({ entries }) => entries.includes(entry));
  return rules.some(({ id }) => policies.some((policy) => isEnforced(policy, id)));
}

/**
 * Kinds that some rule decides, sorted: leaves, roots where the rule looks at the whole cluster, schedules never; and
 * nothing of a tool for which the rule is off.
 */
export function decidedKinds(tools: readonly Tool[], policy: PolicyConfig): readonly Kind[] {
  const decided = tools.flatMap((tool) =>
    tool.patterns.filter(({ work, role }) => {
      const { mode, scope } = ruleForTool(policy, work, tool.id);
      return mode !== 'off' && (role === 'leaf' || (role === 'root' && scope === 'cluster'));
    }),
  );
  const kinds = decided.flatMap(({ match }) => match.kinds ?? []).filter((kind) => !isOfKind(kind, [SCHEDULE_KIND]));
  return distinctKinds([...LABELLED_KINDS, ...kinds]);
}

/** Work is asked about when it is made or changed; a change that another entry asks about is that one's. */
function ruleForWork(kind: Kind, entry: AskedEntry): Rule {
  const others = ENTRIES.filter((other) => other !== entry).flatMap(({ kinds }) => kinds);
  const isElsewhere = others.some(
    (other) => other.subresource === undefined && isOfKind(other.kind, [kind]) && other.operations.includes('UPDATE'),
  );
  return ruleFor(kind, isElsewhere ? ['CREATE'] : ['CREATE', 'UPDATE']);
}

/** Kinds of Kubernetes itself that belong to no namespace. */
const CLUSTER_WIDE = [KUBERNETES.Node];

function ruleFor(kind: Kind, operations: Rule['operations'], subresource?: string): Rule {
  const resource = kind.resource ?? resourcesOfGroup(kind);
  const builtIn = !kind.group.includes('.');
  return {
    apiGroups: [kind.group],
    // A tool's next version is its own affair: names and fields that we read are the same in all so far.
    apiVersions: [builtIn ? 'v1' : '*'],
    resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
    operations,
    // Some tools' requests belong to the cluster (rancher's Backup), and which do may change between versions.
    scope: isOfKind(kind, CLUSTER_WIDE) ? 'Cluster' : builtIn ? 'Namespaced' : '*',
  };
}

/**
 * A kind of a tool from the configuration names no resource: every resource of its group is asked about, and the
 * policy tells them apart. Groups of Kubernetes itself are left out: theirs are leases and events, all day long.
 */
function resourcesOfGroup({ group, groupKind }: Kind): string {
  if (group.includes('.') && !group.endsWith('.k8s.io')) return '*';
  throw new MaintError('usage', `the API server cannot be told to ask about ${groupKind}: it is no kind of work`);
}

function clientConfigOf(address: WebhookAddress): ClientConfig {
  return 'url' in address
    ? { url: new URL(VALIDATE_PATH, address.url).href }
    : { service: { ...address.service, path: VALIDATE_PATH, port: SERVICE_PORT } };
}

/** Port of the Service, as in every chart of a webhook: what firewalls of managed clusters already let through. */
const SERVICE_PORT = 443;

/** A webhook in the cluster never decides about its own namespace: it could keep itself from coming back. */
function namespaceSelectorOf(
  address: WebhookAddress,
  exempt: readonly string[],
): { readonly namespaceSelector?: NamespaceSelector } {
  if ('url' in address) return {};
  const values = [...new Set([address.service.namespace, ...exempt])];
  return { namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'NotIn', values }] } };
}
