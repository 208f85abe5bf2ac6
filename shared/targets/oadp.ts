import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const OADP = kindsOf('oadp.openshift.io', {
  DataProtectionTest: 'dataprotectiontests',
  NonAdminBackup: 'nonadminbackups',
  NonAdminRestore: 'nonadminrestores',
});

/**
 * OADP. Requests of non-administrators lead to Velero's own, whose leaves are decided (config/samples).
 */
export const oadp: Tool = {
  id: 'oadp',
  title: 'OpenShift API for Data Protection',
  source: 'https://github.com/openshift/oadp-operator',
  known: 'manifests',
  patterns: [
    backupRoot({
      what: 'OADP backup or restore request',
      match: {
        kinds: [OADP.DataProtectionTest, OADP.NonAdminBackup, OADP.NonAdminRestore],
      },
      afterDenial: 'failed',
    }),
  ],
};
