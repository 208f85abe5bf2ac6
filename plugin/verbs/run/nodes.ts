import { MaintError, nodePath, renderRun, runClaims } from '../../../shared/index.ts';
import { chooseNodes } from '../../nodes/choose.ts';
import { lostRecords } from '../../nodes/lost.ts';
import { doneClaim, isClaimOf } from '../../nodes/done.ts';
import { heldByOtherRun, recordOf } from '../../nodes/mark.ts';
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
  /** Ids of the claims of those whose command has ended well before, by name: they only have to come back. */
  readonly returning: ReadonlyMap<string, string>;
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
  const { runId } = operation;
  const isOurs = (node: NodeSnapshot): boolean => isHeldFor(node, owner, operation.resume ? runId : undefined);
  refuseBegun(nodes, owner, operation);
  const returning = runId === undefined ? NONE : commandsDone(nodes.filter(isOurs));
  const left = nodes.filter((node) => returning.has(node.facts.name) || !isDoneBy(node, runId));
  refuseOtherRuns(left, owner);
  // What a run with a name left behind is its own.
  if (operation.resume && runId === undefined) warnOfRunning(left, owner, session);
  const done = nodes.filter((node) => !left.includes(node)).map(({ facts }) => facts.name);
  if (done.length > 0) session.screen.note(`done by this run before: ${done.join(' ')}`);
  const [begun, others] = [left.filter(isOurs), left.filter((node) => !isOurs(node))];
  const continued = new Set(begun.map(({ facts }) => facts.name));
  return { nodes: [...begun, ...others], owner, continued, returning };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Of nodes that a run with a name holds, those whose command has ended well under the claim that they have. */
function commandsDone(nodes: readonly NodeSnapshot[]): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap((node): readonly (readonly [string, string])[] => {
      const id = doneClaim(node);
      const isSame = recordOf(node)?.claims.some((claim) => claim.id === id) === true;
      return id !== undefined && isSame ? [[node.facts.name, id]] : [];
    }),
  );
}

function isDoneBy(node: NodeSnapshot, runId: string | undefined): boolean {
  return runId !== undefined && isClaimOf(runId, { id: doneClaim(node) });
}

/**
 * Refuses a run that would begin where a maintenance of the same owner goes on, or that is done already. With --resume it
 * goes on with both; under a name with its own alone. Throws MaintError('denied').
 */
export function refuseBegun(
  nodes: readonly NodeSnapshot[],
  owner: string,
  { resume, runId }: Pick<RunOperation, 'resume' | 'runId'>,
): void {
  if (resume) {
    const others = nodes.filter((node) => !isDoneBy(node, runId) && !isHeldFor(node, owner, runId));
    if (runId !== undefined) refuseHeld(others, owner);
    return;
  }
  refuseHeld(nodes, owner);
  const done = nodes.filter((node) => isDoneBy(node, runId)).map(({ facts }) => facts.name);
  if (done.length === 0) return;
  throw new MaintError('denied', `the run ${runId ?? ''} is done with ${done.join(' ')} already`, {
    hint: '--resume goes on with the others; another --run-id begins anew',
  });
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

/**
 * With --resume: a run that was killed has left its node as one that goes on, and nobody can tell them apart by the record.
 * The one that goes on stops where it sees that its node was taken from it.
 */
function warnOfRunning(nodes: readonly NodeSnapshot[], owner: string, { screen }: Session): void {
  for (const node of nodes) {
    const record = recordOf(node);
    const own = record && runClaims(record).find((claim) => claim.owner === owner);
    if (own === undefined) continue;
    const { name, state } = node.facts;
    screen.warn(
      `node ${name} was left by a run that has not said that it stopped (${renderRun(own.run, state)}): if that one still goes on, its command runs beside this one`,
    );
  }
}

/** Throws MaintError('denied') where the run of another owner has one of the nodes. */
export function refuseOtherRuns(nodes: readonly NodeSnapshot[], owner: string): void {
  const [first] = nodes.flatMap((node) => heldByOtherRun(node, owner) ?? []);
  if (first === undefined) return;
  throw new MaintError('denied', first, {
    hint: 'begin when that run is over; where nobody goes on with it, its owner ends the maintenance: kubectl maint off NODE --owner OWNER',
  });
}

/** What a run brings back at its end must not be somebody's earlier maintenance. Throws MaintError('denied'). */
export function refuseHeld(nodes: readonly NodeSnapshot[], owner: string): void {
  const held = nodes.filter((node) => isHeldFor(node, owner)).map(({ facts }) => facts.name);
  if (held.length === 0) return;
  const names = held.join(' ');
  const runs = nodes.flatMap((node) => heldByRun(node, owner) ?? []);
  if (runs.length > 0) {
    throw new MaintError('denied', runs.join('; '), {
      hint: `two runs of ${owner} do not take one node; if nobody goes on with that one: --resume does, and the command runs again`,
    });
  }
  const are = held.length === 1 ? `node ${names} is` : `nodes ${names} are`;
  throw new MaintError('denied', `${are} in maintenance for ${owner} already, which this run would end`, {
    hint: `--resume goes on there: the command runs again; kubectl maint off ${names} ends the earlier maintenance`,
  });
}

/** That another run of the same owner has a node, in words. */
function heldByRun(node: NodeSnapshot, owner: string): string | undefined {
  const record = recordOf(node);
  const own = record && runClaims(record).find((claim) => claim.owner === owner);
  if (own === undefined) return undefined;
  const { name, state } = node.facts;
  return `node ${name} is in maintenance for ${owner} already, taken through by another run (${renderRun(own.run, state)})`;
}

/** Whether an owner holds it; where a run is named, by a claim of that run. */
function isHeldFor(node: NodeSnapshot, owner: string, runId?: string): boolean {
  const claims = recordOf(node)?.claims.filter((claim) => claim.owner === owner) ?? [];
  return claims.some((claim) => runId === undefined || isClaimOf(runId, claim));
}
