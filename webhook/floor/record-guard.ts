import {
  explainRight,
  HOOKS_ANNOTATION,
  RECORD_ANNOTATION,
  STATE_LABEL,
  WHY_ANNOTATION,
  type RuleMode,
} from '../../shared/index.ts';
import { all, any, literal, sentence } from './cel.ts';
import type { PolicyParts, Validation } from './objects.ts';

const annotation = (object: string, key = RECORD_ANNOTATION): string =>
  `${object}.metadata.?annotations[?${literal(key)}]`;

/** Whether an optional value of the Node differs from what was there; on CREATE nothing was. */
function differs(valueIn: (object: string) => string): string {
  const [now, before] = [valueIn('object'), valueIn('oldObject')];
  return `oldObject == null ? ${now}.hasValue() : ${now} != ${before}`;
}

const RECORD_CHANGES = any([
  differs((object) => annotation(object)),
  differs((object) => annotation(object, WHY_ANNOTATION)),
  // Whoever ends the maintenance undoes by their own rights what it says.
  differs((object) => annotation(object, HOOKS_ANNOTATION)),
  differs((object) => `${object}.metadata.?labels[?${literal(STATE_LABEL)}]`),
]);

/** With the record gone in the same write the cordon may go, too: that is the end of a maintenance, and a change of the record. */
const UNCORDONS = `oldObject != null && ${all([
  `${annotation('oldObject')}.hasValue()`,
  'oldObject.?spec.?unschedulable.orValue(false)',
  '!object.?spec.?unschedulable.orValue(false)',
])}`;

/**
 * Who may change a node's record, and uncordon it meanwhile: whoever has the verb `set` on
 * `maintenances.kubectl-maint.io` of the node's name. Decided inside the API server, through `nodes` and through
 * `nodes/status` (a status write takes labels and annotations as well), so that it holds while no webhook runs.
 * Heartbeats, cordons and everything else of a Node are not looked at.
 */
export function recordGuard(mode: Exclude<RuleMode, 'off'>): PolicyParts {
  return {
    name: 'record.kubectl-maint.io',
    mode,
    failurePolicy: 'Fail',
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], resources: ['nodes', 'nodes/status'], operations: ['CREATE', 'UPDATE'] },
    ],
    matchConditions: [{ name: 'guarded', expression: any([RECORD_CHANGES, UNCORDONS]) }],
    variables: [
      { name: 'rewrites', expression: RECORD_CHANGES },
      {
        name: 'may',
        expression:
          "authorizer.group('kubectl-maint.io').resource('maintenances').name(object.metadata.name).check('set').allowed()",
      },
    ],
    validations: [
      guarded('!variables.rewrites || variables.may', 'change the maintenance record of node {node}'),
      guarded('variables.rewrites || variables.may', 'uncordon node {node} while it is in maintenance'),
    ],
    hasRegister: false,
  };
}

function guarded(expression: string, what: string): Validation {
  const values = { user: 'request.userInfo.username', node: 'object.metadata.name' };
  return {
    expression,
    messageExpression: sentence(explainRight('{user}', what), values),
    message: explainRight('this identity', what.replace('node {node}', 'this node')),
    reason: 'Forbidden',
  };
}
