import { HOSTNAME_LABEL } from '../labels.ts';
import type { Placement } from '../scheduling/placement.ts';
import { nodeSourceOf } from '../targets/classify.ts';
import { namedBy } from './target.ts';
import { nodesMeantBy } from '../scheduling/affinity.ts';
import { needKey, type Need } from './needs.ts';
import type { Subject, RuleContext } from './rule.ts';

/**
 * What has to be read live before classified work is ALLOWED: the node that it names, or, where it names none or the
 * rule looks at the whole cluster, which nodes are in maintenance now. A cache may lag behind a mark that was just made;
 * this work is rare. A root passes a rule that looks at nodes whatever they are: nothing is read for it.
 */
export function confirmationsFor(subject: Subject, { nodeIndex, answers, live, rule }: RuleContext): readonly Need[] {
  if (!live || (rule.scope === 'node' && subject.classification.pattern?.role === 'root')) return [];
  const named = rule.scope === 'node' ? nameOf(subject) : '';
  const wanted: readonly Need[] =
    named === '' ? [{ need: 'held-nodes' }] : namesOf(named, nodeIndex).map((name) => ({ need: 'node', name }));
  return wanted.filter((need) => !answers.has(needKey(need)));
}

function nameOf({ object, classification }: Subject): string {
  return namedBy(object, nodeSourceOf(classification)) ?? nameIn(object.template?.placement) ?? '';
}

function nameIn(placement: Placement | undefined): string | undefined {
  if (placement?.nodeName !== undefined) return placement.nodeName;
  return placement?.nodeSelector.get(HOSTNAME_LABEL);
}

function namesOf(named: string, nodeIndex: RuleContext['nodeIndex']): readonly string[] {
  const meant = nodesMeantBy(named, nodeIndex).map((node) => node.name);
  return meant.length === 0 ? [named] : meant;
}

/** Why a live read failed; undefined where every need was answered. */
export function unknownAmong(answers: RuleContext['answers']): string | undefined {
  for (const answer of answers.values()) if (answer.answer === 'unknown') return answer.why;
  return undefined;
}
