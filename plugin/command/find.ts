import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';
import { MaintError, messageOf } from '../../shared/index.ts';
import type { Environment } from './environment.ts';

/** Refuses a program that cannot be started: found out on a drained node, that would be late. Throws MaintError('usage'). */
export async function refuseUnknownProgram(program: string, env: Environment): Promise<void> {
  // There the system adds endings of its own to a name.
  if (process.platform === 'win32') return;
  const folders = program.includes(sep) ? [''] : (env['PATH'] ?? '').split(delimiter);
  const failures = await Promise.all(folders.map((folder) => whyNot(join(folder, program))));
  if (failures.includes(undefined)) return;
  const [first = 'not found'] = failures;
  const what = program.includes(sep) ? `cannot be run: ${first}` : 'is not found in PATH, or is not executable';
  throw new MaintError('usage', `the command "${program}" ${what}; nothing was changed`, {
    hint: "it is run without a shell; for one: -- sh -c '...'",
  });
}

async function whyNot(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? undefined : 'not a file';
  } catch (thrown) {
    return messageOf(thrown);
  }
}
