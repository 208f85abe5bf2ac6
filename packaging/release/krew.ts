import { stringify } from 'yaml';
import type { Published } from '../published.ts';
import { archiveName, programName, type Platform } from './platforms.ts';

/** An archive, as the manifest needs it. */
export interface Download {
  readonly platform: Platform;
  readonly name: string;
  readonly sha256: string;
}

/** What the manifest says of the plugin. */
export interface PluginFacts {
  readonly version: string;
  /** A web page, where package.json names one. */
  readonly homepage?: string | undefined;
}

/** The manifest for krew (`maint.yaml`): where archives are, and what they must be. They lie beside each other at the URL. */
export function krewManifest(plugin: PluginFacts, downloads: readonly Download[], baseUrl: URL): string {
  return manifest({ ...plugin, version: `v${plugin.version}` }, downloads, baseUrl.href.replace(/\/+$/, ''));
}

function manifest(plugin: PluginFacts, downloads: readonly Download[], base: string): string {
  return stringify(
    {
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'maint' },
      spec: {
        version: plugin.version,
        ...(plugin.homepage === undefined ? {} : { homepage: plugin.homepage }),
        shortDescription: SHORT_DESCRIPTION,
        description: DESCRIPTION,
        caveats: caveats(plugin.version),
        platforms: downloads.map(({ platform, name, sha256 }) => ({
          selector: { matchLabels: { os: platform.os, arch: platform.arch } },
          uri: `${base}/${name}`,
          sha256,
          bin: programName(platform),
        })),
      },
    },
    { lineWidth: 0 },
  );
}

/** What stands for an archive until its address and its hash are known. */
const UNKNOWN = /uri: unknown\/(.*)\n +sha256: unknown/g;

/**
 * The same as the template that the bot of krew-index fills in after a release (`.krew.yaml`; github.com/rajatjindal/krew-release-bot):
 * archives are beside the release, under its tag.
 */
export function krewTemplate(
  { homepage, repository }: Pick<Published, 'homepage' | 'repository'>,
  platforms: readonly Platform[],
): string {
  const downloads = platforms.map((platform) => ({ platform, name: archiveName(platform), sha256: 'unknown' }));
  const text = manifest({ version: '{{ .TagName }}', homepage }, downloads, 'unknown');
  const address = `${repository}/releases/download/{{ .TagName }}`;
  return text.replaceAll(UNKNOWN, (_, name: string) => `{{addURIAndSha "${address}/${name}" .TagName }}`);
}

/** What it does, in fewer than the 80 characters that Homebrew takes, too. */
export const SHORT_DESCRIPTION = 'Take nodes into maintenance, safely, and bring them back';

const DESCRIPTION = `Marks a node, cordons it and drains it by evictions that respect every disruption
budget. Meanwhile an admission webhook keeps backups, scans and add-on changes off
it, which a cordon does not. The node comes back when it is healthy.
`;

function caveats(version: string): string {
  return `The plugin works alone. Backups, scans and add-on changes are kept off nodes in
maintenance where the webhook is installed, too: it comes as a Helm chart.

To complete names and flags, let kubectl find kubectl_complete-maint, which krew leaves
in its store:
  cp ~/.krew/store/maint/${version}/kubectl_complete-maint ~/.krew/bin/
`;
}
