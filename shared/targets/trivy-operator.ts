import { KUBERNETES } from '../kinds.ts';
import { JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Trivy operator. Scan Jobs are labelled on Job and template (workload.go); one in file-system mode runs the scanned
 * image and may have its name and program alone. The node-collector's template carries only `app: node-collector`
 * (builder.go). The Secret with a registry's credentials is made before the Job, and where it is left behind the workload
 * is not scanned again: so the Secret is refused first, known by its name and writer, and everything is tried again.
 * Report kinds are results and are left alone.
 */
export const trivyOperator: Tool = {
  id: 'trivy-operator',
  title: 'Trivy operator',
  source: 'https://github.com/aquasecurity/trivy-operator',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'Trivy scan of a workload',
      match: {
        kinds: JOB_AND_POD,
        labels: { 'app.kubernetes.io/managed-by': ['trivy-operator'], 'vulnerabilityReport.scanner': [] },
      },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'Trivy scan of a workload',
      match: { kinds: JOB_AND_POD, names: ['scan-vulnerabilityreport-'], commands: ['trivy'] },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'registry credentials for a Trivy scan',
      match: {
        kinds: [KUBERNETES.Secret],
        names: ['scan-vulnerabilityreport-'],
        nameWords: ['regcred'],
        writers: ['trivy-operator'],
      },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'Trivy node collector',
      match: { kinds: JOB_AND_POD, labels: { 'node-info.collector': ['Trivy'] } },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'Trivy node collector',
      match: { kinds: JOB_AND_POD, images: ['node-collector'] },
      afterDenial: 'retried',
    }),
  ],
};
