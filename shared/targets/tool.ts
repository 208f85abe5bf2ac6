import type { Accepted, Matcher } from './matcher.ts';

/** What an object is to a node in maintenance. */
export type Work = 'backup' | 'scan' | 'addon' | 'none';

/** A value that stands in the object itself, or a fixed one. */
export type Reference = { readonly field: readonly string[] } | { readonly label: string } | { readonly value: string };

/**
 * Where an object of a tool names the node that it works on.
 * - `pods`: nowhere but in its pods' placement.
 * - `field`, `label`: the node's name stands there.
 * - `object`: in a field of another object, which has to be looked up.
 * - `pods-labelled`: on the nodes of running pods of its namespace, found by label; any one of them will do.
 * - `pods-with-claims`: on the node of EVERY running pod of its namespace that mounts a claim.
 */
export type NodeSource =
  | { readonly in: 'pods' }
  | { readonly in: 'field'; readonly path: readonly string[] }
  | { readonly in: 'label'; readonly key: string }
  | {
      readonly in: 'object';
      /** `group/version/resource` as in URLs; the core group is left out: `v1/pods`. */
      readonly resource: string;
      readonly name: Reference;
      /** The object's own namespace unless said otherwise. */
      readonly namespace?: Reference;
      /** Where the other object has the node's name. */
      readonly path: readonly string[];
    }
  | { readonly in: 'pods-labelled'; readonly labels: Readonly<Record<string, Reference>> }
  | { readonly in: 'pods-with-claims' };

/**
 * How an object says that its work runs inside pods of something else, a database's for example: it is broken off by
 * whoever evicts one of them.
 */
export interface Inside {
  /** `group/version/resource` as in URLs. */
  readonly resource: string;
  /** Where the pod's name stands, or a map whose values are names of pods. */
  readonly pods: readonly string[];
  /** Where their namespace stands: the object's own unless said otherwise. */
  readonly namespace?: readonly string[];
  /** Values of fields while it runs, by path with dots. */
  readonly while: Accepted;
}

/**
 * How the work of an object begins that is only asked for when it is made: its own controller writes so, in a field that
 * changes from one of some values (empty: it was absent) to another.
 */
export interface Beginning {
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly to: string;
}

/** What becomes of the work when the API server refuses this object; decides the words of a denial. */
export type AfterDenial =
  /** Its controller tries again by itself until it is allowed. */
  | 'retried'
  /** Its controller makes up for the latest run by itself when it is allowed; earlier ones do not happen. */
  | 'resumed'
  /** This run does not happen; a later one may. */
  | 'lost'
  /** The caller sees the error and has to do it again. */
  | 'failed';

/**
 * How an object takes part in the work.
 * - `leaf` starts work somewhere and is decided.
 * - `root` only leads to leaves, or its node cannot be told: it passes where the rule looks at nodes, so that the other
 *   nodes are still served, and is decided where the rule looks at the cluster.
 * - `schedule` starts nothing when it is written: never decided, only what it makes is.
 */
export type Role = 'root' | 'leaf' | 'schedule';

/** One kind of object that a tool makes, and what the policy has to know about it. */
export interface WorkPattern {
  readonly work: 'backup' | 'scan';
  /** What it is, as a short noun phrase for people: `file-system backup of a pod's volume`. */
  readonly what: string;
  readonly role: Role;
  readonly match: Matcher;
  readonly node: NodeSource;
  /** Where its work runs in pods of something else. */
  readonly inside?: Inside;
  /** Where making it begins nothing yet, and neither does naming another node; then this update alone is decided. */
  readonly begins?: Beginning;
  readonly afterDenial: AfterDenial;
}

/** A tool that the catalogue knows. One file each; the registry lists them all. */
export interface Tool {
  /** Lower-case words with hyphens; stable: configuration, reports and metrics use it. */
  readonly id: string;
  readonly title: string;
  /** Project page or repository, for the generated documentation. */
  readonly source: string;
  /**
   * What it is known from. Whether it was also met alive is no part of the catalogue: the neighbours of the tests say so.
   * - `manifests`: manifests that its project or its users publish; the tests judge those that they are given.
   * - `code`: its source code, definitions of its kinds or chart.
   * - `documentation`: its documentation, or general knowledge.
   * - `configuration`: whoever configured it.
   */
  readonly known: 'manifests' | 'code' | 'documentation' | 'configuration';
  /** Its backups and scans; none for a tool that only delivers add-ons. */
  readonly patterns: readonly WorkPattern[];
  /**
   * How its own requests, and the workloads that it delivers, are recognised. This only tells who delivers a workload:
   * what is an add-on is decided by its kind, because the same tools deliver everything else as well.
   */
  readonly delivers?: readonly Matcher[];
}
