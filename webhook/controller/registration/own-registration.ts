import { X509Certificate } from 'node:crypto';
import {
  DEFAULT_POLICY,
  isHeld,
  MaintError,
  nodeFromObject,
  NODES,
  STATE_LABEL,
  type ApiRequest,
  type ClusterReader,
  type Policy,
} from '../../../shared/index.ts';
import type { NodeCache } from '../../nodes/cache.ts';
import { entriesFor, renderEntries } from './entries.ts';
import type { CertificateSource } from '../../tls/source.ts';
import { Arming } from './arming.ts';
import { RegistrationReconciler, type ReconcilerPorts } from './reconciler.ts';

/** The Service behind which this replica runs. */
export interface OwnService {
  readonly namespace: string;
  readonly name: string;
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly failClosed: readonly string[];
}

/** What the registration of this replica follows from. */
export interface OwnParts extends Omit<ReconcilerPorts, 'wanted' | 'isHeldNow'> {
  readonly cluster: ReconcilerPorts['cluster'] & Pick<ClusterReader, 'pages'>;
  readonly service: OwnService;
  readonly policy: Pick<Policy, 'config' | 'tools'>;
  readonly nodes: Pick<NodeCache, 'synced' | 'nodeIndex'>;
  /** Undefined until there are some. */
  readonly certificates: () => CertificateSource | undefined;
}

/** The reconciler of our own registration. */
export function reconcilerOfOwn({ service, policy, nodes, certificates, ...ports }: OwnParts): RegistrationReconciler {
  const { failurePolicy, failClosed, ...address } = service;
  // All that the chart asks about, whatever is switched off: what a rule does not decide is answered at once. Rules and
  // tools of the configuration may only add to it.
  const entries = renderEntries(entriesFor(policy.tools, DEFAULT_POLICY, policy.config), {
    address: { service: address },
    failurePolicy,
    failClosed,
  });
  const arming = new Arming();
  return new RegistrationReconciler({
    ...ports,
    isHeldNow: () => isHeldNow(ports.cluster),
    wanted: () => {
      const source = certificates();
      if (source === undefined) return undefined;
      const authorities = source.authorities();
      const isHeld = nodes.synced ? nodes.nodeIndex.held.length > 0 : undefined;
      return {
        entries,
        armed: arming.want(isHeld, ports.now()),
        authorities: authorities.length === 0 ? undefined : authorities,
      };
    },
  });
}

/** For one page of the lists below, in ms. The whole may take minutes on a large cluster, and nothing waits for it. */
const PAGE_MS = 10_000;

/**
 * Whether the API server has a node in maintenance now. Where it cannot be asked, it may have. All nodes are looked at:
 * the annotation says it, and somebody may have taken the label away. Those that are marked meanwhile carry the label.
 */
async function isHeldNow(cluster: Pick<ClusterReader, 'pages'>): Promise<boolean> {
  try {
    return (await isHeldAmong(cluster, {})) || (await isHeldAmong(cluster, { labelSelector: STATE_LABEL }));
  } catch {
    return true;
  }
}

async function isHeldAmong(cluster: Pick<ClusterReader, 'pages'>, query: ApiRequest['query']): Promise<boolean> {
  const patience = new AbortController();
  const timer = setTimeout(() => {
    patience.abort(new MaintError('cluster', 'the API server did not send the next page of nodes in time'));
  }, PAGE_MS);
  try {
    for await (const { items } of cluster.pages(NODES, { ...(query && { query }), signal: patience.signal })) {
      timer.refresh();
      if (items.map(nodeFromObject).some((node) => node !== undefined && isHeld(node))) return true;
    }
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Why API servers would refuse our certificate; undefined where they take it, or where it is not ours to say. */
export function distrustOf(reconciler: RegistrationReconciler, source: CertificateSource): string | undefined {
  if (reconciler.unreadable || reconciler.missing) return undefined;
  if (!reconciler.synced) return 'registration: not read yet';
  const leaf = new X509Certificate(source.current().certificate);
  const issuer = source.authorities().find((pem) => leaf.checkIssued(new X509Certificate(pem)));
  if (issuer === undefined || reconciler.trustedSince(issuer) !== undefined) return undefined;
  return 'registration: does not trust our certificate yet';
}
