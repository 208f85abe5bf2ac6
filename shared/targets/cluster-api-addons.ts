import { kindsOf } from '../kinds.ts';
import type { Tool } from './tool.ts';

const CLUSTER_API_ADDONS = kindsOf('addons.cluster.x-k8s.io', {
  ClusterResourceSet: 'clusterresourcesets',
  ClusterResourceSetBinding: 'clusterresourcesetbindings',
  HelmChartProxy: 'helmchartproxies',
  HelmReleaseProxy: 'helmreleaseproxies',
});

/**
 * Cluster API. Resource sets and Helm proxies live in the management cluster and leave no mark of their own on what they
 * apply (cluster-api exp/addons; the add-on provider's workloads are Helm's).
 */
export const clusterApiAddons: Tool = {
  id: 'cluster-api-addons',
  title: 'Cluster API add-ons',
  source: 'https://cluster-api.sigs.k8s.io',
  known: 'manifests',
  patterns: [],
  delivers: [
    {
      kinds: [
        CLUSTER_API_ADDONS.ClusterResourceSet,
        CLUSTER_API_ADDONS.ClusterResourceSetBinding,
        CLUSTER_API_ADDONS.HelmChartProxy,
        CLUSTER_API_ADDONS.HelmReleaseProxy,
      ],
    },
  ],
};
