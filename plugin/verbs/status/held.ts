import { keepsScansOff, once, scansKeptOff, type NodeFacts, type ScansKeptOff } from '../../../shared/index.ts';
import { policyInForce } from '../../policy/in-force.ts';
import { readRegistration } from '../../policy/registration.ts';
import type { Clock } from '../../session/clock.ts';
import type { Session } from '../../session/session.ts';
import { readEnforcement, type EnforcementPorts } from './enforcement.ts';
import { readAbout, type ReadingMemory } from './readings.ts';
import { Remembered } from './remembered.ts';
import type { AboutHeld, Depth } from './report.ts';
import type { Unreadable } from './unreadable.ts';

/**
 * A memory that keeps each reading for so many milliseconds. It stands here because whoever follows has one, and may do so for
 * days: what reads is then loaded from the beginning, and not missing when npm has replaced the package meanwhile.
 */
export function readingMemory(clock: Pick<Clock, 'now'>, forMs: number): ReadingMemory {
  return {
    leases: new Remembered(clock, forMs),
    attachments: new Remembered(clock, forMs),
    controlPlane: new Remembered(clock, forMs),
    daemonSets: new Remembered(clock, forMs),
    nodeClaims: new Remembered(clock, forMs),
    enforcement: new Remembered(clock, forMs),
    scansKeptOff: new Remembered(clock, forMs),
  };
}

/** Reads about the nodes in maintenance, of which there is one at least, and about what is enforced there: all at once. */
export async function readHeld(
  nodes: readonly NodeFacts[],
  { format, podsOn, memory: known }: Depth,
  session: Session,
  unreadable: Unreadable,
): Promise<AboutHeld> {
  const whole = format !== 'table';
  const now = session.clock.now();
  const names = nodes.map(({ name }) => name);
  const { cluster } = session;
  const registration = once(() => readRegistration(cluster));
  const memory = known ?? readingMemory(session.clock, 0);
  const [readings, enforcement, kept] = await Promise.all([
    readAbout({ nodes, addons: whole, memory, ...(podsOn && { podsOn }) }, session, unreadable),
    memory.enforcement.get('', () => readEnforcement(names, { cluster, registration, unreadable }, whole)),
    memory.scansKeptOff.get('', () => readScansKeptOff(nodes, now, { cluster, registration })),
  ]);
  return { readings, enforcement, scansKeptOff: kept };
}

/** The policy is read only where a node has been in maintenance for long. */
async function readScansKeptOff(
  held: readonly NodeFacts[],
  now: number,
  { cluster, registration }: Omit<EnforcementPorts, 'unreadable'>,
): Promise<ScansKeptOff | null> {
  const found = scansKeptOff(held, now);
  if (found === undefined) return null;
  const { policy, source } = await policyInForce(cluster, registration);
  // Where no webhook is registered nothing is kept off: that is told already.
  return source.from !== 'unregistered' && keepsScansOff(policy.config) ? found : null;
}
