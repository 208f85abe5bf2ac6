import { COPIERS } from './backup-carriers.ts';
import { BACKUP_PROGRAMS, EXPORT_PROGRAMS, SCHEMA_DUMPS, TOLD_PROGRAMS } from './backup-programs.ts';
import { programOf } from './run-commands.ts';

const KNOWN = new Set(
  [...BACKUP_PROGRAMS, ...COPIERS, ...EXPORT_PROGRAMS, ...SCHEMA_DUMPS, ...TOLD_PROGRAMS].map(programOf),
);

/** Whether a program is judged by its subcommands alone. */
export function isKnown(program: string): boolean {
  return KNOWN.has(program);
}
