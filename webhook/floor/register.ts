import { any, literal } from './cel.ts';
import type { Variable } from './objects.ts';

/** The nodes in maintenance by name, and their names by hostname: the register is the parameter of the policies. */
export const NODES = 'params.spec.nodes';
export const HOSTNAMES = 'params.spec.hostnames';

/** Later than any end: where nothing tells the time, no exception is taken for one that lasts. */
const NO_TIME = "timestamp('9999-12-31T23:59:59Z')";

/**
 * The moment of the request. The API server stamps what it creates before it asks the policies, and no client can set that; of
 * an update it stamps what is written, in `managedFields`. Who writes a later time there, or empties it, excepts nobody.
 */
export const CLOCK: readonly Variable[] = [
  {
    name: 'stamps',
    expression: 'object.metadata.?managedFields.orValue([]).filter(f, has(f.time)).map(f, timestamp(f.time))',
  },
  {
    name: 'now',
    expression:
      "request.operation == 'CREATE' ? timestamp(object.metadata.creationTimestamp) : " +
      `size(variables.stamps) == 0 ? ${NO_TIME} : variables.stamps.max()`,
  },
];

/**
 * Whether no exception takes the rule off a node of the register now. The type of what is optional is made unknown: CEL would
 * settle for one that can be a time, and it is a text. `optMap` would say it once, but Kubernetes 1.30 does not compile it over
 * what has no type.
 */
export function isOpen(node: string, rule: string): string {
  const end = `${NODES}[${node}].?exceptions[?${literal(rule)}]`;
  return any([`!${end}.hasValue()`, `timestamp(dyn(${end}.value())) <= variables.now`]);
}
