import { REGISTER_GROUP, REGISTER_PLURAL } from '../../shared/index.ts';
import { all, any, literal, sentence } from './cel.ts';
import type { PolicyParts } from './objects.ts';

/** One that lists nothing may be made by whoever has the right: there is none then. Labels and annotations decide nothing. */
const IS_HARMLESS = any([
  all(["request.operation == 'CREATE'", 'size(object.spec.nodes) == 0']),
  all(["request.operation == 'UPDATE'", 'object.spec == oldObject.spec']),
]);

/**
 * Who may write the register: the identity of its controller alone. Whoever may write everything, such as what keeps a
 * cluster as a repository has it, would else empty it in good faith.
 */
export function registerGuard(controller: string): PolicyParts {
  const isController = `request.userInfo.username == ${literal(controller)}`;
  const says = `{user} may not change it: the controller (${controller}) keeps it as the nodes are`;
  return {
    name: 'register.kubectl-maint.io',
    mode: 'enforce',
    failurePolicy: 'Fail',
    resourceRules: [
      {
        apiGroups: [REGISTER_GROUP],
        apiVersions: ['*'],
        resources: [REGISTER_PLURAL],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
      },
    ],
    matchConditions: [{ name: 'stranger', expression: `!(${isController})` }],
    variables: [],
    validations: [
      {
        expression: IS_HARMLESS,
        messageExpression: sentence(`register of nodes in maintenance: ${says}`, { user: 'request.userInfo.username' }),
        message: `register of nodes in maintenance: only ${controller} may change it`,
        reason: 'Forbidden',
      },
    ],
    hasRegister: false,
  };
}
