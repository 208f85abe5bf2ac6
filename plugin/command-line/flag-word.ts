import type { FlagTable } from './flag.ts';
import type { GivenFlag } from './words.ts';

/** A bearer token has no place on a screen or in a log: whoever uses the word puts it in again. */
const SECRET = 'token';

/** A flag as a word that says it again. */
export function flagWord({ name, value = '' }: GivenFlag, table: FlagTable): string {
  const isSwitch = Object.hasOwn(table, name) && table[name]?.kind === 'switch';
  if (isSwitch && value === 'true') return `--${name}`;
  return `--${name}=${name === SECRET ? 'TOKEN' : value}`;
}
