import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../../packaging/cache-folder.ts';
import { buildTogether } from './build-together.ts';
import { programOnPath } from './cache-folder.ts';
import { ControlPlaneError } from './errors.ts';
import { goModuleFiles, linkerFlags } from './go-modules.ts';
import { go } from './go-program.ts';
import { DOWNLOADS, readSource } from './releases/source.ts';
import { stageFileName, STAGE_FILES } from './stages.ts';
import type { Binary, GoModuleName } from './versions.ts';
import { GO_VERSION, KUBERNETES_VERSION, KWOK_VERSION } from './versions.ts';

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
  if (programOnPath('go', site.env) === undefined) throw new ControlPlaneError(howToGetBinaries(list, site));
  const workshop = join(site.folder, `.build-${process.pid}`);
  await mkdir(workshop, { recursive: true });
  for (const [name, binaries] of Map.groupBy(list.binaries, ({ goModule }) => goModule)) {
    const what = binaries.map((binary) => `${binary.name} ${binary.version}`).join(', ');
    const packages = binaries.map(({ goPackage }) => goPackage);
    const module = await goModule(name, workshop);
    const drafts = await buildTogether(packages, { ...site, module, what, linkerFlags: linkerFlags(name) });
    for (const binary of binaries) await rename(join(drafts, binary.name), join(site.folder, binary.name));
  }
  if (list.stages) await copyStages(workshop, site);
  await rm(workshop, { recursive: true, force: true });
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

function howToGetBinaries(list: BuildList, { folder, env }: BuildSite): string {
  const missing = [...list.binaries.map(({ name }) => name), ...(list.stages ? ["kwok's stage files"] : [])];
  return `the tests need ${missing.join(', ')}, and Go is not there to build them. Do one of these:
  - ${howToDownload(env)}
  - install Go ${GO_VERSION} or later (https://go.dev/doc/install) and run this again: everything is built once, in about
    6 minutes on 2 cores, and kept in ${folder}
  - set KUBEBUILDER_ASSETS to a folder with these programs of Kubernetes ${KUBERNETES_VERSION}
  - use a cluster that you already have: kubectl maint works with any kubeconfig`;
}

function howToDownload(env: Environment): string {
  return readSource(env) === undefined
    ? `let the official releases be downloaded: unset ${DOWNLOADS}, or leave out --offline`
    : 'mend what kept the official releases from being downloaded (it is said above), and run this again';
}
