import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages } from './packages.ts';

/** Why this machine cannot run real nodes at all, whatever is installed; undefined: it can. */
export function whyNeverRealNodes(): string | undefined {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root';
  if (!areCgroupsWritable()) return 'they need control groups that may be written (a privileged container)';
  const tried = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'mount', '-t', 'proc', 'proc', '/proc']);
  if (tried.status !== 0) return 'they need the right to make namespaces and mounts (a privileged container)';
  return undefined;
}

/** Why this machine cannot run real nodes now; undefined: it can. */
export function whyNoRealNodes(): string | undefined {
  const never = whyNeverRealNodes();
  if (never !== undefined) return never;
  const missing = missingPackages(process.env);
  return missing.length === 0 ? undefined : `these Debian packages are missing: ${missing.join(' ')}`;
}

/** Version 1 has a folder for each hierarchy, version 2 has one for all. */
function areCgroupsWritable(): boolean {
  const root = '/sys/fs/cgroup';
  try {
    const hierarchies = readdirSync(root).includes('cgroup.controllers') ? ['.'] : readdirSync(root);
    for (const hierarchy of hierarchies) accessSync(join(root, hierarchy), constants.W_OK);
    return hierarchies.length > 0;
  } catch {
    return false;
  }
}
