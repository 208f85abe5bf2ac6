import { isOfItsRun } from '../own-pod.ts';
import { isDaemonSetControllers } from '../controllers.ts';
import { NO_OBJECTION, objection, type Rule, type Subject } from '../rule.ts';
import { WORK_ENTRY } from './work-entry.ts';

/**
 * A pod that names its node bypasses the scheduler, and so the cordon. Backups and scans have rules of their own, and
 * the DaemonSet controller is never stopped; this is for everything else, and warns unless configured otherwise: people
 * debug nodes in maintenance so. Whether a pod calls itself an add-on does not count: anybody writes a label or an owner.
 * The pod of `run --on-node` is what the node is in maintenance for, where it comes from whoever has it so.
 */
export const placement: Rule<'NodeInMaintenance'> = {
  id: 'placement',
  denies: 'pods of no known kind of work that bypass the scheduler onto a node in maintenance (`spec.nodeName`)',
  reasons: { NodeInMaintenance: { means: 'the pod names a node in maintenance' } },
  defaults: { mode: 'warn', scope: 'node', unknown: 'allow' },
  settings: [],
  inPalette: false,
  liftable: true,
  entries: [WORK_ENTRY],
  concerns: (subject) => namesItsNode(subject) && !isOthers(subject) && !isDaemonSetControllers(subject),
  judge: (subject, { nodeIndex }) => {
    const name = subject.object.template?.placement.nodeName ?? '';
    const node = nodeIndex.node(name);
    if (!nodeIndex.isInMaintenance(name) || (node !== undefined && isOfItsRun(subject, node))) return NO_OBJECTION;
    return objection({
      reason: 'NodeInMaintenance',
      detail: `the pod names node ${name}, which is in maintenance, and bypasses its cordon`,
      nodes: [name],
    });
  },
};

function namesItsNode({ request, object, change }: Subject): boolean {
  return (
    request.operation === 'CREATE' &&
    change === 'start' &&
    object.groupKind === '/Pod' &&
    object.template?.placement.nodeName !== undefined
  );
}

function isOthers({ classification: { work } }: Subject): boolean {
  return work === 'backup' || work === 'scan';
}
