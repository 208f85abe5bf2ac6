import type { Published } from '../published.ts';
import { releaseNotes } from './notes.ts';

/** What a release is made of. */
export interface Readiness {
  /** The tag that is released. */
  readonly tag: string;
  readonly published: Published;
  readonly changelog: string;
}

/** Why these cannot be released, each as a line that says what to do; empty: they can. */
export function whyNotReady({ tag, published, changelog }: Readiness): readonly string[] {
  const { version, isPlaceholder, registry } = published;
  const problems: string[] = [];
  if (tag !== `v${version}`)
    problems.push(`the tag is ${tag}, and package.json has version ${version}: tag v${version}, or change the version`);
  if (isPlaceholder)
    problems.push(`package.json has config.oci in ${registry}, which is nobody's: name your registry, and npm run fix`);
  try {
    releaseNotes(changelog, version);
  } catch (thrown) {
    problems.push(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return problems;
}
