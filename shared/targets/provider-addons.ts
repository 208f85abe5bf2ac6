import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Add-ons of managed clusters, which agents outside of the cluster apply: those of AKS are known by its label (AKS
 * CHANGELOG), those of EKS and GKE from general knowledge.
 */
export const providerAddons: Tool = {
  id: 'provider-addons',
  title: 'Add-ons of AKS, EKS and GKE',
  source: 'https://learn.microsoft.com/azure/aks/integrations',
  known: 'documentation',
  patterns: [],
  delivers: [
    { kinds: WORKLOADS, labels: { 'kubernetes.azure.com/managedby': ['aks'] } },
    { kinds: WORKLOADS, labels: { 'eks.amazonaws.com/component': [] } },
    { kinds: WORKLOADS, annotations: { 'components.gke.io/component-name': [] } },
    { kinds: WORKLOADS, labels: { 'components.gke.io/component-name': [] } },
  ],
};
