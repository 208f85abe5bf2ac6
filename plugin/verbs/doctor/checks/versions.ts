import type { Installation } from '../../../policy/installation.ts';
import {
  installedVersions,
  ONE_RELEASE,
  skewOf,
  versionsText,
  type InstalledVersions,
} from '../../../policy/versions.ts';
import { checkOf } from '../check.ts';
import { ok, skipped, unknown, warn, type Diagnosis } from '../diagnosis.ts';

/** Version of this plugin, and where the webhook runs. */
export interface VersionsReading {
  readonly plugin: string;
  readonly installation: Installation;
}

export const versions = checkOf({
  id: 'versions',
  asks: 'Whether webhook, controller, chart and this plugin are of the same version',
  warns: 'they differ, or the version of the webhook is not known',
  fails: '',
  read: async (readings): Promise<VersionsReading> => ({
    plugin: readings.pluginVersion,
    installation: await readings.installation(),
  }),
  judge: judgeVersions,
});

/** Judges labels and images of the pods. Pure. */
export function judgeVersions({ plugin, installation }: VersionsReading): readonly Diagnosis[] {
  if (installation.by === 'nowhere') return [skipped('no webhook is registered (check webhook)')];
  const found = installedVersions(installation);
  if (found === undefined || found.webhook?.length === 0)
    return [unknown('the webhook does not run as the chart installs it', ONE_RELEASE)];
  const skew = skewOf(plugin, found);
  if (skew !== undefined) return [warn(skew, ONE_RELEASE)];
  const { told, untold } = partsOf(found);
  const rest =
    untold.length === 0 ? '' : `; the image of ${untold.join(' and ')} is named by a digest, which tells none`;
  return [ok(`${told.join(', ')} and this plugin are ${versionsText([plugin])}${rest}`)];
}

/** What is installed, by whether it tells its version; what does not run is neither. */
function partsOf(found: InstalledVersions): { readonly told: readonly string[]; readonly untold: readonly string[] } {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = Object.entries(found);
  return {
    told: parts.filter(([, versions]) => versions !== undefined && versions.length > 0).map(([part]) => part),
    untold: parts.filter(([, versions]) => versions === undefined).map(([part]) => part),
  };
}
