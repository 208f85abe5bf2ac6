import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that Node.js is linked with: where the loader looks for it, and the file of this machine. */
export interface Library {
  readonly path: string;
  readonly file: string;
}

/** The programs as they were built: the webhook is one file, the plugin one with a folder of what it loads. */
export interface Programs {
  readonly webhook: string;
  readonly plugin: { readonly file: string; readonly folder: string };
}

/**
 * Fills a folder with all that the image holds: Node.js without its symbols, its libraries, the webhook, and the plugin,
 * which Jobs of `--detach` run.
 */
export async function makeRoot(root: string, node: string, programs: Programs): Promise<readonly Library[]> {
  await rm(root, { recursive: true, force: true });
  await place(node, join(root, 'bin/node'), 0o755);
  output('strip', ['--strip-all', join(root, 'bin/node')]);
  const libraries = await librariesOf(node);
  for (const { path, file } of libraries) await place(file, join(root, path), 0o755);
  const { webhook, plugin } = programs;
  await place(webhook, join(root, 'maint-webhook.cjs'), 0o644);
  await place(plugin.file, join(root, 'kubectl-maint.cjs'), 0o644);
  for (const name of await readdir(plugin.folder))
    await place(join(plugin.folder, name), join(root, 'kubectl-maint', name), 0o644);
  return libraries;
}

/** What a program is linked with, sorted by path; links are followed, so that each is one plain file. */
export async function librariesOf(program: string): Promise<readonly Library[]> {
  const paths = output('ldd', [program])
    .split('\n')
    .flatMap((line) => /(?:=> |^\s*)(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return Promise.all([...new Set(paths)].sort().map(async (path) => ({ path, file: await realpath(path) })));
}

async function place(from: string, to: string, mode: number): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await copyFile(from, to);
  await chmod(to, mode);
}

/** What a program printed. Throws when it cannot be run, or fails. */
export function output(program: string, args: readonly string[]): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status ?? '?'}: ${stderr}`);
  return stdout;
}
