import { existsSync } from 'node:fs';
import type { Environment } from '../../packaging/cache-folder.ts';
import { programOnPath } from '../control-plane/cache-folder.ts';
import { runProgram } from '../support/plugin-run.ts';

/** Where Debian and its relatives put the CNI plugins. */
const POD_LINKS = '/usr/lib/cni/ptp';

/** Programs that are needed beside those that we build, and the Debian packages that they come from. */
const PACKAGES: readonly (readonly [program: string, name: string])[] = [
  ['containerd', 'containerd'],
  ['runc', 'runc'],
  ['iptables', 'iptables'],
  ['conntrack', 'conntrack'],
  ['ethtool', 'ethtool'],
  ['socat', 'socat'],
  ['ip', 'iproute2'],
];

/** The Debian packages that are missing. */
export function missingPackages(env: Environment): readonly string[] {
  const missing = PACKAGES.filter(([program]) => programOnPath(program, env) === undefined).map(([, name]) => name);
  return existsSync(POD_LINKS) ? missing : [...missing, 'containernetworking-plugins'];
}

/** Installs packages, where there is apt-get and it reaches its mirrors; what is missing after that is the caller's to see. */
export async function installPackages(names: readonly string[], log: (line: string) => void): Promise<void> {
  log(`installing ${names.join(' ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const get = (...args: readonly string[]) => runProgram('apt-get', ['--quiet', '--yes', ...args], env);
  await get('update');
  const { code, stderr } = await get('install', '--no-install-recommends', ...names);
  if (code !== 0) log(`apt-get install failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
