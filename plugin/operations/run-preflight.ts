import { NO_RECORD } from '../../shared/index.ts';
import { Limiter } from '../drain/limiter.ts';
import { findingsOf } from '../preflight/checks/registry.ts';
import type { ClusterView } from '../preflight/cluster-view.ts';
import type { Finding } from '../preflight/finding.ts';
import type { ClusterNode, Survey } from '../preflight/survey.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { RunOperation } from '../operation.ts';
import type { Session } from '../session.ts';
import { lookAhead, refusedFor } from './on-foresight.ts';
import type { ChosenNodes } from './run-nodes.ts';

/** Nodes that are looked at at once: each takes some lists and watches. */
const LOOKS_AT_ONCE = 4;

/**
 * Looks at every node before the first is touched: whatever would refuse one of them later, refuses all of them now.
 * Warnings are told when a node's turn comes. Throws MaintError.
 */
export async function refuseAhead(
  chosen: ChosenNodes,
  operation: RunOperation,
  session: Session,
  view: ClusterView,
): Promise<void> {
  const { nodes } = chosen;
  const looks = new Limiter(LOOKS_AT_ONCE);
  const findings = await Promise.all(
    nodes.map((_, index) => looks.run(() => refusalsAt(index, chosen, { operation, session, view }))),
  );
  const unique = new Map(findings.flat().map((finding) => [finding.text, finding]));
  if (unique.size > 0) throw refusedFor([...unique.values()]);
}

/** What refuses a node when its turn comes: it and those that are under way beside it are out of service then, no other. */
async function refusalsAt(
  index: number,
  { nodes, continued }: ChosenNodes,
  {
    operation,
    session,
    view,
  }: { readonly operation: RunOperation; readonly session: Session; readonly view: ClusterView },
): Promise<readonly Finding[]> {
  const atOnce = operation.maxParallel === 0 ? nodes.length : operation.maxParallel;
  const beside = nodes.slice(index, index + atOnce).map(({ facts }) => facts);
  const over = new AbortController();
  try {
    const signal = AbortSignal.any([session.signal, over.signal]);
    const node: readonly NodeSnapshot[] = nodes.slice(index, index + 1);
    const looking = { session: { ...session, signal }, view, note: () => undefined };
    const { survey } = await lookAhead(node, operation.on, looking);
    const others = new Set([...continued].filter((name) => beside.every((one) => one.name !== name)));
    const then: Survey = { ...survey, chosen: beside, nodes: survey.nodes?.map((one) => backThen(one, others)) };
    return findingsOf(then).filter(({ severity }) => severity === 'refuse');
  } finally {
    over.abort();
  }
}

/** A node of this run that is in maintenance now has come back by then: otherwise the run stops before. */
function backThen(node: ClusterNode, others: ReadonlySet<string>): ClusterNode {
  if (!others.has(node.facts.name)) return node;
  return { ...node, facts: { ...node.facts, record: NO_RECORD, unschedulable: false, ready: true } };
}
