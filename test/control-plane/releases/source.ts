import type { Environment } from '../../../packaging/cache-folder.ts';
import { ControlPlaneError } from '../errors.ts';
import type { Asset } from './assets.ts';

/** The environment variable that says where official releases come from; `--offline` of a command sets it to `off`. */
export const DOWNLOADS = 'MAINT_DOWNLOADS';

/** Where a file of a host is. */
export type Source = (file: Pick<Asset, 'host' | 'path'>) => URL;

/**
 * `MAINT_DOWNLOADS`: unset, the official hosts; `off`, undefined, for nothing is to be downloaded; the address of a mirror,
 * which has the files of each host below the host's name (`ADDRESS/dl.k8s.io/release/…`). Throws ControlPlaneError for
 * anything else.
 */
export function readSource(env: Environment): Source | undefined {
  const value = env[DOWNLOADS] ?? '';
  if (value === 'off') return undefined;
  if (value === '') return ({ host, path }) => new URL(`https://${host}${path}`);
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
    throw new ControlPlaneError(
      `${DOWNLOADS} is "${value}": say "off" to download no releases, or the address of a mirror (https://…), or unset it`,
    );
  }
  const mirror = value.replace(/\/+$/, '');
  return ({ host, path }) => new URL(`${mirror}/${host}${path}`);
}
