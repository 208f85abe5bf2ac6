import { isInMaintenance, type NodeFacts } from '../../../shared/index.ts';

/** Names of the nodes besides those that go which serve nothing now: not Ready, or drained for maintenance. */
export function outBesides(going: ReadonlySet<string>, nodes: readonly NodeFacts[]): ReadonlySet<string> {
  return new Set(nodes.filter((node) => !going.has(node.name) && isOut(node)).map(({ name }) => name));
}

/** What runs on a node that is only cordoned stays there. */
function isOut(node: NodeFacts): boolean {
  const { record } = node;
  const isDrained = record.kind !== 'record' || record.record.claims.some(({ mode }) => mode === 'drain');
  return !node.ready || (isInMaintenance(node) && isDrained);
}
