import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cache-folder.ts';
import { NODE_VERSION, type Platform } from './platforms.ts';

/** Files of a platform's Node.js. */
export interface NodeFiles {
  readonly program: string;
  /** Its licence and those of all that it is made of. Windows' package brings none. */
  readonly license: string;
}

/** The npm package of a Node.js, and what it must be. */
export type NodeSource = Pick<Platform, 'os' | 'nodePackage' | 'integrity'>;

/** Takes a Node.js out of its npm package, into a folder. The package is downloaded once, and checked each time. */
export async function unpackNode(
  platform: NodeSource,
  folder: string,
  version: string = NODE_VERSION,
): Promise<NodeFiles> {
  const archive = await nodePackage(platform, version);
  await mkdir(folder, { recursive: true });
  const program = platform.os === 'windows' ? 'bin/node.exe' : 'bin/node';
  const wanted = platform.os === 'windows' ? [program] : [program, 'LICENSE'];
  run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1', ...wanted.map((name) => `package/${name}`)]);
  return { program: join(folder, program), license: join(folder, 'LICENSE') };
}

async function nodePackage(platform: NodeSource, version: string): Promise<string> {
  const cache = join(cacheRoot(process.env), 'node');
  const name = `${platform.nodePackage}-${version}.tgz`;
  const path = join(cache, name);
  if ((await integrityOf(path)) === platform.integrity) return path;
  await mkdir(cache, { recursive: true });
  // Beside its place, and renamed when it is whole and right: two runs at once do not spoil each other.
  const draft = await mkdtemp(join(cache, '.download-'));
  try {
    process.stderr.write(`downloading ${platform.nodePackage} ${version} ...\n`);
    run('npm', ['pack', '--silent', '--pack-destination', draft, `${platform.nodePackage}@${version}`]);
    const found = await integrityOf(join(draft, name));
    if (found !== platform.integrity) {
      throw new Error(`${name} is ${found ?? 'missing'} and not ${platform.integrity}: do not use it, and ask why`);
    }
    await rename(join(draft, name), path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return path;
}

/** As npm writes it; undefined without the file. */
async function integrityOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

/** Runs a program to its end. Throws what it said when it fails. */
export function run(program: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status ?? '?'}\n${stdout}${stderr}`);
}
