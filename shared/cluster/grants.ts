import { PIPELINE_RESOURCES } from '../targets/pipelines.ts';
import type { Tool } from '../targets/tool.ts';

/** What a role of RBAC lets its holders do with one resource (rbac.authorization.k8s.io/v1 PolicyRule). */
export interface Grant {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Plural name, with the subresource where it is about one: `daemonsets/status`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Only the objects of these names; left out: whatever their name. */
  readonly names?: readonly string[];
}

/**
 * What answersFromCluster reads to find out where the work of some tools goes, and whether the run is there that a
 * pipeline's pod names as its owner. Both shells ask it.
 */
export function lookupGrants(tools: readonly Tool[]): readonly Grant[] {
  const objects = tools.flatMap(({ patterns }) =>
    patterns.flatMap(({ node }) => (node.in === 'object' ? [grantOfObject(node.resource, ['get'])] : [])),
  );
  return mergedGrants([
    { group: '', resource: 'nodes', verbs: ['get', 'list'] },
    { group: '', resource: 'pods', verbs: ['list'] },
    { group: 'apps', resource: 'controllerrevisions', verbs: ['list'] },
    { group: 'apps', resource: 'daemonsets', verbs: ['get'] },
    ...PIPELINE_RESOURCES.map((resource) => grantOfObject(resource, ['get'])),
    ...objects,
  ]);
}

/** What tells whether the work of some tools runs inside pods of something else. */
export function insideGrants(tools: readonly Tool[]): readonly Grant[] {
  const patterns = tools.flatMap((tool) => tool.patterns);
  return patterns.flatMap(({ inside }) =>
    inside === undefined ? [] : [grantOfObject(inside.resource, ['list', 'watch'])],
  );
}

/** A resource as objectPath takes it: `group/version/resource`, the core group left out. */
function grantOfObject(resource: string, verbs: readonly string[]): Grant {
  const parts = resource.split('/');
  const plural = parts.pop() ?? '';
  return { group: parts.length > 1 ? (parts[0] ?? '') : '', resource: plural, verbs };
}

/** The same grants, one for each resource and set of names, sorted. */
export function mergedGrants(grants: readonly Grant[]): readonly Grant[] {
  const keyOf = ({ group, resource, names = [] }: Grant): string => [group, resource, ...names].join('/');
  const merged = [...Map.groupBy(grants, keyOf)].sort(([one], [other]) => (one < other ? -1 : 1));
  return merged.flatMap(([, [first, ...others]]) =>
    first === undefined
      ? []
      : [{ ...first, verbs: [...new Set([first, ...others].flatMap(({ verbs }) => verbs))].sort() }],
  );
}
