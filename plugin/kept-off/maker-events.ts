import { EVENTS, numberAt, textAt, type ClusterReader, readAll } from '../../shared/index.ts';
import type { MakerEvent } from './kept-off.ts';

/** The controllers of Kubernetes say so when they may not make a Pod or a Job (k8s pkg/controller FailedCreatePodReason; cronjob). */
const REFUSED = 'reason=FailedCreate';

/** Every Event of a controller that could not make something, as long as the API server keeps it. Throws ClusterRefusal. */
export function readMakerEvents(cluster: ClusterReader): Promise<readonly MakerEvent[]> {
  return readAll(cluster, { path: EVENTS, query: { fieldSelector: REFUSED } }, makerEventFromObject);
}

/** Counted by itself, or as a series (events.k8s.io/v1). */
function makerEventFromObject(object: unknown): MakerEvent {
  const created = textAt(object, 'metadata', 'creationTimestamp') ?? '';
  const last = textAt(object, 'series', 'lastObservedTime') ?? textAt(object, 'lastTimestamp');
  return {
    kind: textAt(object, 'involvedObject', 'kind') ?? '',
    namespace: textAt(object, 'involvedObject', 'namespace') ?? '',
    name: textAt(object, 'involvedObject', 'name') ?? '',
    message: textAt(object, 'message') ?? '',
    count: numberAt(object, 'series', 'count') ?? numberAt(object, 'count') ?? 1,
    lastAt: last ?? created,
  };
}
