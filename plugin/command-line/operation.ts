import type { ConnectOptions, Mode, RuleId } from '../../shared/index.ts';
import type { Wanted } from '../verbs/completion/candidates.ts';

/** Which nodes a command is about: names, or a label selector; never both, never neither for verbs that write. */
export interface NodeChoice {
  readonly names: readonly string[];
  readonly selector: string | undefined;
}

/** kubectl's connection flags. */
export type ClusterFlags = Omit<
  ConnectOptions,
  'env' | 'userAgent' | 'onWarning' | 'onExchange' | 'interrupt' | 'stdinIsTerminal'
> & {
  /** kubectl's -v: from 6 on requests are logged. */
  readonly logLevel?: number | undefined;
  /** A warning of the API server makes a command that did its work fail. */
  readonly warningsAsErrors?: boolean | undefined;
};

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
  /** Until the volumes of moved pods are detached. */
  readonly waitVolumes: boolean;
  /** Until the workloads of moved pods are Ready elsewhere. */
  readonly waitReady: boolean;
}

/** What an `on` asks for on behalf of its owner. */
export interface ClaimFlags {
  /** Undefined: the caller's name, as the API server knows it. */
  readonly owner: string | undefined;
  readonly mode: Mode;
  /** Changes what is said of a maintenance that its owner has already, and nothing else of it. */
  readonly isChange: boolean;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** RFC 3339, from `--until`; or a span in milliseconds, from `--for`. */
  readonly until: { readonly at: string } | { readonly inMs: number } | undefined;
}

export type DryRun = 'none' | 'client' | 'server';
/** Lines for people, or a stream of events, one JSON object a line. */
export type StreamFormat = 'text' | 'json';
/** Lines for people, or one JSON object. */
export type AllowFormat = 'text' | 'json' | 'yaml' | 'name';
export type CheckFormat = 'table' | 'json' | 'yaml';
export type DoctorFormat = 'text' | 'json' | 'yaml';
/** `node`: one node, described line by line. */
export type StatusFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name' | 'node';

/** `kubectl maint on` */
export interface OnOperation {
  readonly verb: 'on';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly claim: ClaimFlags;
  readonly drain: DrainFlags;
  readonly pace: PaceFlags;
  /** Accepts that the node is the last worker, or needed for the control plane's quorum. */
  readonly allowLastNode: boolean;
  /** Keep autoscalers and remediation off the node while in maintenance. */
  readonly protect: boolean;
  /** Make a cordon that is there part of the maintenance, so that `off` uncordons. */
  readonly adopt: boolean;
  /** Show the maintenance as a role of the node. */
  readonly roleLabel: boolean;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly dryRun: DryRun;
  /** Undo what this run did where it does not come to its end. */
  readonly rollback: boolean;
  readonly format: StreamFormat;
}

/** `kubectl maint off` */
export interface OffOperation {
  readonly verb: 'off';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  /** Whose claim is dropped; undefined: the caller's. */
  readonly owner: string | undefined;
  /** Everybody's claims are dropped. */
  readonly all: boolean;
  /** Nodes that are brought back at once; 0 = all. */
  readonly maxParallel: number;
  readonly skipHealthCheck: boolean;
  /** Milliseconds during which the node must stay clean. */
  readonly healthyForMs: number;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly format: StreamFormat;
}

/** What `allow` does to the exceptions of a node: one more, or those from some rules (undefined: from all) taken back. */
export type ExceptionChange =
  | {
      readonly kind: 'grant';
      readonly rules: readonly RuleId[];
      /** RFC 3339, from `--until`; or a span in milliseconds, from `--for`. */
      readonly until: { readonly at: string } | { readonly inMs: number };
      readonly reason: string;
    }
  | { readonly kind: 'revoke'; readonly rules: readonly RuleId[] | undefined };

/** `kubectl maint allow` */
export interface AllowOperation {
  readonly verb: 'allow';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly change: ExceptionChange;
  readonly dryRun: DryRun;
  readonly format: AllowFormat;
}

/** A program and its arguments, without a shell. */
export interface NodeCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** `kubectl maint run` */
export interface RunOperation {
  readonly verb: 'run';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly command: NodeCommand;
  /** How each node is taken into maintenance, and brought back; both name all nodes. */
  readonly on: OnOperation;
  readonly off: OffOperation;
  /** Nodes under way at once; 0 = all. */
  readonly maxParallel: number;
  /** Milliseconds for the command on each node; 0 = no limit. */
  readonly commandTimeoutMs: number;
  /** Folder for what the command writes; undefined: only the screen. */
  readonly outputDir: string | undefined;
  /** Goes on with nodes that are in maintenance for this owner already. */
  readonly resume: boolean;
  /** Prints what would be done. */
  readonly dryRun: boolean;
  /** The flags as words, for the line that goes on; without nodes and `--resume`. */
  readonly flags: readonly string[];
}

/** `kubectl maint status` */
export interface StatusOperation {
  readonly verb: 'status';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly format: StatusFormat;
  /** Characters in a line of the table; 0 = nothing is cut; undefined: the terminal's. */
  readonly width: number | undefined;
  /** A table does without the names of its columns. */
  readonly noHeaders?: boolean | undefined;
  /** Go on showing what changes, until interrupted. */
  readonly watch: boolean;
  /** Exit 6 when some node is in maintenance. */
  readonly exitCode: boolean;
}

/** `kubectl maint check` */
export interface CheckOperation {
  readonly verb: 'check';
  readonly cluster: ClusterFlags;
  /** Files, folders, `-`. */
  readonly files: readonly string[];
  readonly recursive: boolean;
  /** File with the nodes; undefined: the cluster's. */
  readonly nodesFile: string | undefined;
  /** File with the configuration; undefined: the defaults. */
  readonly policyFile: string | undefined;
  readonly format: CheckFormat;
}

/** `kubectl maint check --policy FILE --validate` */
export interface ValidateOperation {
  readonly verb: 'validate';
  readonly policyFile: string;
}

/** `kubectl maint doctor` */
export interface DoctorOperation {
  readonly verb: 'doctor';
  readonly cluster: ClusterFlags;
  readonly format: DoctorFormat;
}

/** What an unfinished command line may go on with. */
export interface CompleteOperation {
  readonly verb: 'complete';
  readonly wanted: Wanted;
  /** Undefined where the words before cannot be read. */
  readonly cluster: ClusterFlags | undefined;
}

/** Text that was asked for: help or the version. */
export interface PrintOperation {
  readonly verb: 'print';
  readonly text: string;
}

/** What the command line asks for, as a value. */
export type Operation =
  | OnOperation
  | OffOperation
  | RunOperation
  | AllowOperation
  | StatusOperation
  | CheckOperation
  | ValidateOperation
  | DoctorOperation
  | CompleteOperation
  | PrintOperation;
