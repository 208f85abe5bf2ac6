import {
  DEFAULT_POLICY,
  isInMaintenance,
  STATE_LABEL,
  type ClusterReader,
  type Policy,
} from '../../../shared/index.ts';
import type { NodeCache } from '../../nodes/cache.ts';
import { isAnyNode } from '../any-node.ts';
import { entriesFor, renderEntries } from './entries.ts';
import { Arming } from './arming.ts';
import { RegistrationReconciler, type ReconcilerPorts } from './reconciler.ts';

/** The Service behind which the webhook runs. */
export interface OwnService {
  readonly namespace: string;
  readonly name: string;
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly failClosed: readonly string[];
  readonly exemptNamespaces: readonly string[];
}

/** What the webhook's registration follows from. */
export interface OwnParts extends Omit<ReconcilerPorts, 'wanted' | 'isAnyInMaintenance'> {
  readonly cluster: ReconcilerPorts['cluster'] & Pick<ClusterReader, 'pages'>;
  readonly service: OwnService;
  readonly policy: Pick<Policy, 'config' | 'tools'>;
  readonly nodes: Pick<NodeCache, 'synced' | 'nodeIndex'>;
  /** PEM (normalPem); undefined until they are known, none where somebody else fills in the caBundle. */
  readonly authorities: () => readonly string[] | undefined;
  /** Whether somebody answers behind the Service, or has answered. */
  readonly isAnswered: () => boolean;
}

/** The reconciler of the webhook's registration. */
export function reconcilerOfOwn(parts: OwnParts): RegistrationReconciler {
  const { service, policy, nodes, authorities, isAnswered, ...ports } = parts;
  const { failurePolicy, failClosed, exemptNamespaces, ...address } = service;
  // All that the chart asks about, whatever is switched off: what a rule does not decide is answered at once. Rules and
  // tools of the configuration may only add to it.
  const entries = renderEntries(entriesFor(policy.tools, DEFAULT_POLICY, policy.config), {
    address: { service: address },
    failurePolicy,
    failClosed,
    exemptNamespaces,
  });
  const arming = new Arming();
  return new RegistrationReconciler({
    ...ports,
    isAnyInMaintenance: () => isAnyInMaintenance(ports.cluster),
    wanted: () => {
      const trusted = authorities();
      if (trusted === undefined) return undefined;
      const isInMaintenance = nodes.synced ? nodes.nodeIndex.held.length > 0 : undefined;
      return {
        entries,
        armed: arming.want(isInMaintenance, ports.now()),
        authorities: trusted.length === 0 ? undefined : trusted,
        mayFailClosed: isAnswered(),
      };
    },
  });
}

/**
 * Whether the API server has a node in maintenance now. Where it cannot be asked, it may have. All nodes are looked at:
 * the annotation says it, and somebody may have taken the label away. Those that are marked meanwhile carry the label.
 */
async function isAnyInMaintenance(cluster: Pick<ClusterReader, 'pages'>): Promise<boolean> {
  try {
    return (
      (await isAnyNode(cluster, isInMaintenance)) ||
      (await isAnyNode(cluster, isInMaintenance, { labelSelector: STATE_LABEL }))
    );
  } catch {
    return true;
  }
}
