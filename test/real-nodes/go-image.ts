import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../packaging/image/buildah.ts';
import { GO_VERSION } from '../control-plane/versions.ts';
import { runProgram } from '../support/plugin-run.ts';
import { CHROOT_IMAGE, PAUSE_IMAGE } from './configuration.ts';

/** Makes the image of a pod's first process, which is also a workload without needs; the path of its archive. */
export function pauseImage(folder: string): Promise<string> {
  return goImage(folder, 'pause', PAUSE_IMAGE, 'COPY pause /pause\nUSER 65532\nENTRYPOINT ["/pause"]\n');
}

/** Makes the least image with which a command is carried out on the host: it holds `chroot`, and no shell; its archive. */
export function chrootImage(folder: string): Promise<string> {
  return goImage(folder, 'chroot', CHROOT_IMAGE, 'COPY chroot /bin/chroot\nUSER 65532\n');
}

async function goImage(folder: string, program: string, name: string, instructions: string): Promise<string> {
  const context = join(folder, program);
  await mkdir(context, { recursive: true });
  await copyFile(join(import.meta.dirname, program, 'main.go'), join(context, 'main.go'));
  await writeFile(join(context, 'go.mod'), `module kubectl-maint.io/${program}\n\ngo ${GO_VERSION}.0\n`);
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const built = await runProgram('go', ['build', '-C', context, '-ldflags=-s -w', '-o', program, '.'], env);
  if (built.code !== 0) throw new Error(`go could not build ${program}: ${built.stderr}`);
  await writeFile(join(context, 'Dockerfile'), `FROM scratch\n${instructions}`);
  const archive = join(folder, `${program}.tar`);
  await buildImage({ context, name }, archive);
  return archive;
}
