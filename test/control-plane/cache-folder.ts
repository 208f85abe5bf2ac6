import { accessSync, constants } from 'node:fs';
import { arch, homedir, platform } from 'node:os';
import { join } from 'node:path';
import { KUBERNETES_VERSION } from './versions.ts';

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that the launcher keeps between runs: `$XDG_CACHE_HOME/kubectl-maint`, else `~/.cache/kubectl-maint`. */
export function cacheRoot(env: Environment): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG specification: an empty value counts as unset, a relative one is invalid and to be ignored.
  const usable = base?.startsWith('/') === true;
  return join(usable ? base : join(env.HOME ?? homedir(), '.cache'), 'kubectl-maint');
}

/** Where the binaries of this Kubernetes version for this machine are kept. */
export function binariesFolder(env: Environment): string {
  return join(cacheRoot(env), 'control-plane', `${KUBERNETES_VERSION}-${platform()}-${arch()}`);
}

/** True when this process may execute the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The absolute path of a program on `PATH`, or undefined. */
export function programOnPath(name: string, env: Environment): string | undefined {
  return (env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}
