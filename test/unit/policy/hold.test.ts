/** The hold rule, condition by condition (docs: the hold rule), with what would be looked up given as data. */
import { describe, expect, test } from 'vitest';
import { needKey, type Answer, type Answers, type Need } from '../../../shared/policy/needs.ts';
import { decide } from '../../../shared/policy/decide.ts';
import { requestFromReview, type ReviewRequest } from '../../../shared/policy/request.ts';
import type { Verdict } from '../../../shared/policy/verdict.ts';
import { evaluate } from '../../../shared/policy/evaluate.ts';
import { daemonSetFromObjects } from '../../../shared/facts/daemonset.ts';
import type { NodeFacts } from '../../../shared/facts/node.ts';
import { podFromObject } from '../../../shared/facts/pod.ts';
import { configWith } from '../../support/configs.ts';
import { reviewWith } from '../../support/reviews.ts';
import { creation, deletion, held, node, NOW, situation, type NodeSketch } from './world.ts';

const CONTROLLER = 'system:serviceaccount:kube-system:daemon-set-controller';
const NEEDS: readonly [Need, Need] = [
  { need: 'daemonset', namespace: 'monitoring', name: 'exporter' },
  { need: 'pods-on-node', namespace: 'monitoring', node: 'n1' },
];
const MINUTE = 60_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();

interface PodSketch {
  readonly name?: string;
  readonly generation?: string;
  readonly hash?: string;
  readonly phase?: string;
  readonly deleted?: boolean;
  readonly ownerUid?: string;
  readonly ownerKind?: string;
  readonly notReadyFor?: number;
  readonly neverReady?: boolean;
  readonly nodeName?: string | undefined;
  readonly pinnedTo?: string;
}

const POD_METADATA = {
  name: 'old',
  namespace: 'monitoring',
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'exporter', uid: 'ds', controller: true }],
};

/** A pod of the DaemonSet with the old template, alive and Ready on n1. */
function podObject(sketch: PodSketch = {}): object {
  const {
    name = 'old',
    generation = '1',
    hash = 'h1',
    phase = 'Running',
    ownerUid = 'ds',
    ownerKind = 'DaemonSet',
  } = sketch;
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [sketch.pinnedTo] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  const ready =
    sketch.notReadyFor === undefined
      ? { type: 'Ready', status: 'True', lastTransitionTime: ago(60 * MINUTE) }
      : { type: 'Ready', status: 'False', lastTransitionTime: ago(sketch.notReadyFor) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'monitoring',
      uid: `uid-${name}`,
      labels: { 'pod-template-generation': generation, 'controller-revision-hash': hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: ownerKind, name: 'exporter', uid: ownerUid, controller: true }],
      ...(sketch.deleted === true && { deletionTimestamp: ago(0) }),
    },
    spec: {
      nodeName: 'nodeName' in sketch ? sketch.nodeName : 'n1',
      ...(sketch.pinnedTo !== undefined && { affinity: { nodeAffinity: required } }),
    },
    status: { phase, conditions: sketch.neverReady === true ? [] : [ready] },
  };
}

interface DaemonSetSketch {
  readonly uid?: string;
  readonly deleting?: boolean;
  readonly strategy?: string;
  readonly generation?: string;
  readonly hash?: string | undefined;
  readonly spec?: object;
}

function daemonSetAnswer(sketch: DaemonSetSketch = {}): Answer {
  const { uid = 'ds', generation = '2', strategy = 'RollingUpdate' } = sketch;
  const hash = 'hash' in sketch ? sketch.hash : 'h2';
  const object = {
    metadata: {
      name: 'exporter',
      namespace: 'monitoring',
      uid,
      annotations: { 'deprecated.daemonset.template.generation': generation },
      ...(sketch.deleting === true && { deletionTimestamp: ago(0) }),
    },
    spec: { updateStrategy: { type: strategy }, template: { spec: sketch.spec ?? {} } },
  };
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', uid, controller: true }];
  const revision = { metadata: { labels: { 'controller-revision-hash': hash }, ownerReferences }, revision: 2 };
  return { answer: 'daemonset', daemonSet: daemonSetFromObjects(object, hash === undefined ? [] : [revision]) };
}

function podsAnswer(...pods: readonly object[]): Answer {
  return { answer: 'pods-on-node', pods: pods.map(podFromObject).filter((pod) => pod !== undefined) };
}

function answersOf(daemonSet: Answer, pods: Answer): Answers {
  return new Map([
    [needKey(NEEDS[0]), daemonSet],
    [needKey(NEEDS[1]), pods],
  ]);
}

