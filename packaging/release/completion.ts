import type { ArchivedFile } from './archived-file.ts';
import type { Platform } from './platforms.ts';

/** What kubectl asks for completions: a name for the plugin's own answer. All three are found on the PATH. */
export function completionProgram({ os }: Platform): ArchivedFile {
  return os === 'windows'
    ? { name: 'kubectl_complete-maint.cmd', mode: 0o755, bytes: Buffer.from('@kubectl-maint.exe __complete %*\r\n') }
    : {
        name: 'kubectl_complete-maint',
        mode: 0o755,
        bytes: Buffer.from('#!/bin/sh\nexec kubectl-maint __complete "$@"\n'),
      };
}
