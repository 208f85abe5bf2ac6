import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries, type BinariesOptions } from './binaries.ts';
import { sayingWhoBuilds, takeLock } from './build-lock.ts';
import type { BuildSite } from './build.ts';
import { buildTogether } from './build-together.ts';
import { binariesFolder, isExecutable } from './cache-folder.ts';
import { olderGoMod, olderLinkerFlags } from './go-modules.ts';
import { download, removeParts } from './releases/download.ts';
import { KUBERNETES_PROGRAMS, type Binary } from './versions.ts';

/** What of today's control plane goes with every other: the store, and the client whose answers ours are held against. */
const OF_TODAY = ['etcd', 'kubectl'] as const;

/**
 * A folder for KUBEBUILDER_ASSETS with the control plane of an older Kubernetes, downloaded or built once. Throws
 * ControlPlaneError with what to do.
 */
export async function ensureOlder(version: string, options: BinariesOptions): Promise<string> {
  const { env, log } = options;
  const today = await ensureBinaries(options);
  const folder = binariesFolder(env, version);
  await mkdir(folder, { recursive: true });
  const lock = await takeLock(join(folder, '.lock'), sayingWhoBuilds(`Kubernetes ${version}`, log));
  try {
    const missing = KUBERNETES_PROGRAMS.filter((name) => !isExecutable(join(folder, name)));
    const binaries = missing.map((name) => ({ name, version }));
    const left = (await download({ binaries, stages: false }, { ...options, folder })).binaries;
    if (left.length > 0) await build(left, version, { folder, env, log });
    await removeParts(folder);
    for (const name of OF_TODAY) {
      await rm(join(folder, name), { force: true });
      await symlink(today.path(name), join(folder, name));
    }
  } finally {
    await lock.release();
  }
  return folder;
}

async function build(
  programs: readonly Pick<Binary, 'name' | 'version'>[],
  version: string,
  { folder, env, log }: BuildSite,
): Promise<void> {
  const module = join(folder, '.build', 'kubernetes');
  await mkdir(module, { recursive: true });
  await writeFile(join(module, 'go.mod'), olderGoMod(version));
  const what = programs.map(({ name }) => `${name} ${version}`).join(', ');
  const packages = programs.map(({ name }) => `k8s.io/kubernetes/cmd/${name}`);
  const drafts = await buildTogether(packages, { module, what, linkerFlags: olderLinkerFlags(version), env, log });
  for (const { name } of programs) await rename(join(drafts, name), join(folder, name));
  await rm(join(folder, '.build'), { recursive: true });
}
