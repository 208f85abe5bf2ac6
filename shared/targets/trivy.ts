import { scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Trivy's command line. `trivy k8s` makes node-collector Jobs (trivy-kubernetes collector.go). As a program it is a scan
 * in a Job or CronJob; a pod of a pipeline that looks at one image before it is published is none of this cluster, and a
 * Trivy server is a service.
 */
export const trivy: Tool = {
  id: 'trivy',
  title: 'Trivy',
  source: 'https://github.com/aquasecurity/trivy',
  patterns: [
    scanLeaf({
      what: 'Trivy node collector',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { 'trivy.collector.name': [] } },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Trivy scan',
      match: {
        kinds: ['batch/CronJob', 'batch/Job'],
        commands: ['trivy'],
        arguments: ['filesystem', 'fs', 'image', 'k8s', 'kubernetes', 'rootfs', 'sbom'],
      },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Trivy scan',
      match: {
        kinds: ['batch/CronJob', 'batch/Job'],
        images: ['trivy'],
        arguments: ['filesystem', 'fs', 'image', 'k8s', 'kubernetes', 'rootfs', 'sbom'],
      },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Trivy scan of the cluster',
      match: { kinds: ['/Pod'], images: ['trivy'], arguments: ['k8s', 'kubernetes'] },
      afterDenial: 'failed',
    }),
  ],
};
