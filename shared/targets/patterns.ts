import { KUBERNETES, type Kind } from '../kinds.ts';
import type { Matcher } from './matcher.ts';
import type { AfterDenial, Inside, NodeSource, WorkPattern } from './tool.ts';

/** What differs between the patterns of tools. */
interface Parts {
  readonly what: string;
  readonly match: Matcher;
  readonly afterDenial: AfterDenial;
  /** Its pods' placement unless said otherwise. */
  readonly node?: NodeSource;
  readonly inside?: Inside;
}

const IN_PODS: NodeSource = { in: 'pods' };

/** Objects by which a run is started: the run's pod, the Job around it, the CronJob that makes the Jobs. */
export const CRONJOB_JOB_AND_POD: readonly Kind[] = [KUBERNETES.Pod, KUBERNETES.CronJob, KUBERNETES.Job];

/** What a tool makes for one run: the Job and its pod. */
export const JOB_AND_POD: readonly Kind[] = [KUBERNETES.Pod, KUBERNETES.Job];

/** What Jobs and pods that scan are called; a scanner's own name is one as well. */
export const SCAN_NAMES: readonly string[] = [
  '*scan',
  '*scanner',
  '*scanners',
  '*scans',
  'audit',
  'compliance',
  'cve',
  'cves',
  'sbom',
  'scanning',
  'security',
  'vuln',
  'vulnerabilities',
  'vulnerability',
  'vulns',
];

/** What names of Jobs say that look at what is built, or keep a scanner's data. */
export const NO_SCAN_NAMES: readonly string[] = [
  'build',
  'cache',
  'ci',
  'database',
  'db',
  'download',
  'e2e',
  'install',
  'mirror',
  'operator',
  'pipeline',
  'pr',
  'refresh',
  'release',
  'setup',
  'test',
  'tests',
  'unit',
  'update',
  'updater',
];

/** The same, and DaemonSets that run a scanner's program on every node instead of serving something there. */
export const RUNS_ANYWHERE: readonly Kind[] = [...CRONJOB_JOB_AND_POD, KUBERNETES.DaemonSet];

/** Objects that make pods, and pods: what a delivery tool labels. */
export const WORKLOADS: readonly Kind[] = [
  ...CRONJOB_JOB_AND_POD,
  KUBERNETES.DaemonSet,
  KUBERNETES.Deployment,
  KUBERNETES.ReplicaSet,
  KUBERNETES.StatefulSet,
];

/** Backup or restore work that is decided. */
export function backupLeaf(parts: Parts): WorkPattern {
  return { work: 'backup', role: 'leaf', node: IN_PODS, ...parts };
}

/** A request for backups or restores that only leads to them. */
export function backupRoot(parts: Parts): WorkPattern {
  return { work: 'backup', role: 'root', node: IN_PODS, ...parts };
}

/** What makes backups by the clock. What a denial of it would mean is never asked. */
export function backupSchedule(parts: Omit<Parts, 'afterDenial'>): WorkPattern {
  return { work: 'backup', role: 'schedule', node: IN_PODS, afterDenial: 'failed', ...parts };
}

/** A scan that is decided. */
export function scanLeaf(parts: Parts): WorkPattern {
  return { work: 'scan', role: 'leaf', node: IN_PODS, ...parts };
}

/** A request for scans that only leads to them. */
export function scanRoot(parts: Parts): WorkPattern {
  return { work: 'scan', role: 'root', node: IN_PODS, ...parts };
}

/** What makes scans by the clock. */
export function scanSchedule(parts: Omit<Parts, 'afterDenial'>): WorkPattern {
  return { work: 'scan', role: 'schedule', node: IN_PODS, afterDenial: 'failed', ...parts };
}

/** What an operator makes for backup and restore requests of its own, and these requests, which only lead to it. */
export function requestedBackups(of: string, kinds: readonly Kind[], afterDenial: AfterDenial): readonly WorkPattern[] {
  return [
    backupLeaf({
      what: `${of} backup or restore job`,
      match: { kinds: CRONJOB_JOB_AND_POD, owners: kinds },
      afterDenial,
    }),
    backupRoot({ what: `${of} backup or restore request`, match: { kinds }, afterDenial: 'failed' }),
  ];
}
