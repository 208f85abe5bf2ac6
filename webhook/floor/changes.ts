import { hasBegunInCel, MIRROR_ANNOTATION, ROLLOUT_POD } from '../../shared/index.ts';
import { all, any, list, literal } from './cel.ts';
import { KIND, listOfKinds, type NamingKind } from './kinds.ts';
import { valueAt } from './placement.ts';

/**
 * What work has to do to be looked at: begin or move (shared/policy/change.ts), become such work by one of some labels, and be neither the kubelet's own copy of
 * a static pod nor a pod of the DaemonSet controller.
 */
export function startsWork(naming: readonly NamingKind[], labels: readonly string[]): string {
  return all([
    `request.operation == 'CREATE' || (${LIVES} && (${any(changes(naming, labels))}))`,
    `!(${KIND} == '/Pod' && ((${MIRROR}) || (${ROLLOUT_POD})))`,
  ]);
}

const LIVES = '!has(object.metadata.deletionTimestamp)';

const MIRROR =
  `object.metadata.?annotations[?${literal(MIRROR_ANNOTATION)}].hasValue() && ` +
  `object.spec.?nodeName.hasValue() && request.userInfo.username == 'system:node:' + object.spec.nodeName`;

function changes(naming: readonly NamingKind[], labels: readonly string[]): readonly string[] {
  return [
    `${KIND} == '/Pod' && (object.spec != oldObject.spec || object.metadata.?labels.orValue({}).exists(k, ` +
      `k in ${list(labels)} && !(k in oldObject.metadata.?labels.orValue({}))))`,
    `request.kind.group in ['apps', 'batch'] && object.?spec.?template != oldObject.?spec.?template`,
    `${KIND} != '/Pod' && oldObject.?spec.?suspend.orValue(false) == true && object.?spec.?suspend.orValue(false) != true`,
    ...naming.map((one) => `${KIND} in ${listOfKinds(one.kinds)} && ${goesOn(one)}`),
  ];
}

/** Whether the work of an object that names its node itself moves or, where making it began nothing, begins. */
function goesOn({ source, begins }: NamingKind): string {
  return begins === undefined
    ? `${valueAt('object', source)} != ${valueAt('oldObject', source)}`
    : hasBegunInCel(begins);
}
