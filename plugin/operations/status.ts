import { isHeld } from '../../shared/index.ts';
import { readPods } from '../drain/read.ts';
import type { FilterContext } from '../drain/filters.ts';
import { planDrain } from '../drain/plan.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { chooseNodes, listNodes } from '../nodes/choose.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { StatusOperation } from '../operation.ts';
import { renderStatus } from '../output/status.ts';
import type { Session } from '../session.ts';
import { statusFrom, type NodeStatus } from './node-status.ts';

/**
 * `kubectl maint status`: the nodes in maintenance and the ones that are cordoned without a record; or the chosen
 * nodes, whatever their state.
 */
export async function runStatus(operation: StatusOperation, session: Session): Promise<ExitCode> {
  const { names, selector } = operation.nodes;
  const chosen =
    names.length > 0 ? await chooseNodes(operation.nodes, session.cluster) : await listNodes(session.cluster, selector);
  const shown = names.length > 0 || selector !== undefined ? chosen : chosen.filter(isOfInterest);
  const statuses = await Promise.all(shown.map((node) => readStatus(node, session)));
  const text = await renderStatus(statuses, operation.format, session.clock.now());
  if (statuses.length === 0 && (operation.format === 'table' || operation.format === 'wide')) {
    session.screen.note('No nodes in maintenance.');
  } else if (text !== '') session.screen.result(text);
  return operation.exitCode && chosen.some((node) => isHeld(node.facts)) ? EXIT.inMaintenance : EXIT.done;
}

function isOfInterest({ facts }: NodeSnapshot): boolean {
  return isHeld(facts) || facts.unschedulable;
}

/** What is left to move counts for nodes in maintenance only: it costs a list of pods per node. */
async function readStatus(node: NodeSnapshot, session: Session): Promise<NodeStatus> {
  if (!isHeld(node.facts)) return statusFrom(node, undefined);
  const pods = await readPods(node.facts.name, undefined, session.cluster);
  return statusFrom(node, planDrain(node.facts.name, pods, EVERYTHING).evict.length);
}

/** Every pod that a drain with all permissions would move is work that is left. */
const EVERYTHING: FilterContext = {
  flags: {
    force: true,
    ignoreDaemonSets: true,
    deleteEmptyDirData: true,
    gracePeriodSeconds: -1,
    podSelector: undefined,
    disableEviction: false,
    skipWaitForDeleteSeconds: 0,
  },
  activeWork: 'evict',
  now: 0,
  daemonSetExists: () => true,
  activeWorkOf: () => undefined,
};
