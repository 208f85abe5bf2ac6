import type { Installation } from '../../../policy/installation.ts';
import { installedVersions, ONE_RELEASE, skewOf, versionsText } from '../../../policy/versions.ts';
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

/** A digest stays among the values when the chart is upgraded. */
const SAME_DIGEST =
  'look that image.digest is that of the release of the chart (digests.txt), or name the image by its tag';

/** Judges labels and images of the pods. Pure. */
export function judgeVersions({ plugin, installation }: VersionsReading): readonly Diagnosis[] {
  if (installation.by === 'nowhere') return [skipped('no webhook is registered (check webhook)')];
  const found = installedVersions(installation);
  if (found === undefined || found.webhook?.length === 0)
    return [unknown('the webhook does not run as the chart installs it', ONE_RELEASE)];
  const skew = skewOf(plugin, found);
  if (skew !== undefined) return [warn(skew, ONE_RELEASE)];
  const { webhook, controller, chart } = found;
  if (webhook === undefined || controller === undefined)
    return [unknown('an image is named by a digest alone, which tells no version', SAME_DIGEST)];
  const parts = Object.entries({ webhook, controller, chart }).filter(([, versions]) => versions.length > 0);
  return [ok(`${parts.map(([part]) => part).join(', ')} and this plugin are ${versionsText([plugin])}`)];
}
