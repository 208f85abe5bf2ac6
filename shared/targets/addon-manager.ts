import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * addon-manager. It applies static manifests again and again, and knows them by a label (its README).
 */
export const addonManager: Tool = {
  id: 'addon-manager',
  title: 'Kubernetes addon-manager',
  source: 'https://github.com/kubernetes/kubernetes/tree/master/cluster/addons/addon-manager',
  known: 'manifests',
  patterns: [],
  delivers: [
    { kinds: WORKLOADS, labels: { 'addonmanager.kubernetes.io/mode': ['EnsureExists', 'Reconcile'] } },
    { kinds: WORKLOADS, labels: { 'kubernetes.io/cluster-service': ['true'] } },
  ],
};
