import { stringify } from 'yaml';
import { programName, type Platform } from './platforms.ts';

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
  const base = baseUrl.href.replace(/\/+$/, '');
  return stringify(
    {
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'maint' },
      spec: {
        version: `v${plugin.version}`,
        ...(plugin.homepage === undefined ? {} : { homepage: plugin.homepage }),
        shortDescription: 'Take nodes into maintenance, safely, and bring them back',
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

const DESCRIPTION = `Marks a node, cordons it and drains it by evictions that respect every disruption
budget. Meanwhile an admission webhook keeps backups, scans and add-on changes off
it, which a cordon does not. The node comes back when it is healthy.
`;

function caveats(version: string): string {
  return `The plugin works alone. Backups, scans and add-on changes are kept off nodes in
maintenance where the webhook is installed, too: it comes as a Helm chart.

To complete names and flags, let kubectl find kubectl_complete-maint, which krew leaves
in its store:
  cp ~/.krew/store/maint/v${version}/kubectl_complete-maint ~/.krew/bin/
`;
}
