import type { PodFacts } from '../../../shared/index.ts';
import type { MemberLabels } from '../../drain/members.ts';

/** A system that keeps data on nodes: what it is asked before they go, and what its answers come to. */
export interface DataSystem {
  /** One word, as `--allow-data-loss` and scripts name it. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** A system is there where its API group is. */
  readonly group: string;
  /** By what the members of its databases are known, where it replicates some: they go one at a time. */
  readonly members?: MemberLabels;
  /** Pods that it has a part in moving, by a label of theirs, and what follows; whether their node's cordon is enough for it. */
  readonly moves?: {
    readonly label: string;
    readonly value: string;
    readonly how: string;
    readonly atCordon?: boolean;
  };
  /** What it is asked; nothing else of it is read. */
  readonly kinds: Readonly<Record<string, DataKind>>;
  /** For the table in docs/data.md; empty where it never does. */
  readonly refuses: string;
  readonly warns: string;
  /** Pure; called only where every kind that is not optional could be read. */
  readonly find: (objects: DataObjects, leaving: Leaving) => readonly DataFinding[];
}

/** Objects that are read, all of one kind in the whole cluster. */
export interface DataKind {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Versions of whose schema the fields below are, the first that is served is read. */
  readonly versions: readonly string[];
  readonly plural: string;
  /** Only the object of this name; left out: whatever their name. */
  readonly name?: string;
  /** Only those that a label selector and a field selector match. */
  readonly labels?: string;
  readonly where?: string;
  /** What is kept of each object, as paths with dots; the rest is let go as it comes. */
  readonly fields: readonly string[];
  /** The system can be judged without it, less exactly. */
  readonly isOptional?: boolean;
  /** Why no role of ours grants it: such objects may hold secrets. */
  readonly withheld?: string;
}

/** What was read of each kind, as the API has it; a kind that could not be read is left out. */
export type DataObjects = Readonly<Record<string, readonly unknown[]>>;

/** Nodes that are to go, and the cluster around them. */
export interface Leaving {
  /** Names of the nodes that go. */
  readonly nodes: ReadonlySet<string>;
  /** Names of others that serve nothing now: not Ready, or drained for maintenance. */
  readonly out: ReadonlySet<string>;
  /** Pods that are moved off the nodes that go. */
  readonly pods: readonly PodFacts[];
  /** Milliseconds that the maintenance is expected to last; undefined where nobody said. */
  readonly lastsMs: number | undefined;
}

/** What the answers of a system come to. */
export interface DataFinding {
  /** Whether data is lost if the nodes do not come back, or cannot be reached until they do. Without: it is only told. */
  readonly losesData: boolean;
  /** A phrase without a full stop, to which the objects are added. */
  readonly text: string;
  /** What it is about, by name; `--allow-data-loss` takes them behind the name of the system. */
  readonly objects: readonly DataObject[];
}

/** A volume, a cluster or a machine. */
export interface DataObject {
  readonly name: string;
  /** By what people know it, where that is another name. */
  readonly alias?: string | undefined;
}

/** The finding about some objects; none without any. */
export function dataLoss(text: string, objects: readonly DataObject[]): readonly DataFinding[] {
  return objects.length === 0 ? [] : [{ losesData: true, text, objects }];
}

/** The same, where no data is at stake. */
export function notice(text: string, objects: readonly DataObject[]): readonly DataFinding[] {
  return objects.length === 0 ? [] : [{ losesData: false, text, objects }];
}
