import { afterEach, describe, expect, test } from 'vitest';
import {
  daemonSetPath,
  daemonSetStatusPath,
  nodeFromObject,
  NodeTable,
  requestFromReview,
  type ApiAnswer,
  type ApiRequest,
  type ListPage,
  WOKEN_CONDITION,
  type Verdict,
} from '../../../shared/index.ts';
import type { Judged } from '../../../webhook/admission/admit.ts';
import { logTo } from '../../../webhook/log.ts';
import { Waker } from '../../../webhook/rollouts/waker.ts';
import { until } from '../../support/until.ts';
import { Kept, nodeObject } from './world.ts';

const NOW = Date.parse('2026-01-06T08:00:00Z');
const HELD = ['n1', 'n2'];

/** A DaemonSet in the middle of a rollout. */
function daemonSet(scheduled: number, updated: number): object {
  return {
    metadata: {
      name: 'agent',
      namespace: 'ops',
      uid: 'uid-agent',
      annotations: { 'deprecated.daemonset.template.generation': '2' },
    },
    spec: { template: { spec: {} } },
    status: { desiredNumberScheduled: scheduled, updatedNumberScheduled: updated },
  };
}

function pod(generation: string, more: object = {}): object {
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true },
  ];
  const labels = { 'pod-template-generation': generation };
  return { metadata: { name: 'agent-x', namespace: 'ops', uid: 'u', labels, ownerReferences, ...more } };
}

const REFUSED: Verdict = {
  decision: 'deny',
  work: 'addon',
  tool: 'daemonset',
  afterDenial: undefined,
  nodes: ['n1'],
  findings: [{ rule: 'addon', decision: 'deny', reason: 'RolloutHeld', detail: 'waits', nodes: ['n1'] }],
  needs: [],
};

function judged(verdict: Verdict = REFUSED, more: object = {}): Judged {
  const request = requestFromReview({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', operation: 'DELETE', oldObject: { apiVersion: 'v1', kind: 'Pod', ...pod('1') }, ...more },
  });
  if (!request.ok) throw new Error('a review was given');
  return { request: request.value, verdict, now: NOW, field: new NodeTable(), stale: false };
}

interface Given {
  readonly daemonSet?: object;
  /** Pods on each held node. */
  readonly pods?: Readonly<Record<string, readonly object[]>>;
  readonly answer?: ApiAnswer;
}

const wakers: Waker[] = [];
afterEach(() => {
  wakers.splice(0).forEach((waker) => {
    waker.end();
  });
});

function begin({ daemonSet: object, pods = {}, answer = { status: 200, headers: {}, body: {} } }: Given, afterMs = 1) {
  const out = new Kept();
  const [reads, sent]: [string[], ApiRequest[]] = [[], []];
  const nodes = [...HELD.map((name) => nodeObject(name, true)), nodeObject('n3')];
  const field = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
  const waker = new Waker(
    {
      cluster: {
        get: (path) => {
          reads.push(path);
          return Promise.resolve(object);
        },
        async *pages(_path, options): AsyncIterable<ListPage> {
          const node = options?.query?.['fieldSelector']?.replace('spec.nodeName=', '') ?? '';
          yield await Promise.resolve({ items: pods[node] ?? [], resourceVersion: '1' });
        },
        send: (request) => {
          sent.push(request);
          return Promise.resolve(answer);
        },
      },
      field: () => field,
      log: logTo(out, 'info'),
      now: () => NOW,
    },
    afterMs,
  );
  wakers.push(waker);
  return { waker, reads, sent, out };
}

test('a refused step of a rollout is followed by a change of its status, which names no template', async () => {
  const { waker, reads, sent } = begin({ daemonSet: daemonSet(9, 5) });
  waker.decided(judged());
  waker.decided(judged());
  await until('it looked', () => sent.length > 0);
  expect(reads).toEqual([daemonSetPath('ops', 'agent')]);
  expect(sent).toMatchObject([
    {
      method: 'PATCH',
      path: daemonSetStatusPath('ops', 'agent'),
      contentType: 'application/strategic-merge-patch+json',
      body: { status: { conditions: [{ type: WOKEN_CONDITION, lastTransitionTime: '2026-01-06T08:00:00.000Z' }] } },
    },
  ]);
});

describe('whether nodes are left to serve', () => {
  const OLD = [pod('1')];
  test.each<[what: string, given: Given, wakes: boolean]>([
    ['more are behind than are held', { daemonSet: daemonSet(9, 6) }, true],
    ['none is behind', { daemonSet: daemonSet(9, 9) }, false],
    ['as many as are held, and these they are', { daemonSet: daemonSet(9, 7), pods: { n1: OLD, n2: OLD } }, false],
    [
      'as many, but one that is held is current',
      { daemonSet: daemonSet(9, 7), pods: { n1: OLD, n2: [pod('2')] } },
      true,
    ],
    ['as many, but one that is held has none', { daemonSet: daemonSet(9, 7), pods: { n1: OLD } }, true],
    [
      'as many, but one that is held goes already',
      { daemonSet: daemonSet(9, 7), pods: { n1: OLD, n2: [pod('1', { deletionTimestamp: '2026-01-06T07:59:00Z' })] } },
      true,
    ],
    ['the DaemonSet is gone', {}, false],
  ])('%s', async (_, given, wakes) => {
    const { waker, reads, sent } = begin(given);
    waker.decided(judged());
    await until('it looked', () => reads.length > 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent.length > 0).toBe(wakes);
  });
});

test.each<[what: string, judged: Judged]>([
  ['an allowed step', judged({ ...REFUSED, decision: 'allow' })],
  ['another refusal', judged({ ...REFUSED, findings: [] })],
  ['a dry run', judged(REFUSED, { dryRun: true })],
  ['a pod without a controller', judged(REFUSED, { oldObject: { apiVersion: 'v1', kind: 'Pod' } })],
  ['nothing at all', judged(REFUSED, { oldObject: null })],
])('nobody is woken because of %s', async (_, decision) => {
  const { waker, reads } = begin({ daemonSet: daemonSet(9, 5) });
  waker.decided(decision);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(reads).toEqual([]);
});

test('what cannot be written is logged, and tried again after the next refusal', async () => {
  const { waker, sent, out } = begin({
    daemonSet: daemonSet(9, 5),
    answer: { status: 403, headers: {}, body: { message: 'no right' } },
  });
  waker.decided(judged());
  expect(await out.line('its controller was not woken')).toMatchObject({ daemonSet: 'ops/agent', error: 'no right' });
  waker.decided(judged());
  await until('it looked', () => sent.length === 2);
});

test('after the end nobody is woken any more', async () => {
  const { waker, reads } = begin({ daemonSet: daemonSet(9, 5) }, 2);
  waker.decided(judged());
  waker.end();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(reads).toEqual([]);
});
