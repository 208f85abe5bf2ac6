import { kindsOf } from '../kinds.ts';
import { backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const K8SSANDRA = kindsOf('medusa.k8ssandra.io', {
  MedusaBackupJob: 'medusabackupjobs',
  MedusaBackupSchedule: 'medusabackupschedules',
  MedusaRestoreJob: 'medusarestorejobs',
});

/**
 * K8ssandra. Medusa runs beside Cassandra in every pod of the datacenter and is called over the network, so a request
 * names no node, and no pod is made for it.
 */
export const k8ssandra: Tool = {
  id: 'k8ssandra',
  title: 'K8ssandra Medusa',
  source: 'https://k8ssandra.io',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'Medusa backup or restore request',
      match: { kinds: [K8SSANDRA.MedusaBackupJob, K8SSANDRA.MedusaRestoreJob] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'Medusa schedule', match: { kinds: [K8SSANDRA.MedusaBackupSchedule] } }),
  ],
};
