import { clean, MaintError, MAX_TEXT, type ClaimKey, type MaintenanceRecord } from '../../../shared/index.ts';
import { recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { shellLine } from '../../terminal/shell-line.ts';
import type { OffRun, OffTarget } from './off-run.ts';
import { renderOwners } from './text.ts';

/** The nodes that are in maintenance, and the claims that are dropped there. Throws MaintError where a record cannot be read. */
export function targetsOf(
  nodes: readonly NodeSnapshot[],
  claimsIn: (record: MaintenanceRecord) => readonly ClaimKey[],
): readonly OffTarget[] {
  return nodes.flatMap((node) => {
    const record = recordOf(node);
    return record === undefined ? [] : [{ node, claims: claimsIn(record), since: record.initiatedAt }];
  });
}

/** The claims of one owner, or of everybody with --all. Throws MaintError('denied') where a node has only those of others. */
export async function chooseClaims(
  nodes: readonly NodeSnapshot[],
  { operation, session }: Pick<OffRun, 'operation' | 'session'>,
): Promise<readonly OffTarget[]> {
  const held = targetsOf(nodes, ({ claims }) => claims);
  if (operation.all || held.length === 0) return held;
  const owner = await ownerFor(operation.owner, session.cluster);
  return held.map((target) => {
    const claims = target.claims.filter((claim) => claim.owner === owner);
    if (claims.length === 0) throw foreign(target.node.facts.name, ownersOf(target), owner);
    return { ...target, claims };
  });
}

/** Whose claims are dropped. */
export function ownersOf({ claims }: OffTarget): readonly string[] {
  return claims.map(({ owner }) => owner);
}

function foreign(node: string, owners: readonly string[], owner: string): MaintError {
  const message = `node ${node} is in maintenance for ${renderOwners(owners)}, not for ${renderOwners([owner])}; nothing was changed`;
  const [first = ''] = owners;
  const forAll = `for everybody: kubectl maint off ${node} --all`;
  // A name that cannot be shown as it is cannot be typed either.
  const isPlain = clean(first, MAX_TEXT) === first;
  const onBehalf = `on their behalf: ${shellLine(['kubectl', 'maint', 'off', node, '--owner', first])}; `;
  return new MaintError('denied', message, { hint: `${isPlain ? onBehalf : ''}${forAll}` });
}
