import { clean, listAt, textAt } from '../../shared/index.ts';
import type { Installation } from './installation.ts';

/**
 * The versions that pods of the chart are of: none where no pod runs, several while a rollout goes on; of a program
 * undefined where its image tells none, as one by a digest alone: the digest stays when the chart is upgraded.
 */
export interface InstalledVersions {
  readonly webhook: readonly string[] | undefined;
  readonly controller: readonly string[] | undefined;
  readonly chart: readonly string[];
}

/** What helps against skew. */
export const ONE_RELEASE =
  'install the plugin and the chart of the same release: what one predicts the other then enforces';

/** The versions of what runs, undefined where it is not seen from the cluster. Pure. */
export function installedVersions(installation: Installation): InstalledVersions | undefined {
  switch (installation.by) {
    case 'nowhere':
      return { webhook: [], controller: [], chart: [] };
    case 'url':
      return undefined;
    case 'service': {
      const pods = installation.pods.filter(isThere);
      const controllers = installation.controllers.filter(isThere);
      return {
        webhook: programVersions(pods, 'webhook'),
        controller: programVersions(controllers, 'controller'),
        chart: distinct([...pods, ...controllers].map(chartOf)),
      };
    }
  }
}

/** How the plugin differs from what runs in the cluster, as a sentence; undefined where it does not. Pure. */
export function skewOf(plugin: string, versions: InstalledVersions): string | undefined {
  const { webhook = [], controller = [], chart } = versions;
  const others = Object.entries({ webhook, controller, chart }).filter(([, found]) =>
    found.some((version) => version !== plugin),
  );
  if (others.length === 0) return undefined;
  const list = others.map(([part, found]) => `${part} ${versionsText(found)}`);
  return `this plugin is ${versionsText([plugin])}, and in the cluster: ${list.join(', ')}`;
}

/** Longest version in a line, in characters: tags of images may have 128. */
const MAX_VERSION = 60;

/** Versions in a line. */
export function versionsText(versions: readonly string[]): string {
  return versions.map((version) => clean(version, MAX_VERSION)).join(' and ');
}

/** Not one that is leaving, or that came to its end and was not cleared away. */
function isThere(pod: unknown): boolean {
  const isOver = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');
  return !isOver && textAt(pod, 'metadata', 'deletionTimestamp') === undefined;
}

function programVersions(pods: readonly unknown[], container: string): readonly string[] | undefined {
  const found = distinct(pods.map((pod) => versionOf(pod, container)));
  return pods.length > 0 && found.length === 0 ? undefined : found;
}

/** The tag of its own container's image, as others may put theirs beside it; some mirrors begin it with a v. */
function versionOf(pod: unknown, container: string): string | undefined {
  const own = listAt(pod, 'spec', 'containers').find((one) => textAt(one, 'name') === container);
  const tag = /^[^@]*:([\w.-]+)(?:@.*)?$/.exec(textAt(own, 'image') ?? '')?.[1];
  return tag?.replace(/^v(?=\d)/, '');
}

function chartOf(pod: unknown): string | undefined {
  return textAt(pod, 'metadata', 'labels', 'helm.sh/chart')?.replace(/^kubectl-maint-/, '');
}

function distinct(found: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(found.filter((version) => version !== undefined))].sort();
}
