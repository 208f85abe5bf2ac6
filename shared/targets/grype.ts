import { KUBERNETES } from '../kinds.ts';
import { NO_SCAN_NAMES, SCAN_NAMES, scanLeaf } from './patterns.ts';
import type { Matcher } from './matcher.ts';
import type { Tool } from './tool.ts';

/** What it looks at may be anywhere: that it is a scan of what runs here is said by the name, too. */
const NAMED: Matcher = {
  kinds: [KUBERNETES.CronJob, KUBERNETES.Job],
  nameWords: [...SCAN_NAMES, 'grype'],
  unlessWords: NO_SCAN_NAMES,
  without: ['--version', 'completion', 'config', 'db', 'explain', 'help', 'version'],
};

/**
 * Grype, one half of Palette's SBOM scan. In a Job or CronJob that is called so it is a scan; a pod of a pipeline that looks
 * at one image before it is published is none of this cluster. sbom-operator runs by its own clock, as a service, and is not
 * seen.
 */
export const grype: Tool = {
  id: 'grype',
  title: 'Grype',
  source: 'https://github.com/anchore/grype',
  patterns: [
    scanLeaf({ what: 'Grype scan', match: { ...NAMED, entrypoints: ['grype'] }, afterDenial: 'failed' }),
    scanLeaf({ what: 'Grype scan', match: { ...NAMED, commands: ['grype'] }, afterDenial: 'failed' }),
  ],
};
