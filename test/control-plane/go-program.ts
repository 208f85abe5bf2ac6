import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { spawnBound } from './bound-process.ts';
import type { Environment } from '../../packaging/cache-folder.ts';
import { ControlPlaneError } from './errors.ts';
import { lastLinesOf } from './log-file.ts';

/** Where Go runs and what it inherits. `what` is what people read when it fails. */
export interface GoCall {
  readonly module: string;
  readonly env: Environment;
  readonly what: string;
}

/** Where Go writes its log (its standard error) while it works in a module. */
export function goLogPath(module: string): string {
  return `${module}.log`;
}

/** Runs `go` in a module and gives what it prints. Throws ControlPlaneError with the last lines of its log. */
export async function go(args: readonly string[], { module, env, what }: GoCall): Promise<string> {
  const [logPath, stdoutPath] = [goLogPath(module), `${module}.out`];
  const [log, stdout] = [openSync(logPath, 'w'), openSync(stdoutPath, 'w')];
  // No cgo: the binaries then run on any libc. No workspace: a go.work above the cache folder is none of our business.
  const inherited = { ...env, CGO_ENABLED: '0', GOWORK: 'off' };
  const { ended } = spawnBound('go', args, { cwd: module, env: inherited, streams: ['ignore', stdout, log] });
  const exit = await ended.finally(() => {
    closeSync(log);
    closeSync(stdout);
  });
  if (exit.code === 0) return readFile(stdoutPath, 'utf8');
  const ending = exit.signal === null ? `exit code ${exit.code ?? '?'}` : exit.signal;
  throw new ControlPlaneError(
    `go could not build ${what} (${ending}); last lines of ${logPath}:\n${await lastLinesOf(logPath)}`,
  );
}
