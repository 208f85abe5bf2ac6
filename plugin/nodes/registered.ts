import type { Cluster } from '../../shared/index.ts';
import { readRegister, unregistered } from '../policy/register.ts';
import { pollUntil, type WaitPorts } from '../session/wait.ts';

/** How often the register is looked at, and for how long, in ms: its controller writes it within milliseconds of the mark. */
const LOOK_EVERY_MS = 200;
const REGISTERED_WITHIN_MS = 5000;

/** What is needed to look. */
interface RegisterPorts extends WaitPorts {
  readonly cluster: Cluster;
}

/**
 * Waits until the register lists these nodes: by then the API server's own policies know of them. Gives those that it does not
 * list in time; undefined where there is no such policy (`floor`: the rules of those that there are), or the caller may not look.
 */
export async function awaitRegister(
  nodes: readonly string[],
  { cluster, ...ports }: RegisterPorts,
  floor: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (floor === undefined || floor.length === 0) return undefined;
  try {
    return await pollUntil(
      async () => unregistered(await readRegister(cluster, ports.signal), nodes),
      { everyMs: LOOK_EVERY_MS, withinMs: REGISTERED_WITHIN_MS, isDone: (missing) => missing.length === 0 },
      ports,
    );
  } catch {
    // Some may not read it; the drain's own calls tell when the API server is away.
    return undefined;
  }
}
