import { CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Fairwinds Insights agent. There is a CronJob for each report; an uploader beside the tool says which report it is
 * (charts/stable/insights-agent). Reports about costs, versions and workloads are no scans.
 */
export const fairwindsInsights: Tool = {
  id: 'fairwinds-insights',
  title: 'Fairwinds Insights',
  source: 'https://insights.docs.fairwinds.com',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'Fairwinds Insights scan',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        images: ['insights-uploader'],
        arguments: ['kube-bench', 'kube-hunter', 'kubesec', 'opa', 'polaris', 'rbac-reporter', 'trivy'],
      },
      afterDenial: 'failed',
    }),
  ],
};
