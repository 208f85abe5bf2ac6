import { EVENTS, listAt, nodePath, numberAt, readAll, textAt } from '../../../../shared/index.ts';
import { keptOffIn } from '../../../kept-off/kept-off.ts';
import { readMakerEvents } from '../../../kept-off/maker-events.ts';
import { readOwnEvents } from '../../../nodes/own-events.ts';
import type { Session } from '../../../session/session.ts';
import { Unreadable } from '../../status/index.ts';
import type { NodeDetails } from '../wire.ts';

/** Reads what only those want to know who look at one node; `since` (RFC 3339): in maintenance since then. */
export async function readDetails(name: string, since: string | null, session: Session): Promise<NodeDetails> {
  const { cluster, signal } = session;
  const unreadable = new Unreadable(signal);
  const [node, events, own, makers] = await Promise.all([
    unreadable.tried('get nodes', async () => ({ object: await cluster.get(nodePath(name)) })),
    unreadable.tried('list events', () => readAll(cluster, { path: EVENTS, query: about(name) }, eventFrom)),
    since === null ? [] : unreadable.tried('list events', () => readOwnEvents(cluster, name)),
    since === null ? [] : unreadable.tried('list events', () => readMakerEvents(cluster)),
  ]);
  const missing: string[] = [];
  unreadable.tell({ ...SILENT, warn: (text) => missing.push(text) });
  return {
    exists: node === undefined || node.object !== undefined,
    conditions: listAt(node?.object, 'status', 'conditions').map(conditionFrom),
    events: [...(events ?? [])].sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1)),
    keptOff: since === null ? [] : keptOffIn([{ node: name, since }], own ?? [], makers ?? []),
    missing,
  };
}

const nothing = (): void => undefined;
const SILENT = { result: nothing, data: nothing, note: nothing, live: undefined };

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
  const created = textAt(event, 'metadata', 'creationTimestamp') ?? '';
  return {
    type: textAt(event, 'type') ?? '',
    reason: textAt(event, 'reason') ?? '',
    message: textAt(event, 'message') ?? '',
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    lastAt: textAt(event, 'series', 'lastObservedTime') ?? textAt(event, 'lastTimestamp') ?? created,
  };
}
