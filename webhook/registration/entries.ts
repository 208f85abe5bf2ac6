import {
  ARMED_ENTRIES,
  CARRIERS,
  entryName,
  EPHEMERAL_CONTAINERS,
  MaintError,
  POLICY_ANNOTATION,
  REGISTRATION_NAME,
  ruleForTool,
  SCHEDULE_KIND,
  type PolicyConfig,
  type Tool,
} from '../../shared/index.ts';
import { TIMEOUT_SECONDS } from '../admission/deadline.ts';
import { NODE_CHANGES, ROLLOUT, STARTING, TEMPLATE_CHANGES, type MatchCondition } from './match-conditions.ts';
import { VALIDATE_PATH } from '../paths.ts';
import { RESOURCES, type Resource } from './resources.ts';

/** How the API server reaches the webhook: by an address (`https://127.0.0.1:9443`), or as a Service. */
export type Reach =
  { readonly url: string } | { readonly service: { readonly namespace: string; readonly name: string } };

/** What the registration depends on. */
export interface RegistrationOptions {
  readonly reach: Reach;
  /** PEM of the authorities that the API server has to trust; undefined leaves the field to whoever fills it in. */
  readonly authorities: string | undefined;
  /** What an API server does when a call fails. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  /** Entries whose calls must not fail, whatever `failurePolicy` says. */
  readonly failClosed?: readonly FailClosed[];
  /** Content of the policy's file, which people and the plugin can read nowhere else where the webhook is a process. */
  readonly written?: unknown;
}

/** Entries that may be told to fail closed, by the first part of their names; the guard of nodes never does. */
export const FAIL_CLOSED = ARMED_ENTRIES;
export type FailClosed = (typeof FAIL_CLOSED)[number];

/** A rule of a webhook entry (admissionregistration.k8s.io/v1 RuleWithOperations). */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  readonly scope: 'Namespaced' | 'Cluster' | '*';
}

/** A webhook entry (admissionregistration.k8s.io/v1 ValidatingWebhook). */
export interface Entry {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly matchConditions: readonly MatchCondition[];
  /** Where the entry has its own: nodes join and heal whether a webhook answers or not. */
  readonly failurePolicy?: 'Ignore';
}

/** Kinds whose template changes the add-on rule judges. */
const WORKLOADS: readonly string[] = ['apps/DaemonSet', 'apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet'];

/** A webhook entry as it is written, but for its caBundle. */
export interface RenderedEntry extends Omit<Entry, 'failurePolicy'> {
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
export function registrationFor(tools: readonly Tool[], policy: PolicyConfig, options: RegistrationOptions): object {
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
  entries: readonly Entry[],
  { reach, failurePolicy, failClosed = [] }: Omit<RegistrationOptions, 'authorities'>,
): readonly RenderedEntry[] {
  const closed = failClosed.map(entryName);
  return entries.map((entry) => ({
    failurePolicy: closed.includes(entry.name) ? 'Fail' : failurePolicy,
    timeoutSeconds: TIMEOUT_SECONDS,
    ...entry,
    clientConfig: clientConfigOf(reach),
    matchPolicy: 'Equivalent',
    ...namespaceSelectorOf(reach),
    sideEffects: 'NoneOnDryRun',
    admissionReviewVersions: ['v1'],
  }));
}

/**
 * What the API server asks about, for any of some policies. No request matches two entries, and of subresources only that
 * by which containers are added to a pod any.
 */
export function entriesFor(tools: readonly Tool[], ...policies: readonly PolicyConfig[]): readonly Entry[] {
  const kinds = new Set(policies.flatMap((policy) => decidedKinds(tools, policy)));
  return [
    {
      name: entryName('work'),
      rules: [...[...kinds, SCHEDULE_KIND].sort().map(workRule), ADDED_CONTAINERS],
      matchConditions: STARTING,
    },
    {
      name: entryName('rollout'),
      rules: [ruleFor('/Pod', ['CREATE', 'DELETE'])],
      matchConditions: ROLLOUT,
    },
    {
      name: entryName('addon'),
      rules: WORKLOADS.map((kind) => ruleFor(kind, ['UPDATE'])),
      matchConditions: TEMPLATE_CHANGES,
    },
    {
      name: entryName('node-guard'),
      rules: [{ ...ruleFor('/Node', ['CREATE', 'UPDATE', 'DELETE']), scope: 'Cluster' }],
      matchConditions: NODE_CHANGES,
      failurePolicy: 'Ignore',
    },
  ];
}

/**
 * Kinds that some rule decides, sorted: leaves, roots where the rule looks at the whole cluster, schedules never; and
 * nothing of a tool for which the rule is off.
 */
export function decidedKinds(tools: readonly Tool[], policy: PolicyConfig): readonly string[] {
  const decided = tools.flatMap((tool) =>
    tool.patterns.filter(({ work, role }) => {
      const { mode, scope } = ruleForTool(policy, work, tool.id);
      return mode !== 'off' && (role === 'leaf' || (role === 'root' && scope === 'cluster'));
    }),
  );
  const kinds = decided.flatMap(({ match }) => match.kinds ?? []).filter((kind) => kind !== SCHEDULE_KIND);
  return [...new Set([...CARRIERS, ...kinds])].sort();
}

/** `kubectl debug` may bring any image and command into a pod that runs on a node in maintenance. */
const ADDED_CONTAINERS: Rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: [`pods/${EPHEMERAL_CONTAINERS}`],
  operations: ['UPDATE'],
  scope: 'Namespaced',
};

/** Updates of workloads are the add-on entry's, whose condition is the narrower. */
function workRule(kind: string): Rule {
  return ruleFor(kind, WORKLOADS.includes(kind) ? ['CREATE'] : ['CREATE', 'UPDATE']);
}

function ruleFor(kind: string, operations: Rule['operations']): Rule {
  const known = RESOURCES.get(kind) ?? resourceOfUser(kind);
  const builtIn = !known.group.includes('.');
  return {
    apiGroups: [known.group],
    // A tool's next version is its own affair: names and fields that we read are the same in all so far.
    apiVersions: [builtIn ? 'v1' : '*'],
    resources: [known.resource],
    operations,
    // Some tools' requests belong to the cluster (rancher's Backup), and which do may change between versions.
    scope: builtIn ? 'Namespaced' : '*',
  };
}

/**
 * A kind of a tool from the configuration, which names no resource: every resource of its group is asked about, and the
 * policy tells them apart. Groups of Kubernetes itself are left out: theirs are leases and events, all day long.
 */
function resourceOfUser(kind: string): Resource {
  const group = kind.slice(0, kind.indexOf('/'));
  if (group.includes('.') && !group.endsWith('.k8s.io')) return { group, resource: '*' };
  throw new MaintError('usage', `the API server cannot be told to ask about ${kind}: it is no kind of work`);
}

function clientConfigOf(reach: Reach): ClientConfig {
  return 'url' in reach
    ? { url: new URL(VALIDATE_PATH, reach.url).href }
    : { service: { ...reach.service, path: VALIDATE_PATH, port: SERVICE_PORT } };
}

/** Port of the Service, as in every chart of a webhook: what firewalls of managed clusters already let through. */
const SERVICE_PORT = 443;

/** A webhook in the cluster never decides about its own namespace: it could keep itself from coming back. */
function namespaceSelectorOf(reach: Reach): { readonly namespaceSelector?: NamespaceSelector } {
  if ('url' in reach) return {};
  const own = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [reach.service.namespace] };
  return { namespaceSelector: { matchExpressions: [own] } };
}
