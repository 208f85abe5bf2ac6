import { EVENTS, textAt, type ClusterReader, readAll } from '../../shared/index.ts';
import { occurrencesOf } from '../nodes/occurrences.ts';
import { followCollection, type FollowPorts, type LiveCollection } from '../session/live-collection.ts';
import type { MakerEvent } from './kept-off.ts';

/** The controllers of Kubernetes say so when they may not make a Pod or a Job (k8s pkg/controller FailedCreatePodReason; cronjob). */
const REFUSED = { fieldSelector: 'reason=FailedCreate' };

/** Every Event of a controller that could not make something, as long as the API server keeps it. Throws ClusterRefusal. */
export function readMakerEvents(cluster: ClusterReader): Promise<readonly MakerEvent[]> {
  return readAll(cluster, { path: EVENTS, query: REFUSED }, makerEventFromObject);
}

/** The same, followed until the signal aborts. */
export function followMakerEvents(ports: FollowPorts, signal: AbortSignal): LiveCollection<MakerEvent> {
  return followCollection(
    { path: EVENTS, query: REFUSED, project: makerEventFromObject, pollMs: 'never', signal },
    ports,
  );
}

function makerEventFromObject(object: unknown): MakerEvent {
  return {
    kind: textAt(object, 'involvedObject', 'kind') ?? '',
    namespace: textAt(object, 'involvedObject', 'namespace') ?? '',
    name: textAt(object, 'involvedObject', 'name') ?? '',
    message: textAt(object, 'message') ?? '',
    ...occurrencesOf(object),
  };
}
