import { EVENTS, listAt, nodePath, readAll, textAt } from '../../../../shared/index.ts';
import { keptOffIn } from '../../../kept-off/kept-off.ts';
import { readMakerEvents } from '../../../kept-off/maker-events.ts';
import { occurrencesOf } from '../../../nodes/occurrences.ts';
import { ownEventsIn } from '../../../nodes/own-events.ts';
import type { Session } from '../../../session/session.ts';
import { Unreadable } from '../../status/index.ts';
import { screenOf } from '../line-screen.ts';
import type { NodeDetails } from '../wire.ts';

/** Reads what only those want to know who look at one node; `since` (RFC 3339): in maintenance since then. */
export async function readDetails(name: string, since: string | null, session: Session): Promise<NodeDetails> {
  const { cluster, signal } = session;
  const unreadable = new Unreadable(signal);
  const [node, events = [], makers = []] = await Promise.all([
    unreadable.tried('get nodes', async () => ({ object: await cluster.get(nodePath(name)) })),
    unreadable.tried('list events', () => readAll(cluster, { path: EVENTS, query: about(name) }, (event) => event)),
    since === null ? [] : unreadable.tried('list events', () => readMakerEvents(cluster)),
  ]);
  const missing: string[] = [];
  unreadable.tell(screenOf(({ text }) => missing.push(text)));
  return {
    exists: node === undefined || node.object !== undefined,
    conditions: listAt(node?.object, 'status', 'conditions').map(conditionFrom),
    events: events.map(eventFrom).sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1)),
    keptOff: since === null ? [] : keptOffIn([{ node: name, since }], ownEventsIn(events), makers),
    missing,
  };
}

function about(name: string): { readonly fieldSelector: string } {
  return { fieldSelector: `involvedObject.kind=Node,involvedObject.name=${name}` };
}

function conditionFrom(condition: unknown): NodeDetails['conditions'][number] {
  const text = (key: string): string => textAt(condition, key) ?? '';
  return {
    type: text('type'),
    status: text('status'),
    reason: text('reason'),
    message: text('message'),
    since: text('lastTransitionTime'),
  };
}

function eventFrom(event: unknown): NodeDetails['events'][number] {
  return {
    type: textAt(event, 'type') ?? '',
    reason: textAt(event, 'reason') ?? '',
    message: textAt(event, 'message') ?? '',
    ...occurrencesOf(event),
  };
}
