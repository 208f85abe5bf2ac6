import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * OADP. Requests of non-administrators lead to Velero's own, whose leaves are decided (config/samples).
 */
export const oadp: Tool = {
  id: 'oadp',
  title: 'OpenShift API for Data Protection',
  source: 'https://github.com/openshift/oadp-operator',
  patterns: [
    backupRoot({
      what: 'OADP backup or restore request',
      match: {
        kinds: [
          'oadp.openshift.io/DataProtectionTest',
          'oadp.openshift.io/NonAdminBackup',
          'oadp.openshift.io/NonAdminRestore',
        ],
      },
      afterDenial: 'failed',
    }),
  ],
};
