import type { Tool } from './tool.ts';

/**
 * Sonobuoy. Aggregator, bare plugin pods and plugin DaemonSets carry `sonobuoy-run` or `sonobuoy-component`
 * (pkg/plugin/driver); DaemonSet plugins tolerate everything.
 */
export const sonobuoy: Tool = {
  id: 'sonobuoy',
  title: 'Sonobuoy',
  source: 'https://sonobuoy.io',
  patterns: [
    {
      work: 'scan',
      what: 'Sonobuoy run',
      role: 'leaf',
      match: {
        kinds: ['/Pod', 'apps/DaemonSet', 'batch/Job'],
        labels: { 'sonobuoy-component': ['aggregator', 'plugin'] },
      },
      node: { in: 'pods' },
      afterDenial: 'failed',
    },
    {
      work: 'scan',
      what: 'Sonobuoy run',
      role: 'leaf',
      match: { kinds: ['/Pod', 'apps/DaemonSet', 'batch/Job'], labels: { 'sonobuoy-run': [] } },
      node: { in: 'pods' },
      afterDenial: 'failed',
    },
  ],
};
