import { HOSTNAME_LABEL, PASSING_TAINTS } from '../../shared/index.ts';
import { all, any, list, literal, optional } from './cel.ts';
import { KIND, listOfKinds, PLACED, type NamingKind, type OwnSource } from './kinds.ts';

/** Where the pods of the object say that they run; `variables.spec` is their spec. */
const SELECTOR = 'variables.spec.?nodeSelector.orValue({})';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const LABELS = 'params.metadata.?labels.orValue({})';

/**
 * Whether the object's pods are pinned to the node in `params` by its name or its hostname, as
 * shared/scheduling/reach.ts decides it. With required affinity other nodes count as well, and CEL sees one at a time:
 * such pods are left to the webhook.
 */
const PINNED = `variables.nodeName != '' ? variables.nodeName == params.metadata.name : (${all([
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

/**
 * Whether the object's pods, or the object itself, may name the node in `params`: PINNED without its particulars, asked
 * before anything else is, because it holds for one of all nodes in maintenance at most.
 */
export function mayName(sources: readonly NamingKind[]): string {
  const pods = (spec: string): string =>
    any([
      `${spec}.?nodeName.orValue('') == params.metadata.name`,
      names(`${spec}.?nodeSelector[?${literal(HOSTNAME_LABEL)}].orValue('')`),
    ]);
  const named = sources.map(({ kinds, source }) => all([`${KIND} in ${listOfKinds(kinds)}`, namedIn(source)]));
  return `${KIND} == '/Pod' ? (${pods('object.spec')}) : (${KIND} in ${listOfKinds(PLACED)} ? (${pods('object.spec.template.spec')}) : (${any(named)}))`;
}

/** Whether the pods are pinned, see PINNED. */
export const PINNED_VARIABLE = 'pinned';

/** What PINNED reads besides the spec, and PINNED itself. */
export const PLACEMENT_VARIABLES = [
  { name: 'nodeName', expression: "variables.spec.?nodeName.orValue('')" },
  { name: 'hostname', expression: `${SELECTOR}[?${literal(HOSTNAME_LABEL)}].orValue('')` },
  { name: PINNED_VARIABLE, expression: PINNED },
];

/** Whether a node's name that stands in the object itself means the node in `params`. */
export function namedIn(source: OwnSource): string {
  return names(valueAt(UNTYPED, source));
}

/** The API server checks expressions against every kind of a policy, and most have no such field: here it must not. */
const UNTYPED = 'dyn(object)';

/** The node's name where the source says; empty where there is none. */
export function valueAt(root: string, source: OwnSource): string {
  const path = source.in === 'field' ? source.path : ['metadata', 'labels', source.key];
  return `${optional(root, path)}.orValue('')`;
}

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
