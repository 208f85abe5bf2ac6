import { MAKERS, makersOf, NO_ENTRYPOINTS, RECORD_ANNOTATION, WORK_LABEL } from '../../shared/index.ts';
import { list, literal } from './cel.ts';
import { KIND, PLACED } from './kinds.ts';
import type { Variable } from './objects.ts';

/** Kinds that make pods from a template, and pods. */
const TEMPLATED = [...PLACED, 'apps/DaemonSet'];
const TEMPLATE = 'object.?spec.?template';
const GROUP_OF = (owner: string): string =>
  `(${owner}.apiVersion.contains('/') ? ${owner}.apiVersion.split('/')[0] : '')`;

import { MAKERS, makersOf, NO_ENTRYPOINTS, RECORD_ANNOTATION, WORK_LABEL } from '../../shared/index.ts';
}

/** The object as the catalogue's matchers see it (shared/facts/work.ts); each is worked out when it is first read. */
export const OBJECT_VARIABLES: readonly Variable[] = [
  { name: 'kind', expression: KIND },
  { name: 'held', expression: `params.metadata.?annotations[?${literal(RECORD_ANNOTATION)}].hasValue()` },
  { name: 'name', expression: "object.metadata.?name.orValue(object.metadata.?generateName.orValue(''))" },
  {
    name: 'nameWords',
    expression:
      "([variables.name] + object.metadata.?ownerReferences.orValue([]).map(o, o.name)).join('-').replace('.', '-').split('-')",
  },
  {
    name: 'writer',
    expression:
      "request.userInfo.username.matches('^system:serviceaccount:[^:]+:.+$') ? " +
      "request.userInfo.username.split(':', 4)[3] : ''",
  },
  {
    name: 'owners',
    expression: `object.metadata.?ownerReferences.orValue([]).map(o, ${GROUP_OF('o')} + '/' + o.kind)`,
  },
  {
    name: 'keptUp',
    expression:
      "variables.kind == '/Pod' && object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false) && " +
      `(${MAKERS.map(madeBy).join(' || ')}))`,
  },
  {
    // Who controls it and what it is, where both are Kubernetes' own: `batch/Job /Pod`.
    name: 'made',
    expression:
      'object.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false))' +
      `.map(o, ${GROUP_OF('o')} + '/' + o.kind + ' ' + variables.kind).join()`,
  },
  { name: 'labels', expression: written('labels') },
  { name: 'annotations', expression: written('annotations') },
  {
    name: 'labelled',
    expression: `variables.labels[0][?${literal(WORK_LABEL)}].orValue(variables.labels[1][?${literal(WORK_LABEL)}].orValue(''))`,
  },
  {
    name: 'spec',
    expression: `variables.kind == '/Pod' ? object.spec : (variables.kind in ${list(TEMPLATED)} ? ${TEMPLATE}.?spec.orValue({}) : {})`,
  },
  {
    name: 'containers',
    expression: 'variables.spec.?initContainers.orValue([]) + variables.spec.?containers.orValue([])',
  },
  {
    name: 'images',
    expression: `variables.containers${BASENAMES}`,
  },
  { name: 'others', expression: list(NO_ENTRYPOINTS) },
  {
    // Those that run their own entry point (shared/targets/invocations.ts); of others the webhook looks what they run.
    name: 'entrypoints',
    expression:
      `variables.containers.filter(c, size(c.?command.orValue([])) == 0 ? ${hasNoOther('c.?args.orValue([])', 0)} : ` +
      `(${NAMED_AS_IMAGE} && ${hasNoOther('(c.command + c.?args.orValue([]))', 1)}))${BASENAMES}`,
  },
  { name: 'words', expression: 'variables.containers.map(c, c.?command.orValue([]) + c.?args.orValue([]))' },
];

/** Where labels or annotations may stand: on the object, and on its pod template. */
function written(key: string): string {
  return (
    `[object.metadata.?${key}.orValue({}), ` +
    `variables.kind in ${list(TEMPLATED)} && variables.kind != '/Pod' ? ${TEMPLATE}.?metadata.?${key}.orValue({}) : {}]`
  );
}
