import { JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Starboard. Its scan Jobs have the scanned resource in their labels, those for nodes have a `nodeName`
 * (kubebench/scanner.go); a refused one is tried again. Its reports are results.
 */
export const starboard: Tool = {
  id: 'starboard',
  title: 'Starboard',
  source: 'https://github.com/aquasecurity/starboard',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'Starboard scan',
      match: { kinds: JOB_AND_POD, labels: { 'starboard.resource.kind': [] } },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'Starboard benchmark of a node',
      match: { kinds: JOB_AND_POD, names: ['scan-cisbenchmark-'], images: ['kube-bench'] },
      afterDenial: 'retried',
    }),
  ],
};
