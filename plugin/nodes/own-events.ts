import {
  AFTER_DENIAL_ANNOTATION,
  eventsPath,
  NODE_EVENT_NAMESPACE,
  textAt,
  type ClusterReader,
  readAll,
} from '../../shared/index.ts';
import { occurrencesOf } from './occurrences.ts';

/** An Event of ours about a Node, as others read it. */
export interface OwnEvent {
  readonly node: string;
  /** UID of that Node; undefined where the Event does not tell: some give the node's name in its place, as kubelets do. */
  readonly uid: string | undefined;
  readonly reason: string;
  readonly message: string;
  /** How often it happened. */
  readonly count: number;
  /** When it was written first, by the API server's clock, and when it happened last (RFC 3339). */
  readonly createdAt: string;
  readonly lastAt: string;
  /** What becomes of refused work; undefined where the Event does not tell. */
  readonly afterDenial: string | undefined;
}

/** Ours are about Nodes and carry our name (k8s pkg/registry/core/event ToSelectableFields). */
const COMPONENT = 'kubectl-maint';
export const OURS = `involvedObject.kind=Node,source=${COMPONENT}`;

/**
 * Every Event of plugin and webhook about Nodes, or about one of them, that the API server still keeps: an hour by default.
 * Throws ClusterRefusal.
 */
export function readOwnEvents(cluster: ClusterReader, node?: string): Promise<readonly OwnEvent[]> {
  const fieldSelector = node === undefined ? OURS : `${OURS},involvedObject.name=${node}`;
  return readAll(cluster, { path: eventsPath(NODE_EVENT_NAMESPACE), query: { fieldSelector } }, ownEventFromObject);
}

/** Those among Events about Nodes that plugin and webhook wrote, by the marks by which `readOwnEvents` asks for them. */
export function ownEventsIn(events: readonly unknown[]): readonly OwnEvent[] {
  const isOurs = (event: unknown): boolean =>
    textAt(event, 'metadata', 'namespace') === NODE_EVENT_NAMESPACE &&
    textAt(event, 'source', 'component') === COMPONENT;
  return events.filter(isOurs).map(ownEventFromObject);
}

/** One of them as facts. */
export function ownEventFromObject(object: unknown): OwnEvent {
  const createdAt = textAt(object, 'metadata', 'creationTimestamp') ?? '';
  const node = textAt(object, 'involvedObject', 'name') ?? '';
  const uid = textAt(object, 'involvedObject', 'uid') ?? '';
  return {
    node,
    uid: uid === '' || uid === node ? undefined : uid,
    reason: textAt(object, 'reason') ?? '',
    message: textAt(object, 'message') ?? '',
    createdAt,
    ...occurrencesOf(object),
    afterDenial: textAt(object, 'metadata', 'annotations', AFTER_DENIAL_ANNOTATION),
  };
}
