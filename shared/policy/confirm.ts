import { HOSTNAME_LABEL } from '../labels.ts';
import type { Placement } from '../scheduling/placement.ts';
import { namedBy, nodesMeantBy } from './target.ts';
import { needKey, type Need } from './needs.ts';
import type { Subject, Surroundings } from './rule.ts';

/**
 * What has to be read live before classified work is ALLOWED: the node that it names, or, where it names none,
 * which nodes are in maintenance now. A cache may lag behind a mark that was just made; this work is rare.
 */
export function confirmationsFor(subject: Subject, { field, answers, live }: Surroundings): readonly Need[] {
  if (!live) return [];
  const source = subject.classification.pattern?.node ?? { in: 'pods' };
  const named = namedBy(subject.object, source) ?? nameIn(subject.object.template?.placement);
  const wanted: readonly Need[] =
    named === undefined || named === ''
      ? [{ need: 'held-nodes' }]
      : namesOf(named, field).map((name) => ({ need: 'node', name }));
  return wanted.filter((need) => !answers.has(needKey(need)));
}

function nameIn(placement: Placement | undefined): string | undefined {
  if (placement?.nodeName !== undefined) return placement.nodeName;
  return placement?.nodeSelector.get(HOSTNAME_LABEL);
}

function namesOf(named: string, field: Surroundings['field']): readonly string[] {
  const meant = nodesMeantBy(named, field).map((node) => node.name);
  return meant.length === 0 ? [named] : meant;
}

/** The reason why a live read failed, where one of these needs was answered with `unknown`. */
export function unknownAmong(answers: Surroundings['answers']): string | undefined {
  for (const answer of answers.values()) if (answer.answer === 'unknown') return answer.why;
  return undefined;
}
