import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exit } from './bound-process.ts';
import { spawnBound } from './bound-process.ts';
import type { Environment } from './cache-folder.ts';
import { programOnPath } from './cache-folder.ts';
import { ControlPlaneError } from './errors.ts';
import { goModuleFiles, linkerFlags } from './go-modules.ts';
import { lastLinesOf } from './log-file.ts';
import { stageFileName, STAGE_FILES } from './stages.ts';
import type { Binary, GoModuleName } from './versions.ts';
import { GO_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.ts';

/** CI systems end a job that says nothing for ten minutes; a person starts to wonder after one. */
const HEARTBEAT_MS = 60_000;

/** What a build needs to know: where to put the results, what Go inherits, and who hears about progress. */
export interface BuildSite {
  readonly folder: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}

/** The binaries and the KWOK stages that have to be made. */
export interface BuildList {
  readonly binaries: readonly Binary[];
  readonly stages: boolean;
}

/** Builds what is listed into the folder; each file appears there complete or not at all. Needs the build lock. */
export async function build(list: BuildList, site: BuildSite): Promise<void> {
  if (programOnPath('go', site.env) === undefined) throw new ControlPlaneError(howToGetBinaries(list, site.folder));
  const workshop = join(site.folder, `.build-${process.pid}`);
  await mkdir(workshop, { recursive: true });
  const total = list.binaries.length;
  for (const [index, binary] of list.binaries.entries()) {
    site.log(`building ${binary.name} ${binary.version} (${index + 1} of ${total}) ...`);
    const took = await buildOne(binary, { ...site, folder: workshop });
    await rename(join(workshop, binary.name), join(site.folder, binary.name));
    site.log(`built ${binary.name} ${binary.version} in ${took}`);
  }
  if (list.stages) await copyStages(workshop, site);
  await rm(workshop, { recursive: true, force: true });
}

async function buildOne(binary: Binary, workshop: BuildSite): Promise<string> {
  const module = await goModule(binary.goModule, workshop.folder);
  const start = Date.now();
  const heartbeat = setInterval(() => {
    workshop.log(`still building ${binary.name} ${binary.version} (${elapsedSince(start)} so far) ...`);
  }, HEARTBEAT_MS);
  try {
    const output = join(workshop.folder, binary.name);
    const args = ['build', '-mod=mod', '-ldflags', linkerFlags(binary), '-o', output, binary.goPackage];
    await go(args, module, { what: `${binary.name} ${binary.version}`, env: workshop.env });
  } finally {
    clearInterval(heartbeat);
  }
  return elapsedSince(start);
}

async function goModule(name: GoModuleName, workshop: string): Promise<string> {
  const folder = join(workshop, `module-${name}`);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(goModuleFiles(name))) {
    // Go adds to go.mod and go.sum as it goes (-mod=mod); a second binary of the same module keeps what the first found.
    await writeFile(join(folder, file), text, { flag: 'wx' }).catch(ignoreExisting);
  }
  return folder;
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

async function go(args: readonly string[], module: string, about: { what: string; env: Environment }): Promise<string> {
  const logPath = `${module}.log`;
  const stdoutPath = `${module}.out`;
  const [log, stdout] = [openSync(logPath, 'w'), openSync(stdoutPath, 'w')];
  let exit: Exit;
  try {
    // No cgo: the binaries then run on any libc. No workspace: a go.work above the cache folder is none of our business.
    const env = { ...about.env, CGO_ENABLED: '0', GOWORK: 'off' };
    exit = await spawnBound('go', args, { cwd: module, env, streams: ['ignore', stdout, log] }).ended;
  } finally {
    closeSync(log);
    closeSync(stdout);
  }
  if (exit.code === 0) return readFile(stdoutPath, 'utf8');
  const ending = exit.signal === null ? `exit code ${exit.code ?? '?'}` : exit.signal;
  throw new ControlPlaneError(
    `go could not build ${about.what} (${ending}); last lines of ${logPath}:\n${await lastLinesOf(logPath)}`,
  );
}

/** KWOK's program has no stages built in; its module ships them as files. */
async function copyStages(workshop: string, site: BuildSite): Promise<void> {
  const module = await goModule('kwok', workshop);
  const about = { what: `the stages of kwok ${KWOK_VERSION}`, env: site.env };
  await go(['mod', 'download', 'sigs.k8s.io/kwok'], module, about);
  const source = (await go(['list', '-mod=mod', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], module, about)).trim();
  const draft = join(workshop, 'stages');
  await mkdir(draft, { recursive: true });
  for (const path of STAGE_FILES) {
    await writeFile(join(draft, stageFileName(path)), await readFile(join(source, 'kustomize', 'stage', path)));
  }
  const target = join(site.folder, 'stages');
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}

/** Minutes and seconds since a moment of `Date.now()`, as `6m41s` or `41s`. */
export function elapsedSince(start: number): string {
  const seconds = Math.round((Date.now() - start) / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${String(seconds % 60).padStart(2, '0')}s`;
}

function howToGetBinaries(list: BuildList, folder: string): string {
  const missing = [...list.binaries.map(({ name }) => name), ...(list.stages ? ["kwok's stage files"] : [])];
  return `the tests need ${missing.join(', ')}, and Go is not there to build them. Do one of these:
  - install Go ${GO_VERSION} or later (https://go.dev/doc/install) and run this again: everything is built once, in about
    11 minutes on 2 cores, and kept in ${folder}
  - set KUBEBUILDER_ASSETS to a folder with these programs of Kubernetes ${KUBERNETES_VERSION}
  - use a cluster that you already have: kubectl maint works with any kubeconfig`;
}
