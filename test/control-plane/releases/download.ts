import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Environment } from '../../../packaging/cache-folder.ts';
import { PROGRESS_EVERY_MS } from '../build-progress.ts';
import { programOnPath } from '../cache-folder.ts';
import { renderElapsed } from '../elapsed.ts';
import { stageFileName, STAGE_FILES } from '../stages.ts';
import { KWOK_VERSION, type Binary } from '../versions.ts';
import { assetOf, platformOf, stageAsset, type Asset, type Platform } from './assets.ts';
import type { Heard } from './file.ts';
import { WITH_GO, WITHOUT_GO, type Patience } from './limits.ts';
import { PINNED, type Pins } from './pins.ts';
import { renderDownload, sum } from './progress.ts';
import { reasonOf } from './request.ts';
import { readSource } from './source.ts';
import { unpack } from './unpack.ts';
import { downloadVerified, type Origin } from './verified-file.ts';

/** Below a folder of binaries: what is not whole or not verified yet. The next run goes on with what is left there. */
const PARTS = '.download';

type Program = Pick<Binary, 'name' | 'version'>;

/** Programs, and KWOK's stage files, that have to be got. */
export interface Wanted<P extends Program> {
  readonly binaries: readonly P[];
  readonly stages: boolean;
}

/** What is taken for granted about releases; tests say it themselves. */
export interface ReleaseOptions {
  readonly machine?: Platform;
  readonly pins?: Pins;
  /** How long is waited for hosts; by default that depends on whether Go could build things instead. */
  readonly patience?: Patience;
}

/** The folder for the results, whose proxies are used, and who hears about progress. */
export interface Site {
  readonly folder: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
  readonly releases?: ReleaseOptions | undefined;
}

/** A file to be put in place; `what` is what people read. */
interface Item {
  readonly what: string;
  readonly asset: Asset;
  readonly mode: number;
  readonly target: string;
}

/**
 * Downloads what official releases have of what is wanted, and gives the rest, which has to be built; why is said. Each file
 * appears in the folder whole and verified, or not at all. Needs the folder's lock.
 */
export async function download<P extends Program>(wanted: Wanted<P>, site: Site): Promise<Wanted<P>> {
  const source = readSource(site.env);
  const items = source === undefined ? [] : itemsOf(wanted, site);
  if (source === undefined || items.length === 0) return wanted;
  const partsFolder = join(site.folder, PARTS);
  await mkdir(partsFolder, { recursive: true });
  const patience = site.releases?.patience ?? (programOnPath('go', site.env) === undefined ? WITHOUT_GO : WITH_GO);
  const done = await putAll(items, { source, partsFolder, patience, env: site.env }, site.log);
  return {
    binaries: wanted.binaries.filter(({ name }) => !done.has(programPath(site.folder, name))),
    stages: wanted.stages && !STAGE_FILES.every((path) => done.has(stagePath(site.folder, path))),
  };
}

/** Removes parts of downloads: what they were to become is there by now. */
export async function removeParts(folder: string): Promise<void> {
  await rm(join(folder, PARTS), { recursive: true, force: true });
}

function itemsOf({ binaries, stages }: Wanted<Program>, { folder, releases = {} }: Site): readonly Item[] {
  const { machine = platformOf(platform(), arch()), pins = PINNED } = releases;
  if (machine === undefined) return [];
  const programs = binaries.map((binary) => ({
    what: `${binary.name} ${binary.version}`,
    asset: assetOf(binary, machine, pins),
    mode: 0o755,
    target: programPath(folder, binary.name),
  }));
  const files = (stages ? STAGE_FILES : []).map((path) => ({
    what: `the stages of kwok ${KWOK_VERSION}`,
    asset: stageAsset(path, pins),
    mode: 0o644,
    target: stagePath(folder, path),
  }));
  return [...programs, ...files].flatMap(({ asset, ...item }) => (asset === undefined ? [] : [{ ...item, asset }]));
}

function programPath(folder: string, name: string): string {
  return join(folder, name);
}

function stagePath(folder: string, path: string): string {
  return join(folder, 'stages', stageFileName(path));
}

/** All at once, so that hosts that do not answer are waited for once. Gives the targets that are in place. */
async function putAll(items: readonly Item[], origin: Origin, log: Site['log']): Promise<ReadonlySet<string>> {
  const start = Date.now();
  const elapsed = () => Date.now() - start;
  const hosts = new Set(items.map(({ asset }) => origin.source(asset).host));
  log(`downloading ${listed(items)} from ${[...hosts].join(' and ')} ...`);
  const progress = new Map<Item, Parameters<Heard>>();
  const telling = setInterval(() => {
    log(renderDownload({ ...sum([...progress.values()]), elapsedMs: elapsed() }));
  }, PROGRESS_EVERY_MS);
  const failures = new Map<Item, string>();
  const tried = items.map((item) =>
    put(item, origin, (...bytes) => progress.set(item, bytes)).catch((error: unknown) =>
      failures.set(item, reasonOf(error, origin.source(item.asset))),
    ),
  );
  await Promise.all(tried).finally(() => {
    clearInterval(telling);
  });
  const done = items.filter((item) => !failures.has(item));
  const failed = items.filter((item) => failures.has(item));
  if (done.length > 0) log(`downloaded ${listed(done)} in ${renderElapsed(elapsed())}`);
  for (const [reason, those] of Map.groupBy(failed, (item) => failures.get(item))) {
    log(`not downloaded: ${listed(those)}: ${reason ?? ''}`);
  }
  return new Set(done.map(({ target }) => target));
}

async function put({ asset, mode, target }: Item, origin: Origin, heard: Heard): Promise<void> {
  const verified = await downloadVerified(asset, basename(target), origin, heard);
  const draft = asset.member === undefined ? verified : `${verified}.unpacked`;
  if (asset.member !== undefined) {
    await unpack(verified, asset.member, draft);
    await rm(verified);
  }
  await chmod(draft, mode);
  await mkdir(dirname(target), { recursive: true });
  await rename(draft, target);
}

function listed(items: readonly Item[]): string {
  return [...new Set(items.map(({ what }) => what))].join(', ');
}
