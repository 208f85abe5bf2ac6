import { describe, expect, test } from 'vitest';
import { podFromObject } from '../../../shared/facts/pod.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { needKey, type Answer, type Answers, type Need } from '../../../shared/policy/needs.ts';
import { deletion, held, node, RECORD, situation, update } from './world.ts';

const NEED: Need = { need: 'pods-on-node', namespace: '', node: 'n1' };

const bare = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} });

function pods(...objects: readonly object[]): Answers {
  const answer: Answer = {
    answer: 'pods-on-node',
    pods: objects.map(podFromObject).filter((pod) => pod !== undefined),
  };
  return new Map([[needKey(NEED), answer]]);
}

const owner = (kind: string) => [{ apiVersion: 'apps/v1', kind, name: 'o', uid: 'u', controller: true }];

describe('deleting a node', () => {
  test('asks what runs on it', () => {
    expect(evaluate(deletion(bare('n1')), situation([held('n1'), node('n2')], { live: true })).needs).toEqual([NEED]);
  });

  test.each<[what: string, answers: Answers, decision: string]>([
    ['nothing is there', pods(), 'allow'],
    ['a workload is there', pods({ metadata: { name: 'web' }, status: { phase: 'Running' } }), 'warn'],
    ['a DaemonSet pod is there', pods({ metadata: { name: 'ds', ownerReferences: owner('DaemonSet') } }), 'allow'],
    [
      'a static pod is there',
      pods({ metadata: { name: 'm', annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
      'allow',
    ],
    ['a finished pod is there', pods({ metadata: { name: 'job' }, status: { phase: 'Succeeded' } }), 'allow'],
    ['nobody can tell', new Map([[needKey(NEED), { answer: 'unknown', why: 'time' }]]), 'allow'],
  ])('%s: %#', (_, answers, decision) => {
    expect(evaluate(deletion(bare('n1')), situation([held('n1')], { live: true, answers })).decision).toBe(decision);
  });
});

describe('control-plane quorum', () => {
  const role = { 'node-role.kubernetes.io/control-plane': '' };
  const cp = (name: string, ready = true) => node(name, { labels: role, ready });
  const mark = (name: string) => {
    const before = bare(name, role);
    const annotations = { 'kubectl-maint.io/maintenance': JSON.stringify(RECORD) };
    return update(before, { ...before, metadata: { ...before.metadata, annotations } });
  };
  test.each([
    ['one of one', [cp('a')], 'deny'],
    ['one of two', [cp('a'), cp('b')], 'deny'],
    ['one of three', [cp('a'), cp('b'), cp('c')], 'allow'],
    ['one of three while another is not Ready', [cp('a'), cp('b'), cp('c', false)], 'deny'],
    ['one of five while another is not Ready', [cp('a'), cp('b'), cp('c', false), cp('d'), cp('e')], 'allow'],
  ])('%s: %#', (_, nodes, decision) => {
    expect(evaluate(mark('a'), situation(nodes)).decision).toBe(decision);
  });
});
