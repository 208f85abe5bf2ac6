import type { VersionOperation } from './flags.ts';

/** The version of this plugin, under the name that kubectl gives to a client's. */
export function clientText(version: string, format: VersionOperation['format']): string {
  switch (format) {
    case 'json':
      return JSON.stringify({ clientVersion: { gitVersion: version } }, undefined, 2);
    case 'yaml':
      return `clientVersion:\n  gitVersion: ${version}`;
    case 'text':
      return `Client Version: ${version}`;
  }
}
