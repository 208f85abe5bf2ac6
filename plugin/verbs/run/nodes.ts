import { MaintError, nodePath } from '../../../shared/index.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { lostRecords } from '../../nodes/lost.ts';
import { recordOf } from '../../nodes/mark.ts';
import { ownerFor } from '../../nodes/owner.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../nodes/snapshot.ts';
import type { RunOperation } from './flags.ts';
import type { Session } from '../../session/session.ts';

/** The nodes of a run, in its order, and whose maintenance it is. */
export interface ChosenNodes {
  readonly nodes: readonly NodeSnapshot[];
  readonly owner: string;
  /** Names of those that are in maintenance for this owner already. */
  readonly continued: ReadonlySet<string>;
}

/**
 * Reads the nodes of a run. With --resume those that are in maintenance come first, and a node that does not exist any more
 * is told of and left out. Without it a node that is in maintenance for the same owner is refused. Throws MaintError.
 */
export async function chooseForRun(operation: RunOperation, session: Session): Promise<ChosenNodes> {
  const { cluster } = session;
  const nodes = operation.resume ? await chooseAgain(operation, session) : await chooseNodes(operation.nodes, cluster);
  nodes.forEach(recordOf);
  const owner = await ownerFor(operation.on.claim.owner, cluster);
  if (operation.resume) await tellLost(nodes, session);
  else refuseHeld(nodes, owner);
  const [begun, others] = [
    nodes.filter((node) => isHeldFor(node, owner)),
    nodes.filter((node) => !isHeldFor(node, owner)),
  ];
  return { nodes: [...begun, ...others], owner, continued: new Set(begun.map(({ facts }) => facts.name)) };
}

/** A node that was deleted while in maintenance is a new one: what was done on it went with it. */
async function tellLost(nodes: readonly NodeSnapshot[], { cluster, screen }: Session): Promise<void> {
  const bare = nodes.filter((node) => recordOf(node) === undefined).map(({ facts }) => facts.name);
  const lost = bare.length === 0 ? new Map<string, string>() : await lostRecords(cluster);
  for (const name of bare.filter((one) => lost.has(one)))
    screen.warn(
      `node ${name} was deleted while in maintenance, and its record with it (${lost.get(name) ?? ''}): it is taken as a new node`,
    );
}

/** With --resume: an upgrade that replaces nodes goes on without those that are gone. */
async function chooseAgain({ nodes }: RunOperation, { cluster, screen }: Session): Promise<readonly NodeSnapshot[]> {
  if (nodes.selector !== undefined) return chooseNodes(nodes, cluster);
  const found = await Promise.all(
    nodes.names.map(async (name) => snapshotFromObject(await cluster.get(nodePath(name)))),
  );
  for (const [index, name] of nodes.names.entries())
    if (found[index] === undefined) screen.warn(`node ${name} does not exist any more, and is left out`);
  return found.filter((node) => node !== undefined);
}

/** What a run brings back at its end must not be somebody's earlier maintenance. Throws MaintError('denied'). */
export function refuseHeld(nodes: readonly NodeSnapshot[], owner: string): void {
  const held = nodes.filter((node) => isHeldFor(node, owner)).map(({ facts }) => facts.name);
  if (held.length === 0) return;
  const names = held.join(' ');
  const are = held.length === 1 ? `node ${names} is` : `nodes ${names} are`;
  throw new MaintError('denied', `${are} in maintenance for ${owner} already, which this run would end`, {
    hint: `--resume goes on there: the command runs again; kubectl maint off ${names} ends the earlier maintenance`,
  });
}

function isHeldFor(node: NodeSnapshot, owner: string): boolean {
  return recordOf(node)?.claims.some((claim) => claim.owner === owner) === true;
}
