import type { Tool } from './tool.ts';

/**
 * Cluster API. Resource sets and Helm proxies live in the management cluster and leave no mark of their own on what they
 * apply (cluster-api exp/addons; the add-on provider's workloads are Helm's).
 */
export const clusterApiAddons: Tool = {
  id: 'cluster-api-addons',
  title: 'Cluster API add-ons',
  source: 'https://cluster-api.sigs.k8s.io',
  patterns: [],
  delivers: [
    {
      kinds: [
        'addons.cluster.x-k8s.io/ClusterResourceSet',
        'addons.cluster.x-k8s.io/ClusterResourceSetBinding',
        'addons.cluster.x-k8s.io/HelmChartProxy',
        'addons.cluster.x-k8s.io/HelmReleaseProxy',
      ],
    },
  ],
};
