import { scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Grype, one half of Palette's SBOM scan. In a Job or CronJob it is a scan; a pod of a pipeline that looks at one image before
 * it is published is none of this cluster. sbom-operator runs by its own clock, as a service, and is not seen.
 */
export const grype: Tool = {
  id: 'grype',
  title: 'Grype',
  source: 'https://github.com/anchore/grype',
  patterns: [
    scanLeaf({
      what: 'Grype scan',
      match: { kinds: ['batch/CronJob', 'batch/Job'], images: ['grype'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Grype scan',
      match: { kinds: ['batch/CronJob', 'batch/Job'], commands: ['grype'] },
      afterDenial: 'failed',
    }),
  ],
};
