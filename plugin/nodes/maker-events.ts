import { EVENTS, numberAt, textAt, type ClusterReader } from '../../shared/index.ts';
import type { MakerEvent } from './kept-off.ts';

/** The controllers of Kubernetes say so when they may not make a Pod or a Job (k8s pkg/controller FailedCreatePodReason; cronjob). */
const REFUSED = 'reason=FailedCreate';

/** Every Event of a controller that could not make something, as long as the API server keeps it. Throws ClusterRefusal. */
export async function readMakerEvents(cluster: ClusterReader): Promise<readonly MakerEvent[]> {
  const events: MakerEvent[] = [];
  for await (const { items } of cluster.pages(EVENTS, { query: { fieldSelector: REFUSED } })) {
    events.push(...items.map(makerEventFromObject));
  }
  return events;
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