/** How a case differs from one that is held. */
interface Case {
  readonly user?: string;
  readonly subresource?: string;
  readonly pod?: PodSketch;
  readonly daemonSet?: DaemonSetSketch | Answer;
  /** The pods of the namespace on the node; for DELETE the pod itself unless said otherwise. */
  readonly there?: readonly PodSketch[] | Answer;
  readonly node?: NodeSketch;
}

const isAnswer = (value: object): value is Answer => 'answer' in value;

function answersFor({ pod, daemonSet = {}, there = [pod ?? {}] }: Case): Answers {
  return answersOf(
    isAnswer(daemonSet) ? daemonSet : daemonSetAnswer(daemonSet),
    isAnswer(there) ? there : podsAnswer(...there.map(podObject)),
  );
}

function judgeDelete(differs: Case = {}): Verdict {
  const request = deletion(podObject(differs.pod), {
    user: { name: differs.user ?? CONTROLLER, groups: [] },
    subresource: differs.subresource ?? '',
  });
  return evaluate(request, situation([held('n1', differs.node), node('n2')], { answers: answersFor(differs) }));
}

/** CREATE of a new pod that the controller pins to the node, beside those that are there. */
function judgeCreate(differs: Case = {}): Verdict {
  const fresh: PodSketch = {
    name: 'new',
    generation: '2',
    hash: 'h2',
    nodeName: undefined,
    pinnedTo: 'n1',
    ...differs.pod,
  };
  const request = creation(podObject(fresh), { user: { name: differs.user ?? CONTROLLER, groups: [] } });
  const answers = answersFor({ there: [{}], ...differs });
  return evaluate(request, situation([held('n1', differs.node), node('n2')], { answers }));
}

const reasons = ({ decision, findings }: Verdict) => [decision, ...findings.map(({ reason }) => reason)];
const HELD = ['deny', 'RolloutHeld'];
const FREE = ['allow'];

test('the DELETE by which a rollout begins is held, and the text says what waits', () => {
  const verdict = judgeDelete();
  expect(verdict).toMatchObject({ decision: 'deny', work: 'addon', tool: 'daemonset', nodes: ['n1'], needs: [] });
  expect(verdict.findings).toEqual([
    {
      rule: 'addon',
      decision: 'deny',
      reason: 'RolloutHeld',
      nodes: ['n1'],
      detail:
        'the rollout of DaemonSet monitoring/exporter waits: its pod on node n1 stays as it is during maintenance',
    },
  ]);
});

