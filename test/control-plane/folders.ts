import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './bound-process.ts';

const PREFIX = 'kubectl-maint-';
/** The logs of a failed start are worth something for a week. */
const KEEP_LOGS_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Makes the folder of a control plane with `logs` in it: at the given path, else below the system's temporary folder with
 * this process's id in its name. What killed runs have left there is removed on the way.
 */
export async function makeFolder(path: string | undefined): Promise<string> {
  if (path === undefined) await removeAbandoned(tmpdir());
  const folder = path ?? (await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`)));
  await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  return folder;
}

/** Removes everything in a control plane's folder but its logs. */
export async function keepOnlyLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== 'logs') await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await removeUnlessFreshLogs(join(parent, name));
  }
}

async function removeUnlessFreshLogs(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const age = await stat(folder).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => Infinity,
  );
  const onlyLogs = names.length === 1 && names[0] === 'logs';
  if (!onlyLogs || age > KEEP_LOGS_MS) await rm(folder, { recursive: true, force: true });
}
