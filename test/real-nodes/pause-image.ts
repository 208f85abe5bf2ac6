import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../packaging/image/buildah.ts';
import { GO_VERSION } from '../control-plane/versions.ts';
import { runProgram } from '../support/plugin-run.ts';
import { PAUSE_IMAGE } from './configuration.ts';

/** Makes the image of a pod's first process, which is also a workload without needs; the path of its archive. */
export async function pauseImage(folder: string): Promise<string> {
  const context = join(folder, 'pause');
  await mkdir(context, { recursive: true });
  await copyFile(join(import.meta.dirname, 'pause', 'main.go'), join(context, 'main.go'));
  await writeFile(join(context, 'go.mod'), `module kubectl-maint.io/pause\n\ngo ${GO_VERSION}.0\n`);
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  const built = await runProgram('go', ['build', '-C', context, '-ldflags=-s -w', '-o', 'pause', '.'], env);
  if (built.code !== 0) throw new Error(`go could not build pause: ${built.stderr}`);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY pause /pause\nUSER 65532\nENTRYPOINT ["/pause"]\n');
  const archive = join(folder, 'pause.tar');
  await buildImage({ context, name: PAUSE_IMAGE }, archive);
  return archive;
}
