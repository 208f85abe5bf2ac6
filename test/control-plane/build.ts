import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { renderProgress } from './build-progress.ts';
import type { Environment } from '../../packaging/cache-folder.ts';
import { programOnPath } from './cache-folder.ts';
import { renderElapsed } from './elapsed.ts';
import { ControlPlaneError } from './errors.ts';
import { goModuleFiles, linkerFlags } from './go-modules.ts';
import { go, goLogPath } from './go-program.ts';
import { stageFileName, STAGE_FILES } from './stages.ts';
import type { Binary, GoModuleName } from './versions.ts';
import { GO_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.ts';

/** CI systems end a job that says nothing for ten minutes; a person starts to wonder sooner. */
const PROGRESS_EVERY_MS = 30_000;

/** A process of the compiler needs up to 2 GiB without garbage collection: less for each, and it has to collect. */
const LEAST_MEMORY_WITHOUT_COLLECTION = 3 * 2 ** 30;

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
  for (const [name, binaries] of Map.groupBy(list.binaries, ({ goModule }) => goModule)) {
    const what = binaries.map((binary) => `${binary.name} ${binary.version}`).join(', ');
    const start = Date.now();
    const drafts = await buildTogether(binaries, { ...site, name, what, module: await goModule(name, workshop) });
    for (const binary of binaries) await rename(join(drafts, binary.name), join(site.folder, binary.name));
    site.log(`built ${what} in ${renderElapsed(Date.now() - start)}`);
  }
  if (list.stages) await copyStages(workshop, site);
  await rm(workshop, { recursive: true, force: true });
}

/** What is built by one command: in which module of ours, in which folder that is, and what people read of it. */
interface Together extends BuildSite {
  readonly name: GoModuleName;
  readonly module: string;
  readonly what: string;
}

/**
 * Builds programs of one Go module by one command: packages that they share are compiled once, and links run beside
 * compiles. Gives the folder with the programs, each named as the last element of its package.
 */
async function buildTogether(binaries: readonly Binary[], { name, module, what, env, log }: Together): Promise<string> {
  const drafts = `${module}-programs`;
  const call = { what, module, env: withoutCollection(env) };
  // Debug information would only be thrown away by the linker; compiling without it is a fifth faster.
  const flags = ['-mod=mod', '-gcflags=all=-dwarf=false', '-ldflags', linkerFlags(name)];
  const packages = binaries.map(({ goPackage }) => goPackage);
  log(`building ${what} ...`);
  const listed = await go(['list', ...flags, '-deps', '-f', '{{if .Stale}}{{.ImportPath}}{{end}}', ...packages], call);
  const needed = packagesIn(listed);
  const start = Date.now();
  const progress = setInterval(() => {
    void readFile(goLogPath(module), 'utf8').then((text) => {
      log(renderProgress({ compiled: packagesIn(text), needed, elapsedMs: Date.now() - start }));
    });
  }, PROGRESS_EVERY_MS);
  try {
    await go(['build', '-v', ...flags, '-o', `${drafts}/`, ...packages], call);
  } finally {
    clearInterval(progress);
  }
  return drafts;
}

/** The compiler's garbage collection costs a third of the time; it stays on where memory is short or somebody has chosen. */
function withoutCollection(env: Environment): Environment {
  // One compiler a core, and a linker beside them.
  const each = Math.floor(totalmem() / (availableParallelism() + 2));
  if (env['GOGC'] !== undefined || each < LEAST_MEMORY_WITHOUT_COLLECTION) return env;
  return { GOMEMLIMIT: String(each), ...env, GOGC: 'off' };
}

/** Go names a package on a line of its own, and begins what it says itself with `go: `. */
function packagesIn(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
}

async function goModule(name: GoModuleName, workshop: string): Promise<string> {
  const folder = join(workshop, name);
  for (const [file, text] of Object.entries(goModuleFiles(name))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    // Go adds to go.mod and go.sum as it goes (-mod=mod); whoever comes second keeps what the first found.
    await writeFile(join(folder, file), text, { flag: 'wx' }).catch(ignoreExisting);
  }
  return folder;
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

/** KWOK's program has no stages built in; its module ships them as files. */
async function copyStages(workshop: string, site: BuildSite): Promise<void> {
  const call = {
    module: await goModule('control-plane', workshop),
    what: `the stages of kwok ${KWOK_VERSION}`,
    env: site.env,
  };
  await go(['mod', 'download', 'sigs.k8s.io/kwok'], call);
  const source = (await go(['list', '-mod=mod', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], call)).trim();
  const draft = join(workshop, 'stages');
  await mkdir(draft, { recursive: true });
  for (const path of STAGE_FILES) {
    await writeFile(join(draft, stageFileName(path)), await readFile(join(source, 'kustomize', 'stage', path)));
  }
  const target = join(site.folder, 'stages');
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}

function howToGetBinaries(list: BuildList, folder: string): string {
  const missing = [...list.binaries.map(({ name }) => name), ...(list.stages ? ["kwok's stage files"] : [])];
  return `the tests need ${missing.join(', ')}, and Go is not there to build them. Do one of these:
  - install Go ${GO_VERSION} or later (https://go.dev/doc/install) and run this again: everything is built once, in about
    7 minutes on 2 cores, and kept in ${folder}
  - set KUBEBUILDER_ASSETS to a folder with these programs of Kubernetes ${KUBERNETES_VERSION}
  - use a cluster that you already have: kubectl maint works with any kubeconfig`;
}
