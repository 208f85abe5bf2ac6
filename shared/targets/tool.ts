import type { Matcher } from './matcher.ts';

/** What an object is to a node in maintenance. */
export type Work = 'backup' | 'scan' | 'addon' | 'none';

/**
 * Where an object of a tool names the node that it works on.
 * `pods`: nowhere but in its pods' placement. `field` and `label`: the node's name stands there.
 */
export type NodeSource =
  | { readonly in: 'pods' }
  | { readonly in: 'field'; readonly path: readonly string[] }
  | { readonly in: 'label'; readonly key: string };

/** What becomes of the work when the API server refuses this object; decides the words of a denial. */
export type AfterDenial =
  /** Its controller tries again by itself until it is allowed. */
  | 'retried'
  /** This run does not happen; a later one may. */
  | 'lost'
  /** The caller sees the error and has to do it again. */
  | 'failed';

/** One kind of object that a tool makes, and what the policy has to know about it. */
export interface WorkPattern {
  readonly work: 'backup' | 'scan';
  /** What it is, as a short noun phrase for people: `file-system backup of a pod's volume`. */
  readonly what: string;
  /**
   * `leaf` starts work somewhere and is decided. `root` only leads to leaves: it passes where the rule looks
   * at nodes, so that the other nodes are still served, and is decided where the rule looks at the cluster.
   */
  readonly role: 'root' | 'leaf';
  readonly match: Matcher;
  readonly node: NodeSource;
  readonly afterDenial: AfterDenial;
}

/** A backup or scan tool. One file each; the registry lists them all. */
export interface Tool {
  /** Lower-case words with hyphens; stable: configuration, reports and metrics use it. */
  readonly id: string;
  readonly title: string;
  /** Project page or repository, for the generated documentation. */
  readonly source: string;
  readonly patterns: readonly WorkPattern[];
}