describe('DELETE: one condition at a time', () => {
  test.each<[name: string, differs: Case, expected: readonly string[]]>([
    ['the other controller identity', { user: 'system:kube-controller-manager' }, HELD],
    ['a person', { user: 'ana' }, FREE],
    ['a forged user', { user: 'system:serviceaccount:default:daemon-set-controller' }, FREE],
    ['the garbage collector', { user: 'system:serviceaccount:kube-system:generic-garbage-collector' }, FREE],
    ['an eviction', { subresource: 'eviction' }, FREE],
    ['a pod of a ReplicaSet', { pod: { ownerKind: 'ReplicaSet' } }, FREE],
    ['a pod that failed', { pod: { phase: 'Failed' } }, FREE],
    ['a pod that ended', { pod: { phase: 'Succeeded' } }, FREE],
    ['a pod that is being deleted', { pod: { deleted: true } }, FREE],
    ['a pod on another node', { pod: { nodeName: 'n2' } }, FREE],
    ['a pod on no node', { pod: { nodeName: undefined } }, FREE],
    ['a pod on no node, pinned to this one', { pod: { nodeName: undefined, pinnedTo: 'n1' } }, HELD],
    ['a DaemonSet that is gone', { daemonSet: { answer: 'daemonset', daemonSet: undefined } }, FREE],
    ['a DaemonSet of the same name', { daemonSet: { uid: 'other' } }, FREE],
    ['a DaemonSet that is being deleted', { daemonSet: { deleting: true } }, FREE],
    ['OnDelete', { daemonSet: { strategy: 'OnDelete' } }, FREE],
    ['the same generation', { daemonSet: { generation: '1' } }, FREE],
    ['the current hash, after an undo', { daemonSet: { hash: 'h1' } }, FREE],
    ['no revision yet', { daemonSet: { hash: undefined } }, FREE],
    ['a template that does not select the node', { daemonSet: { spec: { nodeSelector: { disk: 'ssd' } } } }, FREE],
    ['a NoExecute taint', { node: { taints: [{ key: 'k', effect: 'NoExecute' }] } }, FREE],
    ['a NoSchedule taint, which came too late', { node: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }, HELD],
    [
      'a NoExecute taint that is tolerated',
      {
        node: { taints: [{ key: 'k', effect: 'NoExecute' }] },
        daemonSet: { spec: { tolerations: [{ operator: 'Exists' }] } },
      },
      HELD,
    ],
    ['another living pod of it', { there: [{}, { name: 'second' }] }, FREE],
    ['another pod of it that ended', { there: [{}, { name: 'second', phase: 'Failed' }] }, HELD],
    ['a pod of another DaemonSet', { there: [{}, { name: 'second', ownerUid: 'other' }] }, HELD],
    ['no pod there any more', { there: [] }, HELD],
    ['not Ready for less than the grace', { pod: { notReadyFor: 10 * MINUTE } }, HELD],
    ['not Ready for longer than the grace', { pod: { notReadyFor: 10 * MINUTE + 1 } }, FREE],
    ['not Ready for long, on a node that is not', { pod: { notReadyFor: 60 * MINUTE }, node: { ready: false } }, HELD],
    [
      'not Ready since a long reboot, on a node that is Ready for less than the grace',
      { pod: { notReadyFor: 50 * MINUTE }, node: { readyChangedFor: 10 * MINUTE } },
      HELD,
    ],
    [
      'not Ready since a long reboot, on a node that is Ready for longer than the grace',
      { pod: { notReadyFor: 50 * MINUTE }, node: { readyChangedFor: 10 * MINUTE + 1 } },
      FREE,
    ],
    [
      'not Ready for less than the grace, on a node that is Ready for long',
      { pod: { notReadyFor: 10 * MINUTE }, node: { readyChangedFor: 60 * MINUTE } },
      HELD,
    ],
    ['never Ready', { pod: { neverReady: true } }, HELD],
    ['a node that returns', { node: { state: 'returning' } }, FREE],
    ['a node that returns with an unreadable record', { node: { state: 'returning', record: 'x' } }, HELD],
    ['a record that cannot be read', { node: { record: 'x' } }, HELD],
    [
      'an exception for add-ons',
      { node: { record: { exceptions: [{ rules: ['addon'], until: ago(-1), by: 'b', reason: 'r' }] } } },
      FREE,
    ],
    [
      'an exception for backups',
      { node: { record: { exceptions: [{ rules: ['backup'], until: ago(-1), by: 'b', reason: 'r' }] } } },
      HELD,
    ],
    ['an unknown DaemonSet', { daemonSet: { answer: 'unknown', why: '503' } }, ['warn', 'Unknown']],
    ['unknown pods', { there: { answer: 'unknown', why: '503' } }, ['warn', 'Unknown']],
    ['answers to other questions', { daemonSet: { answer: 'held-nodes', nodes: [] } }, FREE],
  ])('%s', (_name, differs, expected) => {
    expect(reasons(judgeDelete(differs))).toEqual(expected);
  });

  test('an answer to another question about the pods counts as no pods', () => {
    expect(reasons(judgeDelete({ there: { answer: 'held-nodes', nodes: [] } }))).toEqual(HELD);
  });
});

describe('CREATE: denied beside a living old pod only', () => {
  test.each<[name: string, differs: Case, expected: readonly string[]]>([
    ['maxSurge: beside the old pod', {}, HELD],
    ['the first pod', { there: [] }, FREE],
    ['the replacement of a pod that failed', { there: [{ phase: 'Failed' }] }, FREE],
    ['the replacement of a pod that is being deleted', { there: [{ deleted: true }] }, FREE],
    ['beside a pod of the new template', { there: [{ generation: '2', hash: 'h2' }] }, FREE],
    ["beside another DaemonSet's pod", { there: [{ ownerUid: 'other' }] }, FREE],
    ['beside a broken pod', { there: [{ notReadyFor: 11 * MINUTE }] }, FREE],
    ['on another node', { pod: { pinnedTo: 'n2' } }, FREE],
    ['by somebody else', { user: 'ana' }, FREE],
    ['a node that returns', { node: { state: 'returning' } }, FREE],
  ])('%s', (_name, differs, expected) => {
    expect(reasons(judgeCreate(differs))).toEqual(expected);
  });

  test('a pod without a name is nobody: nothing is said', () => {
    expect(reasons(judgeCreate({ pod: { name: '' } }))).toEqual(FREE);
  });
});

