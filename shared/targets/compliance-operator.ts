import { kindsOf, KUBERNETES } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, scanLeaf, scanRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const COMPLIANCE_OPERATOR = kindsOf('compliance.openshift.io', {
  ComplianceScan: 'compliancescans',
  ComplianceSuite: 'compliancesuites',
  ScanSettingBinding: 'scansettingbindings',
});

/**
 * Compliance operator. Scan pods are pinned to their node by hostname LABEL and tolerate everything (scan.go); the operator
 * tries a refused one again. A repeated scan is an annotation on the same ComplianceScan, and shows in its pods only.
 * ScanSetting, profiles and results are configuration and records.
 */
export const complianceOperator: Tool = {
  id: 'compliance-operator',
  title: 'OpenShift compliance operator',
  source: 'https://github.com/ComplianceAsCode/compliance-operator',
  known: 'manifests',
  patterns: [
    scanLeaf({
      what: 'OpenSCAP scan pod',
      match: {
        kinds: [KUBERNETES.Pod, KUBERNETES.Deployment, KUBERNETES.Job],
        labels: {
          'compliance.openshift.io/scan-name': [],
          workload: ['aggregator', 'resultserver', 'scanner', 'api-checks'],
        },
      },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'OpenSCAP scan pod',
      match: { kinds: [KUBERNETES.Pod], owners: [COMPLIANCE_OPERATOR.ComplianceScan] },
      afterDenial: 'retried',
    }),
    scanLeaf({
      what: 'repeated compliance scan',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { workload: ['suitererunner'] } },
      afterDenial: 'lost',
    }),
    scanRoot({
      what: 'compliance scan',
      match: {
        kinds: [
          COMPLIANCE_OPERATOR.ComplianceScan,
          COMPLIANCE_OPERATOR.ComplianceSuite,
          COMPLIANCE_OPERATOR.ScanSettingBinding,
        ],
      },
      afterDenial: 'failed',
    }),
  ],
};
