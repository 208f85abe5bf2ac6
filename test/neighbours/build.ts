import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, join } from 'node:path';
import { cacheRoot, type Environment } from '../../packaging/cache-folder.ts';
import type { BinariesOptions } from '../control-plane/binaries.ts';
import { takeLock } from '../control-plane/build-lock.ts';
import { buildTogether } from '../control-plane/build-together.ts';
import { isExecutable, programOnPath } from '../control-plane/cache-folder.ts';
import { linkedWith } from '../control-plane/go-modules.ts';
import { go, type GoCall } from '../control-plane/go-program.ts';
import { goModOf, type Source } from './neighbours.ts';

/** The path of each program of a neighbour, built or not. */
export function programsOf(neighbour: Source, env: Environment): ReadonlyMap<string, string> {
  const folder = folderOf(neighbour, env);
  return new Map(Object.keys(neighbour.programs).map((program) => [program, join(folder, program)]));
}

/** The folder with the definitions of a neighbour's kinds: YAML files. */
export function definitionsOf(neighbour: Source, env: Environment): string {
  return join(folderOf(neighbour, env), DEFINITIONS);
}

const DEFINITIONS = 'definitions';

function folderOf({ name, version }: Source, env: Environment): string {
  return join(cacheRoot(env), 'neighbours', `${name}-${version}-${platform()}-${arch()}`);
}

/** Whether all of them are there. */
export function isBuilt(neighbour: Source, env: Environment): boolean {
  return [...programsOf(neighbour, env).values()].every(isExecutable);
}

/** The programs of others that it needs, and that this machine lacks. */
export function lackedBy({ needs = [] }: Source, env: Environment): readonly string[] {
  return needs.filter((program) => programOnPath(program, env) === undefined);
}

/** What a build took and left, for people. */
export interface Built {
  readonly tookMs: number;
  readonly bytes: number;
}

/** Builds what is missing of a neighbour, once: whoever comes second waits. Throws ControlPlaneError with Go's last words. */
export async function ensureBuilt(neighbour: Source, { env, log }: BinariesOptions): Promise<Built> {
  const start = Date.now();
  const folder = folderOf(neighbour, env);
  await mkdir(folder, { recursive: true });
  const lock = await takeLock(join(folder, '.lock'), (owner) => {
    log(`${owner} builds ${neighbour.name} already, waiting for it ...`);
  });
  try {
    if (!isBuilt(neighbour, env)) await build(neighbour, folder, { env, log });
  } finally {
    await lock.release();
  }
  const paths = [...programsOf(neighbour, env).values()];
  const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size)));
  return { tookMs: Date.now() - start, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Each program appears in the folder complete or not at all. */
async function build(neighbour: Source, folder: string, { env: ours, log }: BinariesOptions): Promise<void> {
  const { goRelease } = neighbour;
  const env = goRelease === undefined ? ours : { ...ours, GOTOOLCHAIN: `go${goRelease}` };
  const module = join(folder, '.build', neighbour.name);
  await mkdir(module, { recursive: true });
  await writeFile(join(module, 'go.mod'), goModOf(neighbour));
  const packages = Object.entries(neighbour.programs);
  for (const [, goPackage] of packages.filter(([, path]) => path.startsWith('./'))) {
    await cp(join(import.meta.dirname, neighbour.name, goPackage), join(module, goPackage), { recursive: true });
  }
  const what = `${neighbour.name} ${neighbour.version}`;
  const drafts = await buildTogether(
    packages.map(([, goPackage]) => goPackage),
    { module, what, linkerFlags: linkedWith(neighbour.linked ?? {}), env, log },
  );
  await keepDefinitions(neighbour, { module, env, what }, join(folder, DEFINITIONS));
  for (const [name, goPackage] of packages) await rename(join(drafts, builtAs(goPackage)), join(folder, name));
  await rm(join(folder, '.build'), { recursive: true });
}

/** How Go names the program of a package: as the last element of its path that is no major version. */
function builtAs(goPackage: string): string {
  return basename(goPackage.replace(/\/v\d+$/, ''));
}

/** Its files, and those of its folders, side by side. Go's own copies are read-only, so their text is written anew. */
async function keepDefinitions({ goModule, definitions = [] }: Source, call: GoCall, to: string): Promise<void> {
  if (definitions.length === 0) return;
  const root = (await go(['list', '-mod=mod', '-m', '-f', '{{.Dir}}', goModule], call)).trim();
  await mkdir(to, { recursive: true });
  for (const from of definitions.map((path) => join(root, path))) {
    const files = (await stat(from)).isFile() ? [from] : (await readdir(from)).map((name) => join(from, name));
    for (const file of files) await writeFile(join(to, basename(file)), await readFile(file));
  }
}
