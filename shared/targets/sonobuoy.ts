import { KUBERNETES } from '../kinds.ts';
import { scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Sonobuoy. Aggregator, bare plugin pods and plugin DaemonSets carry `sonobuoy-run` or `sonobuoy-component`
 * (pkg/plugin/driver); DaemonSet plugins tolerate everything, and are a scan although they are DaemonSets.
 */
export const sonobuoy: Tool = {
  id: 'sonobuoy',
  title: 'Sonobuoy',
  source: 'https://sonobuoy.io',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'Sonobuoy run',
      match: {
        kinds: [KUBERNETES.Pod, KUBERNETES.DaemonSet, KUBERNETES.Job],
        labels: { 'sonobuoy-component': ['aggregator', 'plugin'] },
      },
      afterDenial: 'failed',
    }),
    scanLeaf({
      what: 'Sonobuoy run',
      match: { kinds: [KUBERNETES.Pod, KUBERNETES.DaemonSet, KUBERNETES.Job], labels: { 'sonobuoy-run': [] } },
      afterDenial: 'failed',
    }),
  ],
};
