import { homedir } from 'node:os';
import { join } from 'node:path';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is kept between runs: `$XDG_CACHE_HOME/kubectl-maint`, else `~/.cache/kubectl-maint`. */
export function cacheRoot(env: Environment): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG specification: an empty value counts as unset, a relative one is invalid and to be ignored.
  const usable = base?.startsWith('/') === true;
  return join(usable ? base : join(env.HOME ?? homedir(), '.cache'), 'kubectl-maint');
}
