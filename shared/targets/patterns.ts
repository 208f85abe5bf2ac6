import { KUBERNETES, type Kind } from '../kinds.ts';
import type { Matcher } from './matcher.ts';
import { PIPELINES } from './pipelines.ts';
import type { AfterDenial, Beginning, Inside, NodeSource, WorkPattern } from './tool.ts';

/** What differs between the patterns of tools. */
interface Parts {
  readonly what: string;
  readonly match: Matcher;
  readonly afterDenial: AfterDenial;
  /** Its pods' placement unless said otherwise. */
  readonly node?: NodeSource;
  readonly inside?: Inside;
  readonly begins?: Beginning;
}

const IN_PODS: NodeSource = { in: 'pods' };

/** Objects by which a run is started: the run's pod, the Job around it, the CronJob that makes the Jobs. */
export const CRONJOB_JOB_AND_POD: readonly Kind[] = [KUBERNETES.Pod, KUBERNETES.CronJob, KUBERNETES.Job];

/** What a tool makes for one run: the Job and its pod. */
export const JOB_AND_POD: readonly Kind[] = [KUBERNETES.Pod, KUBERNETES.Job];

/** Objects by which a run is started, and DaemonSets: one may run a scanner on every node instead of serving something there. */
export const CRONJOB_JOB_POD_AND_DAEMONSET: readonly Kind[] = [...CRONJOB_JOB_AND_POD, KUBERNETES.DaemonSet];

/**
 * A Job, its CronJob or its pod that is no step of a pipeline: a step may use any program on what the pipeline builds. Owners
 * that are written on a pod count only where the pipeline's run is there (see Classification.unlessPipelineStep).
 */
export const OUTSIDE_PIPELINES: Matcher = { kinds: CRONJOB_JOB_AND_POD, notOwners: PIPELINES };

/** Words in the names of Jobs and pods that scan; a scanner's own name is one as well. */
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

/** Words in the names of Jobs that are no scans of the cluster: they scan what is being built, or keep a scanner's data. */
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

/** A schedule of backups. It is never refused, so nobody asks what becomes of it then. */
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

/** A schedule of scans; see backupSchedule. */
export function scanSchedule(parts: Omit<Parts, 'afterDenial'>): WorkPattern {
  return { work: 'scan', role: 'schedule', node: IN_PODS, afterDenial: 'failed', ...parts };
}

/**
 * A scanner that may look at images and folders anywhere, with the arguments with which it scans nothing: it scans what runs
 * here where the name of its CronJob or Job says so, too. `otherWords` are those of names that mean other work.
 */
export function namedScan(
  scanner: string,
  without: readonly string[],
  otherWords: readonly string[] = NO_SCAN_NAMES,
): readonly Matcher[] {
  const named: Matcher = {
    kinds: [KUBERNETES.CronJob, KUBERNETES.Job],
    nameWords: [...SCAN_NAMES, scanner],
    unlessWords: otherWords,
    without,
  };
  return [
    { ...named, commands: [scanner] },
    { ...named, entrypoints: [scanner] },
  ];
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
