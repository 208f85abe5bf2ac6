import {
  eventAboutNode,
  eventsPath,
  NODE_EVENT_NAMESPACE,
  refusalFromAnswer,
  type Cluster,
  type NodeEvent as WholeEvent,
  type NodeFacts,
} from '../../shared/index.ts';

/** What happened to a Node, once. */
export type NodeEvent = Pick<WholeEvent, 'type' | 'reason' | 'message'>;

/** Writes one Event about a Node. Throws ClusterRefusal. */
export async function recordEvent(node: NodeFacts, event: NodeEvent, now: string, cluster: Cluster): Promise<void> {
  const answer = await cluster.send({
    method: 'POST',
    path: eventsPath(NODE_EVENT_NAMESPACE),
    body: eventAboutNode(node, { ...event, count: 1, first: now, last: now }),
  });
  if (answer.status >= 300) throw refusalFromAnswer(answer);
}
