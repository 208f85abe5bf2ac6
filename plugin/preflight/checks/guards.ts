import {
  breaksGuard,
  CONTROL_PLANE_LABEL,
  isInMaintenance,
  NodeTable,
  RECORD_ANNOTATION,
  type NodeFacts,
} from '../../../shared/index.ts';
import type { NodeLimit } from '../../drain/options.ts';
import { refusal, type Check, type Finding } from '../finding.ts';
import type { ClusterNode, Survey } from '../survey.ts';

/** What may not be taken from the cluster: control-plane quorum, the last worker, more workers than allowed at once. */
export const guards: Check = {
  id: 'guards',
  refuses:
    "the control plane's quorum, the last worker (`--allow-last-node`); more nodes than `--max-unavailable` allows, or most of the workers without it",
  warns: '',
  find,
};

function find(survey: Survey): readonly Finding[] {
  const { nodes } = survey;
  if (nodes === undefined) return [];
  return [...(survey.allowLastNode ? [] : brokenBy(survey.chosen, nodes)), ...tooMany(survey, nodes)];
}

/** What the policy's own guard says of one node after the other, each with those before it already marked. */
function brokenBy(chosen: readonly NodeFacts[], nodes: readonly ClusterNode[]): readonly Finding[] {
  const table = new NodeTable(nodes.map(({ facts }) => facts));
  return chosen.flatMap((node) => {
    const found = isInMaintenance(node) ? [] : breaksGuard(node, table);
    table.put({ ...node, record: MARKED });
    return found.map(({ detail }) => refusal('guards', `${detail} (--allow-last-node takes it all the same)`));
  });
}

const MARKED: NodeFacts['record'] = {
  kind: 'unreadable',
  problems: [{ path: RECORD_ANNOTATION, message: 'is about to be written' }],
};

/**
 * So many workers nobody takes by mistake, whatever share of a small cluster they are: more than are drained at once unless
 * asked for. A run over more of them that leaves less than half of all in service has to say that it means it.
 */
export const UNASKED_NODES = 10;
const UNASKED_SHARE = 0.5;

function tooMany({ chosen, pace: { maxUnavailable } }: Survey, nodes: readonly ClusterNode[]): readonly Finding[] {
  const workers = nodes.map(({ facts }) => facts).filter(({ labels }) => !labels.has(CONTROL_PLANE_LABEL));
  const names = new Set(chosen.map(({ name }) => name));
  const taken = workers.filter(({ name }) => names.has(name));
  if (taken.length === 0) return [];
  const out = workers.filter(
    (node) => names.has(node.name) || node.unschedulable || !node.ready || isInMaintenance(node),
  );
  const what = `${out.length} of ${workers.length} workers would be out of service`;
  if (maxUnavailable === undefined) {
    if (taken.length <= UNASKED_NODES || out.length <= workers.length * UNASKED_SHARE) return [];
    return [refusal('guards', `${what}, more than half; if you mean it, say so: --max-unavailable=${out.length}`)];
  }
  const allowed = mostUnavailable(maxUnavailable, workers.length);
  if (out.length <= allowed) return [];
  return [
    refusal('guards', `${what}, and --max-unavailable allows ${allowed}: ${out.map(({ name }) => name).join(', ')}`),
  ];
}

/** Per cent are rounded down, as for a Deployment's maxUnavailable, but one node may always go. */
function mostUnavailable(limit: NodeLimit, workers: number): number {
  return 'nodes' in limit ? limit.nodes : Math.max(1, Math.floor((workers * limit.percent) / 100));
}
