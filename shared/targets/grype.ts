import { namedScan, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/** Arguments with which it scans nothing. */
const NO_SCAN = ['--version', 'completion', 'config', 'db', 'explain', 'help', 'version'];

/**
 * Grype, one half of Palette's SBOM scan. It is a scan in a Job or CronJob that is called one; a pod of a pipeline that
 * looks at one image before it is published scans nothing of this cluster. sbom-operator is a service with a clock of its
 * own, and no run of it reaches admission.
 */
export const grype: Tool = {
  id: 'grype',
  title: 'Grype',
  source: 'https://github.com/anchore/grype',
  known: 'code',
  patterns: namedScan('grype', NO_SCAN).map((match) => scanLeaf({ what: 'Grype scan', match, afterDenial: 'failed' })),
};
