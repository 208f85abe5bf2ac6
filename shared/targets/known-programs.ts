import { BACKUP_PROGRAMS, EXPORT_PROGRAMS, SCHEMA_DUMPS, STATEMENT_PROGRAMS } from './backup-programs.ts';
import { COPY_PROGRAMS } from './general-programs.ts';
import { programOf } from './subcommands.ts';

const KNOWN = new Set(
  [...BACKUP_PROGRAMS, ...COPY_PROGRAMS, ...EXPORT_PROGRAMS, ...SCHEMA_DUMPS, ...STATEMENT_PROGRAMS].map(programOf),
);

/** Whether the catalogue knows a program with the subcommands that count: its own name then says nothing. */
export function isKnownBySubcommand(program: string): boolean {
  return KNOWN.has(program);
}
