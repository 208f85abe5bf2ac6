import { ClusterRefusal, listAt, textAt, type ClusterReader } from '../../shared/index.ts';

/** What the API server serves, as `group/version`, but for the core group; undefined where the caller may not ask. */
export type ServedVersions = ReadonlySet<string> | undefined;

/** Reads it in one call, which by default everybody may make (system:discovery). */
export async function readServedVersions(reader: ClusterReader): Promise<ServedVersions> {
  try {
    const groups = listAt(await reader.get('/apis'), 'groups');
    return new Set(
      groups.flatMap((group) => listAt(group, 'versions').flatMap((one) => textAt(one, 'groupVersion') ?? [])),
    );
  } catch (thrown) {
    if (thrown instanceof ClusterRefusal) return undefined;
    throw thrown;
  }
}
