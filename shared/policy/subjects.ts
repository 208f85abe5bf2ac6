import type { WorkObject } from '../facts/work.ts';
import { MIRROR_ANNOTATION } from '../labels.ts';
import { once } from '../once.ts';
import { classifyFully, nodeSourceOf, type Catalogue, type Classification } from '../targets/classify.ts';
import type { Work } from '../targets/tool.ts';
import { changeOf } from './change.ts';
import { addedContainers, EPHEMERAL_CONTAINERS } from './ephemeral.ts';
import { RULES } from './registry.ts';
import type { ReviewRequest } from './request.ts';
import type { Rule, Subject } from './rule.ts';

/** An object as one kind of work, with the rules that are asked about it. */
export interface SubjectWithRules {
  readonly subject: Subject;
  readonly rules: readonly Rule[];
}

/** The object of a request by its strongest evidence, and after it as what else it may be (see classifyFully). */
export type Subjects = readonly [SubjectWithRules, ...SubjectWithRules[]];

/**
 * What a request is about, with the rules that this concerns; undefined where it is about no object. Nodes count for none of
 * it, so it is worked out once, however often the request is judged.
 */
export function subjectsFrom(request: ReviewRequest, catalogue: Catalogue): Subjects | undefined {
  const object = objectOf(request);
  if (object === undefined) return undefined;
  const [main, ...others] = classifyFully(object, catalogue, request.user.name);
  const rules = isKubeletsMirror(request, object) ? [] : RULES;
  const before = once(() => worksBefore(request, catalogue));
  const subjectAs = (classification: Classification, asked: readonly Rule[]): SubjectWithRules => {
    // What is no work is none of any rule's business, whatever it was.
    const isNewWork = () => isWork(classification) && !before().includes(classification.work);
    const change = changeOf(request, {
      source: nodeSourceOf(classification),
      begins: classification.pattern?.begins,
      isNewWork,
    });
    const subject: Subject = { request, object, classification, change };
    return { subject, rules: asked.filter((rule) => rule.concerns(subject)) };
  };
  return [
    subjectAs(main, rules),
    ...others.map((other) =>
      subjectAs(
        other,
        rules.filter(({ id }) => id === other.work),
      ),
    ),
  ];
}

function isWork({ work, isUnread }: Classification): boolean {
  return work !== 'none' || isUnread === true;
}

/** What an object was before the request; a label that is edited on such work starts nothing. */
function worksBefore({ oldObject, user }: ReviewRequest, catalogue: Catalogue): readonly Work[] {
  return oldObject === undefined ? [] : classifyFully(oldObject, catalogue, user.name).map(({ work }) => work);
}

/** The object as it will be, or as it was where it is to go; of added containers these alone. */
function objectOf({ subresource, object, oldObject }: ReviewRequest): WorkObject | undefined {
  const whole = object ?? oldObject;
  return whole === undefined || subresource !== EPHEMERAL_CONTAINERS ? whole : addedContainers(whole, oldObject);
}

/** The kubelet's own API copy of a static pod on its own node: it runs whether or not the copy exists. */
function isKubeletsMirror({ user }: ReviewRequest, object: WorkObject): boolean {
  const node = object.template?.placement.nodeName;
  return (
    object.groupKind === '/Pod' &&
    object.annotations.has(MIRROR_ANNOTATION) &&
    node !== undefined &&
    user.name === `system:node:${node}`
  );
}
