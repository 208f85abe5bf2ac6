/**
 * What CHANGELOG.md says of a version: the text below its heading, `## VERSION (…)`. Throws where there is none, and where the
 * heading says that it is not released.
 */
export function releaseNotes(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`${version} `) || text.startsWith(`${version}\n`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  const [heading = '', ...lines] = section.split('\n');
  if (heading.includes('(unreleased)'))
    throw new Error(`CHANGELOG.md: "## ${heading}" is to have its date: ## ${version} (YYYY-MM-DD)`);
  return `${lines.join('\n').trim()}\n`;
}
