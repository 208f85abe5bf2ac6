import { readFileSync } from 'node:fs';

/** Node's flags in the first line of an executable. */
export function nodeFlagsOf(executable: string): readonly string[] {
  const [first = ''] = readFileSync(executable, 'utf8').split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}
