import { accessSync, constants } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cacheRoot, type Environment } from '../../packaging/cache-folder.ts';
import { KUBERNETES_VERSION } from './versions.ts';

/** Where the binaries of a Kubernetes version for this machine are kept. */
export function binariesFolder(env: Environment, version = KUBERNETES_VERSION): string {
  return join(cacheRoot(env), 'control-plane', `${version}-${platform()}-${arch()}`);
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
