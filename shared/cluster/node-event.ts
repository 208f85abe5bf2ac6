import type { CoreV1Event } from '@kubernetes/client-node';
import { AFTER_DENIAL_ANNOTATION } from '../labels.ts';
import { clean } from '../words.ts';
import type { AfterDenial } from '../targets/tool.ts';
import type { Written } from './written.ts';

/** What happened to a Node, as `kubectl describe node` lists it. */
export interface NodeEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason:
    | 'MaintenanceInitiated'
    | 'DrainBlocked'
    | 'DrainUnconfirmed'
    | 'MaintenanceComplete'
    | 'MaintenanceEnded'
    /** The announced end has passed. */
    | 'MaintenanceOverdue'
    /** The node was deleted, and its record with it. */
    | 'MaintenanceLost'
    /** Rules were lifted from the node for a while, or hold again before that. */
    | 'ExceptionGranted'
    | 'ExceptionRevoked'
    /** Work was refused because of the node; `count` says how often. */
    | 'WorkDenied'
    /** The rollout of an add-on was held back on the node. */
    | 'AddonHeld'
    | 'AddonReleased';
  readonly message: string;
  /** How often, from when to when (RFC 3339). */
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** What becomes of the work that was refused, for who lists it when the maintenance ends. */
  readonly afterDenial?: AfterDenial | undefined;
}

/** Events about cluster-scoped objects live in this namespace (client-go tools/record). */
export const NODE_EVENT_NAMESPACE = 'default';

/** Longest message that the API server accepts in an Event (k8s pkg/apis/core/validation NoteLengthLimit). */
const MAX_EVENT_MESSAGE = 1024;

/** An Event (core/v1) about a Node; the API server completes its name, unless it has to have one of its own. */
export function eventAboutNode(
  node: { readonly name: string; readonly uid: string },
  { type, reason, message, count, first, last, afterDenial }: NodeEvent,
  name?: string,
): Written<CoreV1Event> {
  const named = name === undefined ? { generateName: `${node.name.slice(0, 200)}.` } : { name };
  const annotations = afterDenial === undefined ? {} : { annotations: { [AFTER_DENIAL_ANNOTATION]: afterDenial } };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...named, namespace: NODE_EVENT_NAMESPACE, ...annotations },
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid },
    type,
    reason,
    message: clean(message, MAX_EVENT_MESSAGE),
    source: { component: 'kubectl-maint' },
    firstTimestamp: first,
    lastTimestamp: last,
    count,
  };
}
