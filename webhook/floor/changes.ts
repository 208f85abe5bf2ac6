import { MIRROR_ANNOTATION, type NodeSource } from '../../shared/index.ts';
import { ROLLOUT_POD, type MatchCondition } from '../match-conditions.ts';
import { any, list, literal } from './cel.ts';
import { valueAt } from './placement.ts';

/** A kind whose objects name their node themselves. */
export interface NamingKind {
  readonly kinds: readonly string[];
  readonly source: NodeSource & { readonly in: 'field' | 'label' };
}

/** The kind of the request, as `group/Kind`. */
export const KIND = "request.kind.group + '/' + request.kind.kind";

/**
 * What work has to do to be looked at: begin or move (shared/policy/change.ts), and be neither the kubelet's own copy of
 * a static pod nor a pod of the DaemonSet controller.
 */
export function conditionsFor(naming: readonly NamingKind[]): readonly MatchCondition[] {
  return [
    { name: 'starts', expression: `request.operation == 'CREATE' || (${LIVES} && (${any(changes(naming))}))` },
    { name: 'no-mirror', expression: `!(${KIND} == '/Pod' && ${MIRROR})` },
    { name: 'no-rollout', expression: `!(${KIND} == '/Pod' && ${ROLLOUT_POD})` },
  ];
}

const LIVES = '!has(object.metadata.deletionTimestamp)';

const MIRROR =
  `object.metadata.?annotations[?${literal(MIRROR_ANNOTATION)}].hasValue() && ` +
  `object.spec.?nodeName.hasValue() && request.userInfo.username == 'system:node:' + object.spec.nodeName`;

function changes(naming: readonly NamingKind[]): readonly string[] {
  return [
    `${KIND} == '/Pod' && (object.spec != oldObject.spec || ` +
      `object.metadata.?labels.orValue({}) != oldObject.metadata.?labels.orValue({}))`,
    `request.kind.group in ['apps', 'batch'] && object.?spec.?template != oldObject.?spec.?template`,
    `${KIND} != '/Pod' && oldObject.?spec.?suspend.orValue(false) == true && object.?spec.?suspend.orValue(false) != true`,
    ...naming.map(
      ({ kinds, source }) =>
        `${KIND} in ${list(kinds)} && ${valueAt('object', source)} != ${valueAt('oldObject', source)}`,
    ),
  ];
}
