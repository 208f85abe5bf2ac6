import { textAt } from '../facts/json.ts';
import type { Owner, WorkObject } from '../facts/work.ts';
import { mayHaveMade, pipelineResource } from '../targets/pipelines.ts';
import { needKey, type Answer, type Answers, type Need } from './needs.ts';
import { NO_OBJECTION, type Judgement, type Objection, type Subject, type RuleContext } from './rule.ts';

/**
 * What is left of objections to work that is none if one of its owners has made it (see Classification.unlessPipelineStep). An
 * owner is looked up only where something would be objected to a pod, and only for a writer that may be its controller.
 * Where nobody can tell, the rule's configured answer decides.
 */
export function unlessPipelineStep<Reason extends string>(
  found: Judgement<Reason>,
  subject: Subject,
  { answers, live }: RuleContext,
): Judgement<Reason | 'Unknown'> {
  const { unlessPipelineStep: owners } = subject.classification;
  if (owners === undefined || found.needs.length > 0 || found.objections.length === 0) return found;
  if (!mayBeController(subject.request.user.name)) return found;
  const asked = owners.flatMap((owner) => askedFor(owner, subject.object));
  if (asked.some(({ owner, need }) => hasMade(owner, answers.get(needKey(need)), subject.object))) return NO_OBJECTION;
  const needs = asked.map(({ need }) => need).filter((need) => !answers.has(needKey(need)));
  if (live && needs.length > 0) return { objections: [], needs };
  const why = whyUnknown(asked, answers);
  return why === undefined ? found : { objections: found.objections.map((one) => inDoubt(one, why)), needs: [] };
}

/** Controllers write as service accounts; nobody is known where an object is read from a file. */
function mayBeController(user: string): boolean {
  return user === '' || user.startsWith('system:serviceaccount:');
}

interface Asked {
  readonly owner: Owner;
  readonly need: Need;
}

/** Names that objects can have (apimachinery IsDNS1123Subdomain, loosely): any other owner is not there. */
const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Of a pod its controller is asked: other owners make no pods, and what a step of a pipeline makes is no step. */
function askedFor(owner: Owner, { groupKind, namespace }: WorkObject): readonly Asked[] {
  const resource = pipelineResource(owner.groupKind);
  const isController = groupKind === '/Pod' && owner.controller;
  if (resource === undefined || !isController || !OBJECT_NAME.test(owner.name)) return [];
  return [{ owner, need: { need: 'object', resource, namespace, name: owner.name } }];
}

/** The same name with another uid is another object; and a run that is there has not made every pod that names it. */
function hasMade({ groupKind, uid }: Owner, answer: Answer | undefined, pod: WorkObject): boolean {
  if (answer?.answer !== 'object' || uid === '') return false;
  const { object } = answer;
  return textAt(object, 'metadata', 'uid') === uid && mayHaveMade(groupKind, object, pod.name);
}

function whyUnknown(asked: readonly Asked[], answers: Answers): string | undefined {
  for (const { need } of asked) {
    const answer = answers.get(needKey(need)) ?? NOT_ASKED;
    if (answer.answer === 'unknown') return answer.why;
  }
  return undefined;
}

const NOT_ASKED: Answer = { answer: 'unknown', why: 'it was not looked up' };

function inDoubt<Reason extends string>(found: Objection<Reason>, why: string): Objection<Reason | 'Unknown'> {
  if (found.weight !== undefined) return found;
  const detail = `${found.detail}, unless it is a step of a pipeline, which could not be found out (${why})`;
  return { ...found, reason: 'Unknown', detail, weight: 'unknown' };
}
