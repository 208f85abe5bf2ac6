import { scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Syft, one half of Palette's SBOM scan. In a Job or CronJob it is a scan; a pod of a pipeline that looks at one image before
 * it is published is none of this cluster. sbom-operator runs by its own clock, as a service, and is not seen.
 */
export const syft: Tool = {
  id: 'syft',
  title: 'Syft',
  source: 'https://github.com/anchore/syft',
  patterns: [
    scanLeaf({
      what: 'Syft scan',
      match: { kinds: ['batch/CronJob', 'batch/Job'], images: ['syft'] },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Syft scan',
      match: { kinds: ['batch/CronJob', 'batch/Job'], commands: ['syft'] },
      afterDenial: 'failed',
    }),
  ],
};
