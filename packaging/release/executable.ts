import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withAdHocSignature } from './mach-o.ts';
import { run, unpackNode } from './node-package.ts';
import { programName, thisPlatform, type Platform } from './platforms.ts';
import { withoutCertificate } from './portable-executable.ts';
import { START } from './start.ts';

/** The program as npm has it, of whose first line the flags are taken, and the folder of all that it loads. */
const BUNDLE = 'dist/kubectl-maint.cjs';
const FILES = 'dist/kubectl-maint';

/** Relative, because it ends up in the executable: the same commit makes the same bytes wherever it is checked out. */
const SCRIPT = 'dist/executable/start.cjs';

/** The file with the executable of a platform, and the file with the licences of the Node.js in it. */
export interface Executable {
  readonly program: string;
  readonly nodeLicense: string;
}

/** Builds a platform's single executable, Node.js and the bundle in one file, in a folder of its own. */
export async function buildExecutable(platform: Platform, folder: string): Promise<Executable> {
  // The Node.js of this machine builds, so it has to be the release that is built in.
  const builder = await unpackNode(thisPlatform(), join(folder, 'builder'));
  const node = await unpackNode(platform, join(folder, 'node'));
  const program = join(folder, programName(platform));
  const configuration = join(folder, 'sea.json');
  await mkdir(dirname(SCRIPT), { recursive: true });
  await writeFile(SCRIPT, START);
  await writeFile(
    configuration,
    JSON.stringify({
      main: SCRIPT,
      assets: await assetsIn(FILES),
      executable: node.program,
      output: program,
      disableExperimentalSEAWarning: true,
      execArgv: await flagsOf(BUNDLE),
      // A program of its own: what NODE_OPTIONS asks of the user's Node.js does not reach it.
      execArgvExtension: 'none',
      // Code caches are for the machine that made them, and differ from build to build.
      useCodeCache: false,
      useSnapshot: false,
    }),
  );
  run(builder.program, ['--build-sea', configuration]);
  await rm(configuration);
  await repairSignature(platform, program);
  return { program, nodeLicense: builder.license };
}

/** The files of a folder by name, in one order everywhere. */
async function assetsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(names.map((name) => [name, `${folder}/${name}`]));
}

/** The flags of Node.js that the bundle's first line asks for. */
async function flagsOf(bundle: string): Promise<readonly string[]> {
  const [first = ''] = (await readFile(bundle, 'utf8')).split('\n', 1);
  return first.split(' ').filter((word) => word.startsWith('--'));
}

/** The signature of Node.js does not fit any more. */
async function repairSignature(platform: Platform, program: string): Promise<void> {
  if (platform.os === 'darwin') await writeFile(program, withAdHocSignature(await readFile(program), 'kubectl-maint'));
  if (platform.os === 'windows') await writeFile(program, withoutCertificate(await readFile(program)));
}
