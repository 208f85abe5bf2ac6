import { kindsOf } from '../kinds.ts';
import { WORKLOADS } from './patterns.ts';
import type { Tool } from './tool.ts';

const HELM = kindsOf('helm.cattle.io', { HelmChart: 'helmcharts', HelmChartConfig: 'helmchartconfigs' });
const K3S = kindsOf('k3s.cattle.io', { Addon: 'addons' });

/**
 * K3s and RKE2. The helm-controller installs a HelmChart by a Job with the chart's label (chart.go). The Job applies
 * manifests and runs nothing of the add-on, so no rule is about it.
 */
export const k3sHelm: Tool = {
  id: 'k3s-helm',
  title: 'K3s and RKE2 add-ons',
  source: 'https://github.com/k3s-io/helm-controller',
  known: 'manifests',
  patterns: [],
  delivers: [
    { kinds: [HELM.HelmChart, HELM.HelmChartConfig, K3S.Addon] },
    { kinds: WORKLOADS, labels: { 'helmcharts.helm.cattle.io/chart': [] } },
    { kinds: WORKLOADS, annotations: { 'objectset.rio.cattle.io/owner-gvk': ['k3s.cattle.io/v1, Kind=Addon'] } },
  ],
};
