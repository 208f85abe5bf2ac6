import type { Published } from '../published.ts';
import { releaseNotes } from './notes.ts';

/** What a release is made of. */
export interface Readiness {
  /** The tag that is released. */
  readonly tag: string;
  readonly published: Published;
  readonly changelog: string;
  /** The repository in which that is done, as an address; undefined where it is none. */
  readonly runsIn: string | undefined;
}

/** The one registry for which the workflow has an account. */
const REGISTRY = 'ghcr.io';

/** Why these cannot be released, each as a line that says what to do; empty: they can. */
export function whyNotReady({ tag, published, changelog, runsIn }: Readiness): readonly string[] {
  const { version, isPlaceholder, registry, homepage, repository } = published;
  const problems: string[] = [];
  if (tag !== `v${version}`)
    problems.push(`the tag is ${tag}, and package.json has version ${version}: tag v${version}, or change the version`);
  if (version.includes('-'))
    problems.push(`${version} is a pre-release, which would be published as the latest: only X.Y.Z is released`);
  if (isPlaceholder)
    problems.push(
      `package.json has config.oci in ${registry}, homepage ${homepage} and repository ${repository}, of which one is nobody's: name yours, and npm run fix`,
    );
  else if (registry !== REGISTRY)
    problems.push(`package.json has config.oci in ${registry}: the workflow has an account for ${REGISTRY} alone`);
  if (runsIn !== undefined && repository !== runsIn)
    problems.push(
      `package.json has repository ${repository}, and this is ${runsIn}: npm takes provenance of that alone`,
    );
  try {
    releaseNotes(changelog, version);
  } catch (thrown) {
    problems.push(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return problems;
}
