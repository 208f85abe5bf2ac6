import { NO_RECORD } from '../../../shared/index.ts';
import { Limiter } from '../../drain/limiter.ts';
import { filters } from '../../preflight/checks/filters.ts';
import { findingsOf } from '../../preflight/checks/registry.ts';
import { rights } from '../../preflight/checks/rights.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Finding } from '../../preflight/finding.ts';
import { renderRight, type Right } from '../../preflight/rights.ts';
import type { ClusterNode, Survey } from '../../preflight/survey.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { RunOperation } from './flags.ts';
import type { Session } from '../../session/session.ts';
import { type OnReport, refusedFor, sharedByDrains, surveyNodes } from '../on/index.ts';
import type { ChosenNodes } from './nodes.ts';

/** How many nodes are looked at at once: each takes some lists and watches. */
const LOOKS_AT_ONCE = 4;

/**
 * Looks at every node before the first is touched: what would refuse one of them when its turn comes refuses the run now.
 * Warnings are told when a node's turn comes. Throws MaintError.
 */
export async function refuseAhead(
  chosen: ChosenNodes,
  operation: RunOperation,
  session: Session,
  view: ClusterView,
): Promise<void> {
  // What only has to come back is drained no more.
  const nodes = chosen.nodes.filter(({ facts }) => !chosen.returning.has(facts.name));
  const looks = new Limiter(LOOKS_AT_ONCE);
  const surveys = await looking(operation, session, view, (look) =>
    Promise.all(nodes.map((_, index) => looks.run(() => surveyAt(index, { ...chosen, nodes }, look)))),
  );
  const findings = findingsOver(surveys).filter(({ severity }) => severity === 'refuse');
  const unique = new Map(findings.map((finding) => [finding.text, finding]));
  if (unique.size > 0) throw refusedFor([...unique.values()], operation);
}

/** Findings about pods and rights are told once for all nodes; those of the other checks are found for each node. */
function findingsOver(surveys: readonly Survey[]): readonly Finding[] {
  return [
    ...filters.find({ plans: surveys.flatMap(({ plans }) => plans) }),
    ...surveys
      .flatMap((survey) => findingsOf({ ...survey, missingRights: [] }))
      .filter(({ check }) => check !== 'filters'),
    ...rights.find({ missingRights: unlike(surveys.flatMap(({ missingRights }) => missingRights)) }),
  ];
}

function unlike(rights: readonly Right[]): readonly Right[] {
  return [...new Map(rights.map((right) => [renderRight(right), right])).values()];
}

/** What all looks share: what the policy says, what the caller may do and which work runs inside pods is read once for all. */
interface Look {
  readonly operation: RunOperation;
  readonly session: Session;
  readonly view: ClusterView;
  readonly shared: ReturnType<typeof sharedByDrains>;
}

/** What a look would tell is told when the node's turn comes. */
const LATER: OnReport = { tell: () => undefined };

/** Whatever is watched for the looks ends with them. */
async function looking<T>(
  operation: RunOperation,
  session: Session,
  view: ClusterView,
  looks: (look: Look) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const watched = { ...session, signal: AbortSignal.any([session.signal, over.signal]) };
  const shared = sharedByDrains({ operation: operation.on, session: watched, report: LATER, view });
  try {
    return await looks({ operation, session: watched, view, shared });
  } finally {
    over.abort();
  }
}

/** What the checks look at when the turn of a node comes: by then it and those beside it are out of service, and no other of the run. */
async function surveyAt(
  index: number,
  { nodes, continued }: ChosenNodes,
  { operation, session, view, shared }: Look,
): Promise<Survey> {
  const atOnce = operation.maxParallel === 0 ? nodes.length : operation.maxParallel;
  const beside = nodes.slice(index, index + atOnce).map(({ facts }) => facts);
  const node: readonly NodeSnapshot[] = nodes.slice(index, index + 1);
  const on = { operation: operation.on, session, view, shared, report: LATER };
  const { survey } = await surveyNodes(node, { ...on, isLook: true });
  const others = new Set([...continued].filter((name) => beside.every((one) => one.name !== name)));
  return { ...survey, chosen: beside, nodes: survey.nodes?.map((one) => backThen(one, others)) };
}

/** A node of this run that is in maintenance now is taken as back in service: the run stops before where it does not come back. */
function backThen(node: ClusterNode, others: ReadonlySet<string>): ClusterNode {
  if (!others.has(node.facts.name)) return node;
  return { ...node, facts: { ...node.facts, record: NO_RECORD, unschedulable: false, ready: true } };
}
