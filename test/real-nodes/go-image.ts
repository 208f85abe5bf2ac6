import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thisArchitecture } from '../../packaging/image/image.ts';
import { layerOf } from '../../packaging/image/layer.ts';
import { archiveLayout, writeLayout } from '../../packaging/image/layout.ts';
import { GO_VERSION } from '../control-plane/versions.ts';
import { runProgram } from '../support/plugin-run.ts';
import { CHROOT_IMAGE, PAUSE_IMAGE, PRIVILEGES_IMAGE } from './configuration.ts';

/** Makes the image of a pod's first process, which is also a workload without needs; the path of its archive. */
export function pauseImage(folder: string): Promise<string> {
  return goImage(folder, 'pause', PAUSE_IMAGE, { path: 'pause', config: { User: '65532', Entrypoint: ['/pause'] } });
}

/** Makes the least image with which a command is carried out on the host: it holds `chroot`, and no shell; its archive. */
export function chrootImage(folder: string): Promise<string> {
  return goImage(folder, 'chroot', CHROOT_IMAGE, { path: 'bin/chroot', config: { User: '65532', Env: ['PATH=/bin'] } });
}

/** Makes an image whose program tells what it may do on its node; its archive. */
export function privilegesImage(folder: string): Promise<string> {
  return goImage(folder, 'privileges', PRIVILEGES_IMAGE, { path: 'privileges', config: {} });
}

/** Where the program is in the image, and how it is run. */
interface Made {
  readonly path: string;
  readonly config: Readonly<Record<string, unknown>>;
}

async function goImage(folder: string, program: string, name: string, { path, config }: Made): Promise<string> {
  const context = join(folder, program);
  await mkdir(context, { recursive: true });
  await copyFile(join(import.meta.dirname, program, 'main.go'), join(context, 'main.go'));
  await writeFile(join(context, 'go.mod'), `module kubectl-maint.io/${program}\n\ngo ${GO_VERSION}.0\n`);
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const built = await runProgram('go', ['build', '-C', context, '-ldflags=-s -w', '-o', program, '.'], env);
  if (built.code !== 0) throw new Error(`go could not build ${program}: ${built.stderr}`);
  const bytes = await readFile(join(context, program));
  const layers = [await layerOf([{ kind: 'file', path, mode: 0o755, bytes }])];
  const layout = join(context, 'layout');
  await writeLayout(layout, name, [{ architecture: thisArchitecture(), layers, config }]);
  const archive = join(folder, `${program}.tar`);
  await archiveLayout(layout, archive);
  return archive;
}
