import type { Rule } from '../rule.ts';
import { NO_OBJECTION, objection, type Judgement, type Subject, type Surroundings } from '../rule.ts';
import { kindKey } from '../../facts/work.ts';
import { targetOf } from '../target.ts';
import { joinNames } from '../words.ts';
import { judgeHold } from './addon-hold.ts';

/** Kinds whose template change rolls out to running pods. Jobs cannot change theirs. */
const ROLLING = ['apps/DaemonSet', 'apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet'];

/** A change to an add-on does not reach a node in maintenance: its pod there is held, or the change is refused. */
export const addon: Rule = {
  id: 'addon',
  denies: 'the rollout of a DaemonSet onto a node in maintenance; template changes of workloads pinned to such a node',
  judge: (subject, surroundings) => {
    if (kindKey(subject.object) === '/Pod') return judgeHold(subject, surroundings);
    return ROLLING.includes(kindKey(subject.object)) ? judgeTemplate(subject, surroundings) : NO_OBJECTION;
  },
};

function judgeTemplate(subject: Subject, { field, config }: Surroundings): Judgement {
  if (subject.request.operation !== 'UPDATE' || subject.change !== 'start') return NO_OBJECTION;
  // By kind: a label that classifies the DaemonSet as something else takes nothing off it.
  const isAddon = kindKey(subject.object) === 'apps/DaemonSet';
  const reach = targetOf(subject.object, { in: 'pods' }, field);
  const names = joinNames(reach.nodes);
  if (isAddon && config.addonChange === 'hold') {
    if (reach.nodes.length === 0) return NO_OBJECTION;
    const detail = `the change waits on ${names} until maintenance ends there; every other node gets it now`;
    return objection({ reason: 'RolloutWaits', detail, nodes: reach.nodes, weight: 'advise' });
  }
  const refused = isAddon ? reach.nodes.length > 0 : reach.kind === 'pinned';
  if (!refused) return NO_OBJECTION;
  const detail = `this change of the ${subject.object.kind}'s template would reach ${names}, in maintenance`;
  return objection({ reason: 'ChangeRefused', detail, nodes: reach.nodes });
}