describe('what has to be looked up', () => {
  const request = deletion(podObject(), { user: { name: CONTROLLER, groups: [] } });
  const nodes = [held('n1'), node('n2')];

  test('is asked for where it can be, and passes where it cannot', () => {
    expect(evaluate(request, situation(nodes, { live: true }))).toMatchObject({ decision: 'allow', needs: NEEDS });
    expect(evaluate(request, situation(nodes))).toMatchObject({ decision: 'allow', needs: [], findings: [] });
  });

  test('is asked for again while one answer is missing', () => {
    const answers = new Map([[needKey(NEEDS[0]), daemonSetAnswer()]]);
    expect(evaluate(request, situation(nodes, { live: true, answers })).needs).toEqual(NEEDS);
  });

  test('is asked for in the namespace of the request, where the object names none', () => {
    const { namespace, ...metadata } = { ...POD_METADATA };
    const asked = {
      uid: 'u',
      operation: 'DELETE',
      namespace,
      userInfo: { username: CONTROLLER },
      oldObject: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'n1' } },
    };
    const review = requestFromReview(reviewWith(asked));
    expect(review.ok && evaluate(review.value, situation(nodes, { live: true })).needs).toEqual(NEEDS);
  });

  test('is not asked for with the rule off, nor of a pod that nobody places', () => {
    const off = configWith({ addon: { mode: 'off' } });
    expect(evaluate(request, situation(nodes, { live: true, config: off })).needs).toEqual([]);
    const nowhere = deletion(podObject({ nodeName: undefined }), { user: { name: CONTROLLER, groups: [] } });
    expect(evaluate(nowhere, situation(nodes, { live: true })).needs).toEqual([]);
  });
});

describe('a node that is not known to be in maintenance is read before its pod is let go', () => {
  const user = { user: { name: CONTROLLER, groups: [] } };
  const gone = deletion(podObject(), user);
  const surging = creation(podObject({ name: 'new', generation: '2', nodeName: undefined, pinnedTo: 'n1' }), user);
  const excepted = held('n1', {
    record: { exceptions: [{ rules: ['addon'], until: ago(-1), by: 'b', reason: 'r' }] },
  });
  /** What the API server answers where the replica knows n1 as it was. */
  const decided = async (
    request: ReviewRequest,
    known: NodeFacts,
    now: Answer | Error,
    more: Parameters<typeof situation>[1] = {},
  ) => {
    const asked: string[] = [];
    const answers = new Map([...answersFor({}), ['node/n1', now] as const]);
    const verdict = await decide(request, situation([known, node('n2')], { live: true, ...more }), (need) => {
      asked.push(needKey(need));
      const answer = answers.get(needKey(need));
      return answer === undefined || answer instanceof Error
        ? Promise.reject(answer ?? new Error('not asked'))
        : Promise.resolve(answer);
    });
    return { asked, said: reasons(verdict), verdict };
  };
  const is = (facts: NodeFacts | undefined): Answer => ({ answer: 'node', node: facts });
  const rest = NEEDS.map(needKey);
  const before = node('n1');
  const returning = held('n1', { state: 'returning' });

  test.each<[name: string, request: ReviewRequest, known: NodeFacts, now: NodeFacts]>([
    ['it was marked just now', gone, before, held('n1')],
    ['it was marked just now, and the pod would be made beside the old one', surging, before, held('n1')],
    ['nobody knew it', gone, node('n3'), held('n1')],
    ['it returned, and is in maintenance again', gone, returning, held('n1')],
    ['its exception is over', gone, excepted, held('n1')],
  ])('held: %s', async (_name, request, known, now) => {
    const { asked, said } = await decided(request, known, is(now));
    expect({ asked, said }).toEqual({ asked: ['node/n1', ...rest], said: HELD });
  });

  test.each<[name: string, known: NodeFacts, now: NodeFacts | undefined]>([
    ['it is free', before, before],
    ['it returns', returning, returning],
    ['it has an exception', excepted, excepted],
    ['it is gone', before, undefined],
  ])('let go with one question: %s', async (_name, known, now) => {
    const { asked, said } = await decided(gone, known, is(now));
    expect({ asked, said }).toEqual({ asked: ['node/n1'], said: FREE });
  });

  test('one that is known to be in maintenance is not', async () => {
    expect(await decided(gone, held('n1'), new Error('not asked'))).toMatchObject({ asked: rest, said: HELD });
  });

  test('where that fails the pod goes, and it is told of that node', async () => {
    const { said, verdict } = await decided(gone, node('n1'), new Error('503'));
    expect(said).toEqual(['warn', 'Unknown']);
    // Nor is it stopped on every node where a node in maintenance of which something is not known stops it.
    const config = configWith({ addon: { unknown: 'deny' } });
    expect(await decided(gone, node('n1'), new Error('503'), { config })).toMatchObject({ said });
    expect(verdict.findings[0]).toMatchObject({
      nodes: ['n1'],
      detail: 'whether node n1 is in maintenance, where a rollout has to wait, could not be found out (503)',
    });
  });
});
