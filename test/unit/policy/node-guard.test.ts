import { describe, expect, test } from 'vitest';
import { podFromObject } from '../../../shared/facts/pod.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { needKey, type Answer, type Answers, type Need } from '../../../shared/policy/needs.ts';
import { creation, deletion, held, node, RECORD, situation, update } from './world.ts';

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
    ['the answer is to another question', new Map([[needKey(NEED), { answer: 'held-nodes', nodes: [] }]]), 'allow'],
    ['nobody can tell', new Map([[needKey(NEED), { answer: 'unknown', why: 'time' }]]), 'allow'],
  ])('%s: %#', (_, answers, decision) => {
    expect(evaluate(deletion(bare('n1')), situation([held('n1')], { live: true, answers })).decision).toBe(decision);
  });
});

test.each<[what: string, annotation: string, detail: string]>([
  [
    'readable',
    JSON.stringify(RECORD),
    'node n1 is in maintenance for ana: the record goes with it, and a node that comes back under this name has none',
  ],
  [
    'unreadable',
    'x',
    'node n1 is in maintenance: the record goes with it, and a node that comes back under this name has none',
  ],
])('deleting a node with a %s record says that it is lost', (_, annotation, detail) => {
  const metadata = { name: 'n1', annotations: { 'kubectl-maint.io/maintenance': annotation } };
  const marked = { ...bare('n1'), metadata };
  expect(evaluate(deletion(marked), situation([held('n1')], { live: true, answers: pods() })).findings).toEqual([
    { rule: 'node-guard', decision: 'warn', reason: 'RecordLost', detail, nodes: ['n1'] },
  ]);
});

test('deleting a node asks nothing offline, and passes', () => {
  expect(evaluate(deletion(bare('n1')), situation([held('n1')]))).toMatchObject({
    decision: 'allow',
    needs: [],
    findings: [],
  });
});

const role = { 'node-role.kubernetes.io/control-plane': '' };

/** The write that takes a node into maintenance. */
function mark(name: string, labels = {}) {
  const before = bare(name, labels);
  const annotations = { 'kubectl-maint.io/maintenance': JSON.stringify(RECORD) };
  return update(before, { ...before, metadata: { ...before.metadata, annotations } });
}

test('a node without a name is none: nothing is said of it', () => {
  const annotations = { 'kubectl-maint.io/maintenance': 'x' };
  const nameless = { apiVersion: 'v1', kind: 'Node', metadata: { generateName: 'n-', annotations } };
  expect(evaluate(creation(nameless), situation([]))).toMatchObject({ decision: 'allow', findings: [] });
});

describe('the last worker that takes work', () => {
  test.each([
    ['alone', [node('a')], 'deny'],
    ['beside another', [node('a'), node('b')], 'allow'],
    ['beside one that is not Ready', [node('a'), node('b', { ready: false })], 'deny'],
    ['beside one in maintenance', [node('a'), held('b')], 'deny'],
    ['beside the control plane', [node('a'), node('b', { labels: role })], 'deny'],
  ])('%s: %#', (_, nodes, decision) => {
    expect(evaluate(mark('a'), situation(nodes)).decision).toBe(decision);
  });

  test('is named', () => {
    expect(evaluate(mark('a'), situation([node('a')])).findings).toEqual([
      {
        rule: 'node-guard',
        decision: 'deny',
        reason: 'LastNode',
        detail: 'node a is the last worker that takes work',
        nodes: ['a'],
      },
    ]);
  });
});

describe('control-plane quorum', () => {
  const cp = (name: string, ready = true) => node(name, { labels: role, ready });
  const away = (name: string) => held(name, { labels: role });
  test.each([
    ['one of one', [cp('a')], 'deny'],
    ['one of two', [cp('a'), cp('b')], 'deny'],
    ['one of three', [cp('a'), cp('b'), cp('c')], 'allow'],
    ['one of three while another is not Ready', [cp('a'), cp('b'), cp('c', false)], 'deny'],
    ['one of five while another is not Ready', [cp('a'), cp('b'), cp('c', false), cp('d'), cp('e')], 'allow'],
    ['one of three while another is in maintenance', [cp('a'), away('b'), cp('c')], 'deny'],
    ['one of five while another is in maintenance', [cp('a'), away('b'), cp('c'), cp('d'), cp('e')], 'allow'],
    ['one of three while a worker is in maintenance', [cp('a'), cp('b'), cp('c'), held('w')], 'allow'],
  ])('%s: %#', (_, nodes, decision) => {
    expect(evaluate(mark('a', role), situation(nodes)).decision).toBe(decision);
  });

  test('says how many are left and how many are needed', () => {
    const [found] = evaluate(mark('a', role), situation([cp('a'), away('b'), cp('c')])).findings;
    expect(found).toMatchObject({
      reason: 'LastNode',
      detail: 'with node a in maintenance 1 of 3 control-plane nodes would be Ready, and 2 are needed',
      nodes: ['a'],
    });
  });
});

describe('a node that is in maintenance already', () => {
  const marked = { 'kubectl-maint.io/maintenance': JSON.stringify(RECORD) };
  const object = (annotations: object, spec: object = { unschedulable: true }) => ({
    ...bare('a'),
    metadata: { name: 'a', annotations },
    spec,
  });

  test('is not taken a second time: its record may change although it is the last worker', () => {
    const renewed = { 'kubectl-maint.io/maintenance': JSON.stringify({ ...RECORD, note: 'renewed' }) };
    const verdict = evaluate(update(object(marked), object(renewed)), situation([held('a')]));
    expect(verdict).toMatchObject({ decision: 'allow', findings: [] });
  });

  test('stays cordoned, and the denial says so', () => {
    const [found] = evaluate(update(object(marked), object(marked, {})), situation([held('a'), node('b')])).findings;
    expect(found).toMatchObject({ reason: 'StaysCordoned', detail: 'node a is in maintenance and stays cordoned' });
  });
});
