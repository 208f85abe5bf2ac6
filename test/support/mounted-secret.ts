import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fieldsAt, textAt } from '../../shared/facts/json.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { until } from './until.ts';

/** A folder that holds what a Secret holds. */
export interface MountedSecret {
  readonly folder: string;
  /** Follows the Secret no more, and removes the folder. */
  end(): Promise<void>;
}

/** How often the Secret is looked at, in ms; a kubelet takes up to a minute. */
const LOOK_EVERY_MS = 200;

/**
 * Mounts a Secret as a kubelet does: it waits for the first one; a change comes as a whole, by a link that is swapped, and a
 * Secret that is deleted stays mounted as it was (k8s pkg/volume/util/atomic_writer.go).
 */
export async function mountedSecret(plane: ControlPlane, path: string): Promise<MountedSecret> {
  const folder = await mkdtemp(join(tmpdir(), 'maint-mounted-'));
  let version = '';
  const look = async (): Promise<void> => {
    const { status, body } = await plane.api('GET', path);
    const now = textAt(body, 'metadata', 'resourceVersion') ?? '';
    if (status !== 200 || now === version) return;
    await swap(folder, now, fieldsAt(body, 'data'));
    version = now;
  };
  await until(`${path} can be mounted`, async () => {
    await look();
    return version !== '';
  });
  const ended = new AbortController();
  const followed = (async () => {
    while (!ended.signal.aborted) {
      await look().catch(() => undefined);
      await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    folder,
    end: async () => {
      ended.abort();
      await followed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function swap(folder: string, version: string, data: Readonly<Record<string, unknown>>): Promise<void> {
  const files = Object.entries(data);
  await mkdir(join(folder, `..${version}`));
  for (const [name, text] of files) {
    await writeFile(join(folder, `..${version}`, name), Buffer.from(typeof text === 'string' ? text : '', 'base64'));
  }
  await symlink(`..${version}`, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  for (const [name] of files) await symlink(join('..data', name), join(folder, name)).catch(() => undefined);
}
