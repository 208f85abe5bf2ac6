/** kubectl drain's flags, with kubectl's meaning. */
export interface DrainFlags {
  /** Also pods that no controller will replace. */
  readonly force: boolean;
  /** Leave DaemonSet pods where they are; true by default, unlike kubectl. */
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDirData: boolean;
  /** Seconds; negative = each pod's own. */
  readonly gracePeriodSeconds: number;
  /** Label selector on pods; undefined = all. */
  readonly podSelector: string | undefined;
  /** DELETE instead of evictions: disruption budgets do not count then. */
  readonly disableEviction: boolean;
  /** Pods whose deletion was asked for longer ago than so many seconds are skipped; 0 = none. */
  readonly skipWaitForDeleteSeconds: number;
}

/** What `on` does about backups and scans that run on the node: let them end, refuse to begin, or evict them too. */
export type ActiveWork = 'wait' | 'refuse' | 'evict';

/** At most so many nodes at once, or so many per cent of the workers. */
export type NodeLimit = { readonly nodes: number } | { readonly percent: number };

/** How several nodes are drained, and what has to be true before one counts as drained. */
export interface PaceFlags {
  /** Nodes that are drained at once; 0 = all. */
  readonly maxParallel: number;
  /** Workers that may be out of service at once, these included; undefined = not named: most of them are not taken unasked. */
  readonly maxUnavailable: NodeLimit | undefined;
  readonly activeWork: ActiveWork;
  /** Pods of lower priority go first. */
  readonly byPriority: boolean;
  /** Members of a replicated database go one at a time, its primary last. */
  readonly byDatabase: boolean;
  /** Until the volumes of moved pods are detached. */
  readonly waitVolumes: boolean;
  /** Until the workloads of moved pods are Ready elsewhere. */
  readonly waitReady: boolean;
}
