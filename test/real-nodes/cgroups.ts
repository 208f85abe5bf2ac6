import { existsSync } from 'node:fs';
import { mkdir, readdir, rmdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../control-plane/bound-process.ts';
import { until } from '../support/until.ts';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'kubectl-maint-';

/** The name of a node's own control group, below the root of every hierarchy. */
export function cgroupOf(node: string): string {
  return `${PREFIX}${process.pid}-${node}`;
}

/** Makes a node's control group, in every hierarchy of version 1 or in the one of version 2. */
export async function makeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
  // In version 1 a new cpuset is empty, and nothing may run in it.
  const cpuset = join(ROOT, 'cpuset');
  if (!existsSync(join(cpuset, 'cpuset.cpus'))) return;
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(cpuset, name, file), await readFile(join(cpuset, file)));
  }
}

/** Removes control groups of nodes whose processes have ended, with all below them. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    // The kernel lets go of a control group a moment after its last process.
    await until(`${hierarchy}/${name} is free`, () => removeTree(join(hierarchy, name)));
  }
}

/** Removes what killed runs have left. */
export async function removeAbandonedCgroups(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    for (const name of await readdir(hierarchy)) {
      const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) await removeTree(join(hierarchy, name));
    }
  }
}

/** Version 2 has its controllers in its root; version 1 has a folder for each hierarchy. */
async function hierarchies(): Promise<readonly string[]> {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return (await readdir(ROOT, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name));
}

/** True when it is gone. */
async function removeTree(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !(await removeTree(join(folder, entry.name)))) return false;
  }
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}
