import { at, textAt } from '../facts/json.ts';
import type { WorkObject } from '../facts/work.ts';
import { WORK_LABEL } from '../labels.ts';
import { SCHEDULE_KIND } from '../targets/classify.ts';
import type { Beginning, NodeSource, WorkPattern } from '../targets/tool.ts';
import { EPHEMERAL_CONTAINERS } from './ephemeral.ts';
import { sameJson } from './same-json.ts';
import type { ReviewRequest } from './request.ts';

/**
 * What a request does to the work behind an object.
 * `start`: work may begin or move because of it. `delete`: the object is to go.
 * `none`: status, metadata, scale, finalizers: nothing that any rule about starting work looks at.
 */
export type Change = 'start' | 'delete' | 'none';

/** What of an object's work decides whether a request begins it. */
export interface Begun {
  /** Where its tool names its node. */
  readonly source: NodeSource;
  /** How it begins, where making it is only asking for it. */
  readonly begins: Beginning | undefined;
  /** Whether it is other work than it was before the request. */
  readonly isNewWork: () => boolean;
}

/** What a request does to the work of its object. */
export function changeOf(request: ReviewRequest, work: Begun): Change {
  if (!STARTS_WORK.includes(request.subresource)) return 'none';
  switch (request.operation) {
    case 'DELETE':
      return 'delete';
    case 'CREATE':
      return work.begins === undefined ? 'start' : 'none';
    case 'CONNECT':
      return 'none';
    case 'UPDATE':
      return updateStarts(request, work) ? 'start' : 'none';
  }
}

/** The object itself, and the one subresource that may start something in it. */
const STARTS_WORK = ['', EPHEMERAL_CONTAINERS];

function updateStarts(
  { oldObject: before, object: after, isCut }: ReviewRequest,
  { source, begins, isNewWork }: Begun,
): boolean {
  // What is being deleted only loses finalizers from here on.
  if (after === undefined || after.deleting) return false;
  // Nobody knows what differs.
  if (isCut) return true;
  if (before === undefined) return false;
  if (begins !== undefined) return hasBegun(before, after, begins);
  if (after.groupKind === '/Pod') return podStarts(before, after, isNewWork);
  return (
    [templateChanges, isResumed, isRelabelled].some((differs) => differs(before, after)) ||
    nodeChanges(before, after, source)
  );
}

function hasBegun(before: WorkObject, after: WorkObject, { path, from, to }: Beginning): boolean {
  return textAt(after.raw, ...path) === to && from.includes(textAt(before.raw, ...path) ?? '');
}

/** The same in CEL, of objects by these names: for conditions of entries and policies of the API server. */
export function hasBegunInCel({ path, from, to }: Beginning, object = 'object', oldObject = 'oldObject'): string {
  const value = (root: string): string => `${[root, ...path].join('.?')}.orValue('')`;
  const texts = from.map((text) => JSON.stringify(text));
  return `${value(object)} == ${JSON.stringify(to)} && ${value(oldObject)} in [${texts.join(', ')}]`;
}

/** Keys of the labels by which an object may become work of some patterns, each once, sorted. */
export function decidingLabels(patterns: readonly WorkPattern[]): readonly string[] {
  return [...new Set(patterns.flatMap(({ match }) => Object.keys(match.labels ?? {})))].sort();
}

/**
 * A running Pod may change its images, and a gated one its placement. Labels start nothing in a pod that was such work
 * before; one that becomes such work by a label is judged as if it were made.
 */
function podStarts(before: WorkObject, after: WorkObject, isNewWork: () => boolean): boolean {
  return (
    !sameJson(before.template?.spec, after.template?.spec) || (!sameMap(before.labels, after.labels) && isNewWork())
  );
}

/** Whether the pod template differs, labels and annotations included. */
export function templateChanges(before: WorkObject, after: WorkObject): boolean {
  if (before.template === undefined || after.template === undefined) return before.template !== after.template;
  return (
    !sameJson(before.template.spec, after.template.spec) ||
    !sameMap(before.template.labels, after.template.labels) ||
    !sameMap(before.template.annotations, after.template.annotations)
  );
}

function isResumed(before: WorkObject, after: WorkObject): boolean {
  return at(before.raw, 'spec', 'suspend') === true && at(after.raw, 'spec', 'suspend') !== true;
}

/** What a CronJob's runs are said to be: it starts none of them, and its user is told where such a label belongs. */
function isRelabelled(before: WorkObject, after: WorkObject): boolean {
  return after.groupKind === SCHEDULE_KIND.groupKind && before.labels.get(WORK_LABEL) !== after.labels.get(WORK_LABEL);
}

function nodeChanges(before: WorkObject, after: WorkObject, source: NodeSource): boolean {
  switch (source.in) {
    case 'pods':
    case 'object':
    case 'pods-labelled':
    case 'pods-with-claims':
      return false;
    case 'field':
      return at(before.raw, ...source.path) !== at(after.raw, ...source.path);
    case 'label':
      return before.labels.get(source.key) !== after.labels.get(source.key);
  }
}

function sameMap(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
