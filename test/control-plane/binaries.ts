import { readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './bound-process.ts';
import { sayingWhoBuilds, takeLock } from './build-lock.ts';
import type { BuildList } from './build.ts';
import { build } from './build.ts';
import type { Environment } from '../../packaging/cache-folder.ts';
import { binariesFolder, isExecutable } from './cache-folder.ts';
import { ControlPlaneError } from './errors.ts';
import { download, removeParts, type ReleaseOptions } from './releases/download.ts';
import { stageFileName, STAGE_FILES } from './stages.ts';
import type { Binary, BinaryName } from './versions.ts';
import { BINARIES } from './versions.ts';

/** What a folder must hold to be meant seriously as KUBEBUILDER_ASSETS; setup-envtest puts exactly these there. */
const LEAST_ASSETS: readonly BinaryName[] = ['etcd', 'kube-apiserver', 'kubectl'];

/** Where every program is, and the folder of KWOK's stage files. */
export interface Binaries {
  readonly path: (name: BinaryName) => string;
  readonly stagesFolder: string;
}

/** Which environment to read, and who hears about progress (a line each, without a newline). */
export interface BinariesOptions {
  readonly env: Environment;
  readonly log: (line: string) => void;
  /** Programs beside those of the control plane. */
  readonly also?: readonly Binary[];
  readonly releases?: ReleaseOptions;
}

/**
 * Finds the programs of the control plane: in `KUBEBUILDER_ASSETS` if set, else in the cache folder, else downloads
 * them once from official releases, else builds them once with Go. Several runs at once do so one time: the others wait.
 * Throws ControlPlaneError with what to do.
 */
export async function ensureBinaries(options: BinariesOptions): Promise<Binaries> {
  const { env, log, also = [] } = options;
  const folder = binariesFolder(env);
  const assets = readAssets(env);
  const wanted = [...BINARIES, ...also];
  const fromAssets = wanted.filter(({ name }) => assets !== undefined && isExecutable(join(assets, name)));
  const fromCache = wanted.filter((binary) => !fromAssets.includes(binary));
  if (assets !== undefined && fromCache.length > 0) {
    log(`KUBEBUILDER_ASSETS has no ${fromCache.map(({ name }) => name).join(', ')}: taken from ${folder}`);
  }
  const missing = () => missingIn(folder, fromCache);
  if (!isComplete(missing())) await getMissing(missing, folder, options);
  const inAssets = new Set(fromAssets.map(({ name }) => name));
  return {
    path: (name) => join(assets !== undefined && inAssets.has(name) ? assets : folder, name),
    stagesFolder: join(folder, 'stages'),
  };
}

async function getMissing(missing: () => BuildList, folder: string, options: BinariesOptions): Promise<void> {
  const { env, log } = options;
  await mkdir(folder, { recursive: true });
  const lock = await takeLock(join(folder, '.lock'), sayingWhoBuilds('the programs for tests', log));
  try {
    await removeAbandonedBuilds(folder);
    // Only now is it known what is left to do: whoever held the lock may have got everything.
    const list = missing();
    if (isComplete(list)) return;
    const left = await download(list, { ...options, folder });
    if (!isComplete(left)) await build(left, { folder, env, log });
    await removeParts(folder);
  } finally {
    await lock.release();
  }
}

function isComplete(list: BuildList): boolean {
  return list.binaries.length === 0 && !list.stages;
}

function missingIn(folder: string, wanted: readonly Binary[]): BuildList {
  return {
    binaries: wanted.filter(({ name }) => !isExecutable(join(folder, name))),
    stages: !STAGE_FILES.every((path) => isFile(join(folder, 'stages', stageFileName(path)))),
  };
}

function readAssets(env: Environment): string | undefined {
  const folder = env.KUBEBUILDER_ASSETS;
  if (folder === undefined || folder === '') return undefined;
  const missing = LEAST_ASSETS.filter((name) => !isExecutable(join(folder, name)));
  if (missing.length === 0) return folder;
  throw new ControlPlaneError(
    `KUBEBUILDER_ASSETS is ${folder}, but there is no ${missing.join(', ')} in it: name a folder that has ` +
      `${LEAST_ASSETS.join(', ')}, or unset it to have everything got once`,
  );
}

async function removeAbandonedBuilds(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const pid = /^\.build-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
