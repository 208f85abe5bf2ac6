import type { Rule } from '../rule.ts';
import { NO_OBJECTION, objection, type Judgement, type Subject, type RuleContext } from '../rule.ts';
import { textAt } from '../../facts/json.ts';
import { MAX_NAME } from '../../facts/work.ts';
import { isOfKind } from '../../kinds.ts';
import { admitsNode, daemonSetPlacement } from '../../scheduling/placement.ts';
import { clean, joinNames } from '../../words.ts';
import { ROLLING, ROLLOUT_ENTRY, TEMPLATE_ENTRY } from './addon-entries.ts';
import { isRollout, judgeHold, type HoldReason } from './addon-hold.ts';

type AddonReason = HoldReason | 'RolloutWaits' | 'PodLeaves' | 'ChangeRefused';

/** A change to an add-on does not reach a node in maintenance: its pod there is held, or the change is refused. */
export const addon: Rule<AddonReason> = {
  id: 'addon',
  denies: 'the rollout of a DaemonSet onto a node in maintenance; template changes of workloads pinned to such a node',
  reasons: {
    RolloutHeld: {
      means: 'the pod stays as it is until the maintenance ends',
      next: (end) => `It goes on by itself after ${end}`,
    },
    RolloutWaits: { means: 'the change is accepted, and waits on nodes in maintenance' },
    PodLeaves: { means: 'the change takes a pod off a node in maintenance at once' },
    ChangeRefused: { means: 'the change itself is refused' },
    Unknown: { means: 'what decides could not be found out' },
  },
  // Denying what is not surely a rollout can stop a DaemonSet on every node: without facts it passes, with a warning.
  defaults: { mode: 'enforce', scope: 'node', unknown: 'warn' },
  settings: ['change', 'brokenAfter', 'tools'],
  inPalette: true,
  liftable: true,
  entries: [ROLLOUT_ENTRY, TEMPLATE_ENTRY],
  concerns: (subject) => isRollout(subject) || changesTemplate(subject),
  judge: (subject, context) => (isRollout(subject) ? judgeHold(subject, context) : judgeTemplate(subject, context)),
};

function changesTemplate({ request, object, change }: Subject): boolean {
  return request.operation === 'UPDATE' && change === 'start' && isOfKind(object, ROLLING);
}

function judgeTemplate(subject: Subject, { nodeIndex, config, reach: reachOf }: RuleContext): Judgement<AddonReason> {
  // By kind: a label that classifies the DaemonSet as something else takes nothing off it.
  const isAddon = subject.object.groupKind === 'apps/DaemonSet';
  const reach = reachOf();
  if (isAddon && config.addonChange === 'hold') {
    return bothOf(holdAdvice(subject, reach.nodes, nodeIndex), departureAdvice(subject, nodeIndex));
  }
  const refused = isAddon ? reach.nodes.length > 0 : reach.kind === 'pinned';
  if (!refused) return NO_OBJECTION;
  const detail = `this change of the ${subject.object.kind}'s template would reach ${joinNames(reach.nodes)}, in maintenance`;
  return objection({ reason: 'ChangeRefused', detail, nodes: reach.nodes });
}

function bothOf(one: Judgement<AddonReason>, other: Judgement<AddonReason>): Judgement<AddonReason> {
  return { objections: [...one.objections, ...other.objections], needs: [...one.needs, ...other.needs] };
}

/** Says where a pod goes at once: a pod is held back only where the changed DaemonSet still wants one. */
function departureAdvice({ request, object }: Subject, nodeIndex: RuleContext['nodeIndex']): Judgement<AddonReason> {
  const [before, after] = [request.oldObject?.template, object.template].map(
    (template) => template && daemonSetPlacement(template.placement),
  );
  if (before === undefined || after === undefined) return NO_OBJECTION;
  const left = nodeIndex.held.filter((node) => admitsNode(before, node) && !admitsNode(after, node));
  if (left.length === 0) return NO_OBJECTION;
  const nodes = left.map(({ name }) => name);
  const detail = `the change takes the pod off ${joinNames(nodes)} at once: it leaves that node out, and a pod is held back only where it still belongs`;
  return objection({ reason: 'PodLeaves', detail, nodes, weight: 'advise' });
}

/** Says where the change will wait: nowhere for OnDelete, which rolls nothing out, nor on nodes on their way back. */
function holdAdvice(
  { object }: Subject,
  reached: readonly string[],
  nodeIndex: RuleContext['nodeIndex'],
): Judgement<AddonReason> {
  const waiting = reached.filter((name) => nodeIndex.node(name)?.state !== 'returning');
  if (waiting.length === 0 || textAt(object.raw, 'spec', 'updateStrategy', 'type') === 'OnDelete') return NO_OBJECTION;
  const [only, ...more] = waiting;
  const end =
    only !== undefined && more.length === 0 ? `kubectl maint off ${clean(only, MAX_NAME)}` : 'maintenance ends there';
  const detail = `the change is held back on ${joinNames(waiting)} until ${end}; every other node gets it now`;
  return objection({ reason: 'RolloutWaits', detail, nodes: waiting, weight: 'advise' });
}
