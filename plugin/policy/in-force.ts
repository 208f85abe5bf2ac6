import {
  BUILT_IN_POLICY,
  clean,
  listAt,
  MaintError,
  objectPath,
  POLICY_ANNOTATION,
  renderProblem,
  textAt,
  type Cluster,
  type Parsed,
  type Policy,
  type PolicyConfig,
  type RuleMode,
} from '../../shared/index.ts';
import { exemptNamespaces, readRegistration, serviceNamespace } from './registration.ts';
import { forbiddenText } from '../session/forbidden-text.ts';

/** What the webhook of a cluster decides by. Every verb that says what is enforced there goes by this one reading. */
export interface PolicyInForce {
  /** The defaults where `source` says that it is not known. */
  readonly policy: Policy;
  readonly source: PolicySource;
  /** Namespaces about which it is not asked, by their names. */
  readonly exempt: readonly string[];
}

type Read = Omit<PolicyInForce, 'exempt'>;

/** Where the policy was read, or why it could not be. */
export type PolicySource =
  /** The registration repeats the policy that it was made with, by the chart or for a process. */
  | { readonly from: 'registration' }
  /** The ConfigMap of a chart that does not say it in the registration: 0.1.0 before its release. */
  | { readonly from: 'cluster'; readonly namespace: string }
  /** The webhook runs in the cluster, and nothing is configured there. */
  | { readonly from: 'nowhere' }
  /** A process whose registration tells nothing: an older version made it, or somebody by hand. */
  | { readonly from: 'process'; readonly url: string }
  /** The API server knows no webhook of ours. */
  | { readonly from: 'unregistered' }
  /** In the ConfigMap of that namespace; without one: in the registration. */
  | { readonly from: 'invalid'; readonly namespace: string | undefined; readonly problems: readonly string[] }
  | { readonly from: 'unreadable'; readonly why: string };

/** Name and key of that ConfigMap. */
const NAME = 'kubectl-maint-policy';
const KEY = 'policy.yaml';

/**
 * Reads the policy in force; from `registration` where somebody reads that already. Where it cannot be read, the defaults
 * stand in, and `assumption` says so. Throws only on a bug.
 */
export async function policyInForce(
  cluster: Pick<Cluster, 'get'>,
  registration: () => Promise<unknown> = () => readRegistration(cluster),
): Promise<PolicyInForce> {
  try {
    const found = await registration();
    return { ...(await readBeside(found, cluster)), exempt: exemptNamespaces(found) };
  } catch (thrown) {
    if (!(thrown instanceof MaintError)) throw thrown;
    return { ...assumed({ from: 'unreadable', why: thrown.message }), exempt: [] };
  }
}

async function readBeside(registration: unknown, cluster: Pick<Cluster, 'get'>): Promise<Read> {
  if (registration === undefined) return assumed({ from: 'unregistered' });
  const written = textAt(registration, 'metadata', 'annotations', POLICY_ANNOTATION);
  if (written !== undefined) return taken(await parsed(written), { from: 'registration' }, undefined);
  const url = textAt(listAt(registration, 'webhooks')[0], 'clientConfig', 'url');
  if (url !== undefined) return assumed({ from: 'process', url });
  const namespace = serviceNamespace(registration);
  if (namespace === undefined) return assumed({ from: 'nowhere' });
  const text = textAt(await cluster.get(objectPath('v1/configmaps', namespace, NAME)), 'data', KEY);
  if (text === undefined) return assumed({ from: 'nowhere' });
  return taken(await parsed(text), { from: 'cluster', namespace }, namespace);
}

/** What reads YAML is loaded where a cluster has a policy: every status begins here. */
async function parsed(text: string): Promise<Parsed<Policy>> {
  const { policyFromText } = await import('./parse.ts');
  return policyFromText(text);
}

function taken(policy: Parsed<Policy>, source: PolicySource, namespace: string | undefined): Read {
  return policy.ok
    ? { policy: policy.value, source }
    : assumed({ from: 'invalid', namespace, problems: policy.problems.map(renderProblem) });
}

function assumed(source: PolicySource): Read {
  return { policy: BUILT_IN_POLICY, source };
}

/** The mode of each rule. */
export function modesOf({ rules }: PolicyConfig): Readonly<Record<string, RuleMode>> {
  return Object.fromEntries(Object.entries(rules).map(([id, { mode }]) => [id, mode]));
}

/** `backup enforce, scan warn, …` */
export function modesText(config: PolicyConfig): string {
  return Object.entries(modesOf(config))
    .map(([id, mode]) => `${id} ${mode}`)
    .join(', ');
}

/** Where a policy that is not valid stands. */
export function placeOf(namespace: string | undefined): string {
  return namespace === undefined
    ? 'the annotation of the registration'
    : `namespace ${clean(namespace, MAX_NAMESPACE)}`;
}

/** Longest name of a namespace (RFC 1123 label), and longest address of a process in a line, in characters. */
const MAX_NAMESPACE = 63;
const MAX_URL = 200;

/** Why the defaults stand in for what is not known, as a sentence; undefined where the policy is known. */
export function assumption(source: PolicySource): string | undefined {
  switch (source.from) {
    case 'cluster':
    case 'registration':
    case 'nowhere':
      return undefined;
    case 'process':
      return `the webhook is a process (${clean(source.url, MAX_URL)}), and the registration does not tell its policy: ${DEFAULTS}`;
    case 'unregistered':
      return 'no webhook is registered in this cluster, so nothing is refused there now; told is what one with the defaults would say';
    case 'invalid':
      return `the policy in ${placeOf(source.namespace)} is not valid: ${DEFAULTS} (kubectl maint doctor says what is wrong)`;
    case 'unreadable':
      return `the policy of the cluster is not known, ${forbiddenText(source.why)}: ${DEFAULTS} (the ClusterRole kubectl-maint-viewer may read it)`;
  }
}

const DEFAULTS = 'the defaults are assumed';
