import { eventsPath, refusalFromAnswer, type Cluster, type NodeFacts } from '../../shared/index.ts';

/** What happened to a Node, as `kubectl describe node` lists it. */
export interface NodeEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'MaintenanceInitiated' | 'DrainBlocked' | 'MaintenanceComplete' | 'MaintenanceEnded';
  readonly message: string;
}

/** Events about cluster-scoped objects live in this namespace (client-go tools/record). */
const EVENT_NAMESPACE = 'default';

/** Longest message that the API server accepts in an Event (k8s pkg/apis/core/validation NoteLengthLimit). */
const MAX_EVENT_MESSAGE = 1024;

/** Writes one Event about a Node. Throws ClusterRefusal. */
export async function recordEvent(node: NodeFacts, event: NodeEvent, now: string, cluster: Cluster): Promise<void> {
  const answer = await cluster.send({
    method: 'POST',
    path: eventsPath(EVENT_NAMESPACE),
    body: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${node.name.slice(0, 200)}.`, namespace: EVENT_NAMESPACE },
      involvedObject: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid },
      type: event.type,
      reason: event.reason,
      message: event.message.slice(0, MAX_EVENT_MESSAGE),
      source: { component: 'kubectl-maint' },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    },
  });
  if (answer.status >= 300) throw refusalFromAnswer(answer);
}
