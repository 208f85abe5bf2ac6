import type { Tool } from './tool.ts';

/**
 * Trivy operator. Scan Jobs are labelled on Job and template; the node-collector's template carries only
 * `app: node-collector` (builder.go). Its report kinds are results and are left alone.
 */
export const trivyOperator: Tool = {
  id: 'trivy-operator',
  title: 'Trivy operator',
  source: 'https://github.com/aquasecurity/trivy-operator',
  patterns: [
    {
      work: 'scan',
      what: 'Trivy scan of a workload',
      role: 'leaf',
      match: {
        kinds: ['batch/Job', '/Pod'],
        labels: { 'app.kubernetes.io/managed-by': ['trivy-operator'], 'vulnerabilityReport.scanner': [] },
      },
      node: { in: 'pods' },
      afterDenial: 'retried',
    },
    {
      work: 'scan',
      what: 'Trivy node collector',
      role: 'leaf',
      match: { kinds: ['batch/Job', '/Pod'], labels: { 'node-info.collector': ['Trivy'] } },
      node: { in: 'pods' },
      afterDenial: 'retried',
    },
    {
      work: 'scan',
      what: 'Trivy node collector',
      role: 'leaf',
      match: { kinds: ['batch/Job', '/Pod'], images: ['node-collector'] },
      node: { in: 'pods' },
      afterDenial: 'retried',
    },
  ],
};
