import { mergedGrants, type Grant } from '../../../shared/index.ts';
import { CANARY_GRANTS, OPERATOR_GRANTS, VIEWER_GRANTS } from '../../preflight/grants.ts';
import { CANARY_NAMESPACE } from '../../policy/canary.ts';
import type { Right } from '../../preflight/rights.ts';

/** What a verb calls. */
export interface VerbNeeds {
  readonly verb: string;
  /** Whether it writes: who may only look lacks its rights on purpose. */
  readonly writes: boolean;
  /** Without one of these it does not work. */
  readonly needed: readonly Right[];
  /** Without these it tells or tries less. */
  readonly optional: readonly Right[];
}

const LIST_NODES: Grant = { group: '', resource: 'nodes', verbs: ['get', 'list'] };
const LIST_PODS: Grant = { group: '', resource: 'pods', verbs: ['list'] };
const MARK: readonly Grant[] = [
  { group: '', resource: 'nodes', verbs: ['get', 'list', 'patch'] },
  { group: 'kubectl-maint.io', resource: 'maintenances', verbs: ['set'] },
];
const EVICT: readonly Grant[] = [
  LIST_PODS,
  { group: '', resource: 'pods/eviction', verbs: ['create'] },
  // Whether the DaemonSet of a pod exists decides whether the pod stays.
  { group: 'apps', resource: 'daemonsets', verbs: ['get'] },
];
const HEARTBEAT: Grant = { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get'] };
const TELL: readonly Grant[] = [
  { group: '', resource: 'nodes/status', verbs: ['patch'] },
  { group: '', resource: 'events', verbs: ['create', 'list'] },
];

/** How `off` finds the add-ons that were held back: it waits for them before it gives the node back. */
const SEE_ADDONS: readonly Grant[] = [
  LIST_PODS,
  { group: 'apps', resource: 'daemonsets', verbs: ['get'] },
  { group: 'apps', resource: 'controllerrevisions', verbs: ['list'] },
];

/** Whether a CronJob that was refused makes up for its run; without it that is tried blindly. */
const SEE_CRON_JOBS: Grant = { group: 'batch', resource: 'cronjobs', verbs: ['get'] };
/** Events are all that tells of refusals. */
const LIST_EVENTS: Grant = { group: '', resource: 'events', verbs: ['list'] };
const WATCH_PODS: Grant = { group: '', resource: 'pods', verbs: ['watch'] };

const IN_CLUSTER = '';

/** What each verb needs, in the order of the help. A unit test holds it against the roles. */
export const VERB_NEEDS: readonly VerbNeeds[] = [
  needsOf(
    'on',
    true,
    [...MARK, ...EVICT],
    [...rightsOf(OPERATOR_GRANTS), ...rightsOf(CANARY_GRANTS, CANARY_NAMESPACE)],
  ),
  needsOf('off', true, [...MARK, HEARTBEAT, ...SEE_ADDONS], rightsOf([...TELL, SEE_CRON_JOBS, WATCH_PODS])),
  needsOf('status', false, [LIST_NODES], rightsOf(VIEWER_GRANTS)),
  needsOf('allow', true, MARK, [...rightsOf([...TELL, SEE_CRON_JOBS]), ...rightsOf(CANARY_GRANTS, CANARY_NAMESPACE)]),
  // What it makes is made with the rights of whoever may make that anyhow.
  needsOf('redo', true, [LIST_NODES, LIST_EVENTS], rightsOf([SEE_CRON_JOBS])),
  needsOf('run', true, [...MARK, ...EVICT, HEARTBEAT, ...SEE_ADDONS], rightsOf(OPERATOR_GRANTS)),
  needsOf('check', false, [LIST_NODES], rightsOf(VIEWER_GRANTS)),
  needsOf('doctor', false, [LIST_NODES], [...rightsOf(VIEWER_GRANTS), ...rightsOf(CANARY_GRANTS, CANARY_NAMESPACE)]),
];

function needsOf(verb: string, writes: boolean, needed: readonly Grant[], others: readonly Right[]): VerbNeeds {
  const must = rightsOf(needed);
  const keys = new Set(must.map(rightKey));
  return { verb, writes, needed: must, optional: others.filter((right) => !keys.has(rightKey(right))) };
}

function rightsOf(grants: readonly Grant[], namespace = IN_CLUSTER): readonly Right[] {
  return mergedGrants(grants).flatMap(({ group, resource, verbs, names = [''] }) => {
    const [plural = '', subresource = ''] = resource.split('/');
    return verbs.flatMap((verb) =>
      names.map((name) => ({ verb, group, resource: plural, subresource, namespace, name })),
    );
  });
}

/** The same for the same right. */
export function rightKey({ verb, group, resource, subresource, namespace, name }: Right): string {
  return [verb, group, resource, subresource, namespace, name].join(' ');
}
