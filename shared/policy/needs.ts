import type { DaemonSetFacts } from '../facts/daemonset.ts';
import type { NodeFacts } from '../facts/node.ts';
import type { PodFacts } from '../facts/pod.ts';

/**
 * What a rule has to know and the request does not say. The policy names it as data; the shell fetches it.
 * `node`: one node as the API server has it now. `held-nodes`: every node that carries our label now.
 * `daemonset`: one DaemonSet with its revisions. `pods-on-node`: the pods of a namespace (empty: of all) on one node.
 * `object`: any object, its resource as `group/version/resource` (`v1/pods` for the core group).
 * `pods`: the pods of a namespace that a label selector selects; an empty selector selects all of them.
 */
export type Need =
  | { readonly need: 'node'; readonly name: string }
  | { readonly need: 'held-nodes' }
  | { readonly need: 'daemonset'; readonly namespace: string; readonly name: string }
  | { readonly need: 'pods-on-node'; readonly namespace: string; readonly node: string }
  | { readonly need: 'object'; readonly resource: string; readonly namespace: string; readonly name: string }
  | { readonly need: 'pods'; readonly namespace: string; readonly selector: string };

/** The answer to a need. `undefined` inside an answer means: it does not exist. `unknown`: nobody could tell. */
export type Answer =
  | { readonly answer: 'node'; readonly node: NodeFacts | undefined }
  | { readonly answer: 'held-nodes'; readonly nodes: readonly NodeFacts[] }
  | { readonly answer: 'daemonset'; readonly daemonSet: DaemonSetFacts | undefined }
  | { readonly answer: 'pods-on-node'; readonly pods: readonly PodFacts[] }
  | { readonly answer: 'object'; readonly object: unknown }
  | { readonly answer: 'pods'; readonly pods: readonly PodFacts[] }
  | { readonly answer: 'unknown'; readonly why: string };

/** One text per need, for looking answers up and for asking only once. */
export function needKey(need: Need): string {
  switch (need.need) {
    case 'node':
      return `node/${need.name}`;
    case 'held-nodes':
      return 'held-nodes';
    case 'daemonset':
      return `daemonset/${need.namespace}/${need.name}`;
    case 'pods-on-node':
      return `pods-on-node/${need.namespace}/${need.node}`;
    case 'object':
      return `object/${need.resource}/${need.namespace}/${need.name}`;
    case 'pods':
      return `pods/${need.namespace}/${need.selector}`;
  }
}

/** Answers fetched so far, by `needKey`. */
export type Answers = ReadonlyMap<string, Answer>;

export const NO_ANSWERS: Answers = new Map();
