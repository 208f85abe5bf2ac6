import {
  KUBERNETES,
  CONTROLLED_KINDS,
  controllerUsersOf,
  NO_ENTRYPOINTS,
  RECORD_ANNOTATION,
  WORK_LABEL,
} from '../../shared/index.ts';
import { list, literal } from './cel.ts';
import { IS_RUN, KIND, listOfKinds, PLACED } from './kinds.ts';
import type { Variable } from './objects.ts';

/** Kinds that make pods from a template, and pods. */
const TEMPLATED = [...PLACED, KUBERNETES.DaemonSet];
const TEMPLATE = 'object.?spec.?template';
const GROUP_OF = (owner: string): string =>
  `(${owner}.apiVersion.contains('/') ? ${owner}.apiVersion.split('/')[0] : '')`;

/** Of containers the last part of their image's name. */
const BASENAMES =
  ".map(c, c.?image.orValue('').split('@')[0]).map(i, i.substring(i.lastIndexOf('/') + 1).split(':')[0])";

/** The same of one container. */
export function basenameOf(container: string): string {
  return `[${container}]${BASENAMES}[0]`;
}

/** Whether a container's command is the program that has the image's name. */
const NAMED_AS_IMAGE =
  "('/' + c.?image.orValue('').split('@')[0] + ':')" +
  ".contains('/' + c.command[0].substring(c.command[0].lastIndexOf('/') + 1) + ':')";

/** Whether no other program is named at some place of some words. */
function hasNoOther(words: string, at: number): string {
  const word = `${words}[${at}]`;
  return `(size(${words}) <= ${at} || !(${word}.contains('$') || ${word}.split('/').exists(p, p in variables.others)))`;
}

/** Whether the owner `o` is of a kind, and its controller writes: an owner that anybody else writes says nothing. */
function madeBy(kind: string): string {
  return `${GROUP_OF('o')} + '/' + o.kind == ${literal(kind)} && request.userInfo.username in ${list(controllerUsersOf(kind))}`;
}

/** The object as the catalogue's matchers see it (shared/facts/work.ts); each is worked out when it is first read. */
export const OBJECT_VARIABLES: readonly Variable[] = [
  { name: 'kind', expression: KIND },
  IS_RUN,
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
      `(${CONTROLLED_KINDS.map(madeBy).join(' || ')}))`,
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
    expression: `variables.kind == '/Pod' ? object.spec : (variables.kind in ${listOfKinds(TEMPLATED)} ? ${TEMPLATE}.?spec.orValue({}) : {})`,
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
    name: 'owned',
    expression:
      `variables.containers.filter(c, size(c.?command.orValue([])) == 0 ? ${hasNoOther('c.?args.orValue([])', 0)} : ` +
      `(${NAMED_AS_IMAGE} && ${hasNoOther('(c.command + c.?args.orValue([]))', 1)}))`,
  },
  { name: 'entrypoints', expression: `variables.owned${BASENAMES}` },
  { name: 'words', expression: 'variables.containers.map(c, c.?command.orValue([]) + c.?args.orValue([]))' },
];

/** Where labels or annotations may stand: on the object, and on its pod template. */
function written(key: string): string {
  return (
    `[object.metadata.?${key}.orValue({}), ` +
    `variables.kind in ${listOfKinds(TEMPLATED)} && variables.kind != '/Pod' ? ${TEMPLATE}.?metadata.?${key}.orValue({}) : {}]`
  );
}
