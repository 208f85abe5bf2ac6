/** Rules that are asked directly, about objects of which `concerns` would have said that they need not be. */
import { expect, test } from 'vitest';
import { NodeTable } from '../../../shared/facts/node-table.ts';
import { workFromObject } from '../../../shared/facts/work.ts';
import { DEFAULT_POLICY } from '../../../shared/policy/config.ts';
import { NO_OBJECTION, type Subject, type RuleContext } from '../../../shared/policy/rule.ts';
import { judgeHold } from '../../../shared/policy/rules/addon-hold.ts';
import { placement } from '../../../shared/policy/rules/placement.ts';
import { targetOf } from '../../../shared/policy/target.ts';
import { creation, held, situation } from './world.ts';

function subjectOf(pod: object): Subject {
  return {
    request: creation(pod),
    object: workFromObject(pod),
    classification: { work: 'none', tool: null, pattern: undefined, confidence: null },
    change: 'start',
  };
}

function around(subject: Subject): RuleContext {
  const nodeIndex = new NodeTable([held('n1')]);
  return {
    ...situation([], { nodeIndex, live: true }),
    rule: DEFAULT_POLICY.rules.placement,
    reach: () => targetOf(subject.object, { in: 'pods' }, nodeIndex),
  };
}

const pod = (spec: object) => subjectOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

test('a pod without a controller is part of no rollout, and nothing is looked up for it', () => {
  const own = pod({ nodeName: 'n1' });
  expect(judgeHold(own, around(own))).toEqual(NO_OBJECTION);
});

test('a pod that names no node bypasses no cordon', () => {
  const [free, bound] = [pod({}), pod({ nodeName: 'n1' })];
  expect(placement.judge(free, around(free))).toEqual(NO_OBJECTION);
  expect(placement.judge(bound, around(bound)).objections).toEqual([
    {
      reason: 'NodeInMaintenance',
      detail: 'the pod names node n1, which is in maintenance, and bypasses its cordon',
      nodes: ['n1'],
    },
  ]);
});
