/** `npm run --silent release-tools`: builds what is missing of what a release is pushed, signed and looked at with; prints folders for `PATH`. */
import { delimiter, dirname } from 'node:path';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { HELM } from '../control-plane/versions.ts';
import { ensureBuilt } from '../neighbours/build.ts';
import { folderOf, RELEASE_TOOLS } from './tools.ts';

const options = { env: process.env, log: (line: string): void => void process.stderr.write(`${line}\n`) };
for (const tool of RELEASE_TOOLS) await ensureBuilt(tool, options);
const { path } = await ensureBinaries({ ...options, also: [HELM] });
const folders = [...RELEASE_TOOLS.map(folderOf), dirname(path('helm'))];
process.stdout.write(`${folders.join(delimiter)}\n`);
