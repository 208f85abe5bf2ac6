import { KUBERNETES, WORK_LABEL } from '../../shared/index.ts';
import { literal } from './cel.ts';
import { IS_RUN, KIND, listOfKinds, PLACED } from './kinds.ts';
import { textsOf } from './matcher.ts';
import type { Variable } from './objects.ts';

/** Kinds that make pods from a template. */
const TEMPLATED = [...PLACED.filter((kind) => kind !== KUBERNETES.Pod), KUBERNETES.DaemonSet];
const TEMPLATE = `(variables.kind in ${listOfKinds(TEMPLATED)} ? object.?spec.?template : optional.none())`;
const GROUP_OF = (owner: string): string =>
  `(${owner}.apiVersion.contains('/') ? ${owner}.apiVersion.split('/')[0] : '')`;

/** The object as the catalogue's matchers see it (shared/facts/work.ts); each is worked out when it is first read. */
export const OBJECT_VARIABLES: readonly Variable[] = [
  { name: 'kind', expression: KIND },
  IS_RUN,
  {
    name: 'owners',
    expression: `object.metadata.?ownerReferences.orValue([]).map(o, ${GROUP_OF('o')} + '/' + o.kind)`,
  },
  {
    // Who controls it and what it is, where both are Kubernetes' own: `batch/Job /Pod`.
    name: 'made',
    expression:
      'object.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false))' +
      `.map(o, ${GROUP_OF('o')} + '/' + o.kind + ' ' + variables.kind).join()`,
  },
  ...['labels', 'annotations'].flatMap((key) => [
    { name: `${key}Own`, expression: `object.metadata.?${key}.orValue({})` },
    { name: `${key}Made`, expression: `${TEMPLATE}.?metadata.?${key}.orValue({})` },
    { name: key, expression: textsOf([`variables.${key}Own`, `variables.${key}Made`]) },
  ]),
  {
    name: 'labelled',
    expression: `variables.labelsOwn[?${literal(WORK_LABEL)}].orValue(variables.labelsMade[?${literal(WORK_LABEL)}].orValue(''))`,
  },
  {
    name: 'spec',
    expression: `variables.kind == '/Pod' ? object.spec : ${TEMPLATE}.?spec.orValue({})`,
  },
];
