import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, scanLeaf, scanRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const CIS = kindsOf('cis.cattle.io', { ClusterScan: 'clusterscans' });
const COMPLIANCE = kindsOf('compliance.cattle.io', { ClusterScan: 'clusterscans' });

/**
 * Rancher compliance operator and the older CIS operator. A ClusterScan makes the Job `security-scan-runner-*` (job.go),
 * which makes Sonobuoy's DaemonSet. Scheduled scans use one object again and again, so the Job counts.
 */
export const rancherCompliance: Tool = {
  id: 'rancher-compliance',
  title: 'Rancher compliance and CIS scans',
  source: 'https://github.com/rancher/compliance-operator',
  known: 'manifests',
  patterns: [
    ...['compliance.cattle.io/scan', 'cis.cattle.io/scan'].map((label) =>
      scanLeaf({
        what: 'Rancher compliance scan',
        match: { kinds: JOB_AND_POD, labels: { [label]: [] } },
        afterDenial: 'retried',
      }),
    ),
    scanLeaf({
      what: 'Rancher compliance scan',
      match: { kinds: JOB_AND_POD, images: ['security-scan'], names: ['security-scan-runner-'] },
      afterDenial: 'retried',
    }),
    scanRoot({
      what: 'Rancher compliance scan',
      match: { kinds: [CIS.ClusterScan, COMPLIANCE.ClusterScan] },
      afterDenial: 'failed',
    }),
  ],
};
