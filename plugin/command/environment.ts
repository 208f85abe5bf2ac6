import { isIP } from 'node:net';
import { clean, listAt, MAX_TEXT, textAt, type Claim } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';

/** An environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a command finds in its environment, besides ours: NODE, NODE_IP, MAINT_REASON, MAINT_OWNER, MAINT_TICKET. All are
 * always set, and empty where there is nothing to say, so that `set -u` is no trap and nothing is inherited from outside.
 */
export function commandEnvironment(outer: Environment, node: NodeSnapshot, claim: Partial<Claim>): Environment {
  return {
    ...outer,
    NODE: node.facts.name,
    NODE_IP: addressOf(node.raw),
    MAINT_REASON: clean(claim.reason ?? '', MAX_TEXT),
    MAINT_OWNER: clean(claim.owner ?? '', MAX_TEXT),
    MAINT_TICKET: clean(claim.ticket ?? '', MAX_TEXT),
  };
}

/**
 * The first InternalIP, else the first ExternalIP, else nothing. The kubelet writes addresses: what is no IP address may
 * be meant as a flag for the ssh that it is handed to.
 */
function addressOf(node: unknown): string {
  const addresses = listAt(node, 'status', 'addresses');
  const all = ['InternalIP', 'ExternalIP'].flatMap((type) =>
    addresses.filter((one) => textAt(one, 'type') === type).map((one) => textAt(one, 'address') ?? ''),
  );
  return all.find((address) => isIP(address) !== 0) ?? '';
}
