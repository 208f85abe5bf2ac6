import { HOSTNAME_LABEL } from '../../shared/index.ts';
import { all, any, list, literal, optional } from './cel.ts';
import { KIND, listOfKinds, PLACED, type NamingKind, type OwnSource } from './kinds.ts';
import type { Variable } from './objects.ts';
import { HOSTNAMES, NODES } from './register.ts';

/** Where the pods of the object say that they run; `variables.spec` is their spec. */
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

/**
 * The hostname to which the object's pods are tied, and nothing else beside it: what other labels or affinity make of it
 * depends on nodes that the register does not have, and is the webhook's to say.
 */
const HOSTNAME = `${all([
  'size(variables.spec.?nodeSelector.orValue({})) == 1',
  `!variables.spec.?affinity.?nodeAffinity.?${REQUIRED}.hasValue()`,
  `!variables.spec.?affinity.?podAffinity.?${REQUIRED}.hasValue()`,
])} ? variables.spec.nodeSelector[?${literal(HOSTNAME_LABEL)}].orValue('') : ''`;

/** The name of the node in the register that some text means, a name or a hostname; empty where it means none. */
function meant(text: string): string {
  return `${text} in ${NODES} ? ${text} : ${HOSTNAMES}[?${text}].orValue('')`;
}

/** The node in maintenance to which the object's pods are pinned, as shared/scheduling/reach.ts decides it. */
const PINNED: readonly Variable[] = [
  { name: 'nodeName', expression: "variables.spec.?nodeName.orValue('')" },
  { name: 'hostname', expression: HOSTNAME },
  { name: 'selected', expression: meant('variables.hostname') },
  {
    name: 'pinned',
    expression:
      `variables.nodeName != '' ? (variables.nodeName in ${NODES} ? variables.nodeName : '') : ` +
      `variables.selected != '' && ${NODES}[variables.selected].?taints.orValue([]).all(t, ${tolerated('t')}) ? variables.selected : ''`,
  },
];

/**
 * The variable with the name of the node in maintenance that the object means, and those that it needs; empty: none. A text
 * for certain, since CEL puts texts alone into a list of texts.
 */
export function nodeVariables(source: OwnSource | undefined, name: string): readonly Variable[] {
  if (source === undefined) return [...PINNED, { name, expression: 'string(variables.pinned)' }];
  return [
    { name: `${name}Text`, expression: valueAt(UNTYPED, source) },
    { name, expression: `string(${meant(`variables.${name}Text`)})` },
  ];
}

/**
 * Whether the object's pods, or the object itself, may name a node in maintenance: asked before anything else is, because it
 * holds for the fewest.
 */
export function mayName(sources: readonly NamingKind[]): string {
  const isListed = (...texts: readonly string[]): string =>
    `[${texts.map((text) => `dyn(${text})`).join(', ')}].exists(n, n in ${NODES} || n in ${HOSTNAMES})`;
  const pods = (spec: string): string =>
    isListed(`${spec}.?nodeName.orValue('')`, `${spec}.?nodeSelector[?${literal(HOSTNAME_LABEL)}].orValue('')`);
  const named = sources.map(({ kinds, source }) =>
    all([`${KIND} in ${listOfKinds(kinds)}`, isListed(valueAt(UNTYPED, source))]),
  );
  return `${KIND} == '/Pod' ? (${pods('object.spec')}) : (${KIND} in ${listOfKinds(PLACED)} ? (${pods('object.spec.template.spec')}) : (${any(named)}))`;
}

/** The API server checks expressions against every kind of a policy, and most have no such field: here it must not. */
export const UNTYPED = 'dyn(object)';

/** The node's name where the source says; empty where there is none. */
export function valueAt(root: string, source: OwnSource): string {
  const path = source.in === 'field' ? source.path : ['metadata', 'labels', source.key];
  return `${optional(root, path)}.orValue('')`;
}

/** Tolerations that compare integers (`Lt`, `Gt`) count as none: such a node is left to the webhook. */
function tolerated(taint: string): string {
  const of = (key: string): string => `x.?${key}.orValue('')`;
  return `variables.spec.?tolerations.orValue([]).exists(x, ${all([
    any([`${of('effect')} == ''`, `${of('effect')} == ${taint}.effect`]),
    any([`${of('key')} == ''`, `${of('key')} == ${taint}.key`]),
    any([
      `${of('operator')} == 'Exists'`,
      all([`${of('operator')} in ${list(['', 'Equal'])}`, `${of('value')} == ${taint}.value`]),
    ]),
  ])})`;
}
