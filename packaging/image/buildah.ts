import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What to build: the folder with a Dockerfile and all that it copies, and a name with a tag. */
export interface ImagePlan {
  readonly context: string;
  readonly name: string;
}

/**
 * Builds an image with buildah and writes it to a file that `ctr images import`, `docker load` and `podman load` read.
 * The same files make the same image: every time in it is the beginning of 1970. Its digest (`sha256:…`) is returned.
 * Needs no daemon, no registry, no overlay file system; storage is made for this build and removed after it.
 */
export async function buildImage({ context, name }: ImagePlan, archive: string): Promise<string> {
  const storage = await mkdtemp(join(tmpdir(), 'maint-image-'));
  try {
    const digestFile = join(storage, 'digest');
    const buildah = (...args: readonly string[]) => {
      runBuildah(['--storage-driver=vfs', `--root=${storage}/root`, `--runroot=${storage}/run`, ...args]);
    };
    buildah('build', '--isolation=chroot', '--pull-never', '--timestamp=0', '--tag', name, context);
    await rm(archive, { force: true });
    buildah('push', '--quiet', '--digestfile', digestFile, name, `docker-archive:${archive}:${name}`);
    return (await readFile(digestFile, 'utf8')).trim();
  } finally {
    await rm(storage, { recursive: true, force: true });
  }
}

function runBuildah(args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync('buildah', args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`buildah cannot be run (Debian package buildah): ${error.message}`);
  if (status !== 0) throw new Error(`buildah ${args.join(' ')}: exit code ${status ?? '?'}\n${stdout}${stderr}`);
}
