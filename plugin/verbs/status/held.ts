import { keepsScansOff, scansKeptOff, type Cluster, type NodeFacts, type ScansKeptOff } from '../../../shared/index.ts';
import { policyInForce } from '../../policy/in-force.ts';
import type { Session } from '../../session/session.ts';
import { readEnforcement } from './enforcement.ts';
import { readAbout, readingMemory } from './readings.ts';
import type { AboutHeld, Depth } from './report.ts';
import type { Unreadable } from './unreadable.ts';

/** Reads about the nodes in maintenance, of which there is one at least, and about what is enforced there: all at once. */
export async function readHeld(
  nodes: readonly NodeFacts[],
  { format, podsOn, memory: known }: Depth,
  session: Session,
  unreadable: Unreadable,
): Promise<AboutHeld> {
  const whole = format !== 'table';
  const now = session.clock.now();
  const memory = known ?? readingMemory(session.clock, 0);
  const [readings, enforcement, kept] = await Promise.all([
    readAbout({ nodes, addons: whole, memory, ...(podsOn && { podsOn }) }, session, unreadable),
    memory.enforcement.get('', () => readEnforcement(session.cluster, whole, unreadable)),
    memory.scansKeptOff.get('', () => readScansKeptOff(nodes, now, session.cluster)),
  ]);
  return { readings, enforcement, scansKeptOff: kept };
}

/** The policy is read only where a node has been in maintenance for long. */
async function readScansKeptOff(
  held: readonly NodeFacts[],
  now: number,
  cluster: Cluster,
): Promise<ScansKeptOff | null> {
  const found = scansKeptOff(held, now);
  if (found === undefined) return null;
  const { policy, source } = await policyInForce(cluster);
  // Where no webhook is registered nothing is kept off: that is told already.
  return source.from !== 'unregistered' && keepsScansOff(policy.config) ? found : null;
}
