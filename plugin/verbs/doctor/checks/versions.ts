import { clean, listAt, textAt } from '../../../../shared/index.ts';
import { checkOf } from '../check.ts';
import { ok, unknown, warn, type Diagnosis } from '../diagnosis.ts';
import type { Installation } from '../readings.ts';

/** Version of this plugin, and where the webhook runs. */
export interface VersionsReading {
  readonly plugin: string;
  readonly installation: Installation;
}

export const versions = checkOf({
  id: 'versions',
  asks: 'Whether webhook, chart and this plugin are of the same version',
  warns: 'they differ, or the version of the webhook is not known',
  fails: '',
  read: async (readings): Promise<VersionsReading> => ({
    plugin: readings.pluginVersion,
    installation: await readings.installation(),
  }),
  judge: judgeVersions,
});

const SAME = 'install the plugin and the chart of the same release: what one predicts the other then enforces';

/** Judges labels and image of the Deployment. Pure. */
export function judgeVersions({ plugin, installation }: VersionsReading): readonly Diagnosis[] {
  const deployment = installation.by === 'service' ? installation.deployment : undefined;
  const told = [...versionsOf(deployment)];
  if (told.length === 0) return [unknown('the webhook does not run as the chart installs it', SAME)];
  const others = told.filter(([, version]) => version !== plugin);
  if (others.length === 0) return [ok(`webhook, chart and this plugin are ${clean(plugin, 60)}`)];
  const list = others.map(([what, version]) => `${what} ${clean(version, 60)}`).join(', ');
  return [warn(`this plugin is ${clean(plugin, 60)}, and in the cluster: ${list}`, SAME)];
}

/** What tells a version, by what it is called. An image with a digest alone tells none. */
function versionsOf(deployment: unknown): ReadonlyMap<string, string> {
  const label = (key: string): string | undefined => textAt(deployment, 'metadata', 'labels', key);
  const image = listAt(deployment, 'spec', 'template', 'spec', 'containers')
    .map((container) => textAt(container, 'image') ?? '')
    .map((name) => /^[^@]*:([\w.-]+)(?:@.*)?$/.exec(name)?.[1])
    .find((tag) => tag !== undefined);
  const found: readonly (readonly [string, string | undefined])[] = [
    ['the webhook is', label('app.kubernetes.io/version')],
    ['its image', image],
    ['the chart', label('helm.sh/chart')?.replace(/^kubectl-maint-/, '')],
  ];
  return new Map(found.flatMap(([what, version]) => (version === undefined ? [] : [[what, version] as const])));
}
