import { NO_OBJECTION, objection, type Rule } from '../rule.ts';

/**
 * A pod that names its node bypasses the scheduler, and so the cordon. Backups, scans and add-ons have rules of their
 * own; this is for everything else, and warns unless configured otherwise: people debug nodes in maintenance so.
 */
export const placement: Rule = {
  id: 'placement',
  denies: 'pods of no known kind of work that bypass the scheduler onto a node in maintenance (`spec.nodeName`)',
  concerns: ({ request, object, classification, change }) =>
    request.operation === 'CREATE' &&
    change === 'start' &&
    classification.work === 'none' &&
    object.groupKind === '/Pod' &&
    object.template?.placement.nodeName !== undefined,
  judge: ({ object }, { field }) => {
    const name = object.template?.placement.nodeName ?? '';
    if (!field.isHeld(name)) return NO_OBJECTION;
    return objection({
      reason: 'NodeInMaintenance',
      detail: `the pod names node ${name}, which is in maintenance, and bypasses its cordon`,
      nodes: [name],
    });
  },
};
