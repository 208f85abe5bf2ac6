import { CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Image Scanner. Jobs run Trivy in the scanned image itself, labelled with their manager (internal/controller/stas). A
 * ContainerImageScan is made for every workload and holds the results.
 */
export const imageScanner: Tool = {
  id: 'image-scanner',
  title: 'Image Scanner of Statnett',
  source: 'https://github.com/statnett/image-scanner-operator',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'image scan of a workload',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: { 'app.kubernetes.io/managed-by': ['image-scanner'], 'controller.statnett.no/uid': [] },
      },
      afterDenial: 'retried',
    }),
  ],
};
