import { DEFAULT_POLICY } from '../shared/index.ts';
import { entriesFor } from './controller/registration/entries.ts';
import { floorObjects } from './floor/floor.ts';
import { readPolicy } from './policy.ts';

/**
 * Does with a configuration what a replica does with it before it serves, and gives a line about it. Throws
 * MaintError('usage') with every problem.
 */
export async function validate(file: string): Promise<string> {
  const { tools, config } = await readPolicy(file);
  entriesFor(tools, DEFAULT_POLICY, config);
  floorObjects(tools, config);
  const modes = Object.entries(config.rules).map(([id, { mode }]) => `${id} ${mode}`);
  return `policy ${file} is valid: ${modes.join(', ')}`;
}
