import { HOSTNAME_LABEL, PASSING_TAINTS, type NodeSource } from '../../shared/index.ts';
import { all, any, list, literal, optional } from './cel.ts';

/** Where the pods of the object say that they run; `variables.spec` is their spec. */
const SELECTOR = 'variables.spec.?nodeSelector.orValue({})';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const LABELS = 'params.metadata.?labels.orValue({})';

/**
 * Whether the object's pods are pinned to the node in `params` by its name or its hostname, as
 * shared/scheduling/reach.ts decides it. With required affinity other nodes count as well, and CEL sees one at a time:
 * such pods are left to the webhook.
 */
export const PINNED = `variables.nodeName != '' ? variables.nodeName == params.metadata.name : (${all([
  names('variables.hostname'),
  `!variables.spec.?affinity.?nodeAffinity.?${REQUIRED}.hasValue()`,
  `!variables.spec.?affinity.?podAffinity.?${REQUIRED}.hasValue()`,
  `${SELECTOR}.all(k, ${SELECTOR}[k] == ${LABELS}[?k].orValue('') && k in ${LABELS} || k == ${literal(HOSTNAME_LABEL)} && ${SELECTOR}[k] == params.metadata.name)`,
  `params.?spec.?taints.orValue([]).all(t, ${any([
    `t.key in ${list([...PASSING_TAINTS])}`,
    "!(t.effect in ['NoSchedule', 'NoExecute'])",
    tolerated('t'),
  ])})`,
])})`;

/** What PINNED reads besides the spec. */
export const PLACEMENT_VARIABLES = [
  { name: 'nodeName', expression: "variables.spec.?nodeName.orValue('')" },
  { name: 'hostname', expression: `${SELECTOR}[?${literal(HOSTNAME_LABEL)}].orValue('')` },
];

/** Whether a node's name that stands in the object itself means the node in `params`. */
export function namedIn(root: string, source: NodeSource & { readonly in: 'field' | 'label' }): string {
  return names(valueAt(root, source));
}

/** The node's name where the source says; empty where there is none. */
export function valueAt(root: string, source: NodeSource & { readonly in: 'field' | 'label' }): string {
  const path = source.in === 'field' ? source.path : ['metadata', 'labels', source.key];
  return `${optional(root, path)}.orValue('')`;
}

/** A node is meant by its name and by its hostname label. */
function names(value: string): string {
  const label = `${LABELS}[?${literal(HOSTNAME_LABEL)}].orValue('')`;
  return all([`${value} != ''`, any([`${value} == params.metadata.name`, `${value} == ${label}`])]);
}

/** Tolerations that compare integers (`Lt`, `Gt`) count as none: such a node is left to the webhook. */
function tolerated(taint: string): string {
  const of = (key: string): string => `x.?${key}.orValue('')`;
  return `variables.spec.?tolerations.orValue([]).exists(x, ${all([
    any([`${of('effect')} == ''`, `${of('effect')} == ${taint}.effect`]),
    any([`${of('key')} == ''`, `${of('key')} == ${taint}.key`]),
    any([
      `${of('operator')} == 'Exists'`,
      all([`${of('operator')} in ['', 'Equal']`, `${of('value')} == ${taint}.?value.orValue('')`]),
    ]),
  ])})`;
}
