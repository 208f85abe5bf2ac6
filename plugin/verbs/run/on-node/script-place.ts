import { basename } from 'node:path';

/** Where a script is that was carried over: for a command in the host's root, a folder of the host that no reboot keeps. */
export const SCRIPT_FOLDER = '/run/kubectl-maint';

/** What a key of a ConfigMap may be made of, and its greatest length. */
const NOT_IN_A_KEY = /[^-._a-zA-Z0-9]/g;
const MAX_KEY = 253;

/** The name of a script on the node. */
export function scriptName(path: string): string {
  const name = basename(path).replaceAll(NOT_IN_A_KEY, '_').slice(0, MAX_KEY);
  return /^\.*$/.test(name) ? 'script' : name;
}
