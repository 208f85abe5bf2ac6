import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  at,
  isObject,
  nodeFromObject,
  NodeTable,
  requestFromReview,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type Finding,
} from '../../../shared/index.ts';
import type { AdmittedReview } from '../../../webhook/admission/admit.ts';
import { DenialRecorder } from '../../../webhook/denials/recorder.ts';
import { logTo } from '../../../webhook/log.ts';
import { Kept, nodeObject, reviewOf, volumeBackup } from './world.ts';

const START = Date.parse('2026-01-06T08:00:00Z');
const MINUTE = 60_000;

const backup: Finding = {
  rule: 'backup',
  decision: 'deny',
  reason: 'NodeInMaintenance',
  detail: 'backup of a ZFS volume is for node n1',
  nodes: ['n1'],
};

const fieldsOf = (value: unknown) => (isObject(value) ? value : {});

interface Deciding {
  readonly dryRun?: boolean;
  readonly tool?: string | null;
  readonly object?: object;
}

/** A decision with these findings. */
function judged(
  findings: readonly Finding[],
  { dryRun = false, tool = 'openebs-zfs', object = volumeBackup('n1') }: Deciding = {},
): AdmittedReview {
  const review = reviewOf(object);
  const request = requestFromReview({ ...review, request: { ...fieldsOf(at(review, 'request')), dryRun } });
  if (!request.ok) throw new Error('a review was given');
  const decision = findings.some((one) => one.decision === 'deny') ? 'deny' : 'allow';
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
  return {
    request: request.value,
    verdict: {
      decision,
      work: 'backup',
      tool,
      confidence: 'certain',
      afterDenial: 'failed',
      nodes,
      findings,
      needs: [],
    },
    now: START,
    nodeIndex: tableOf(...nodes.map((name) => nodeObject(name, true))),
    stale: false,
  };
}

let clock: { now: number };
let sent: ApiRequest[];
let say: (request: ApiRequest) => ApiAnswer;
let out: Kept;
let recorder: DenialRecorder;
let nodeIndex: NodeTable;

beforeEach(() => {
  clock = { now: START };
  sent = [];
  out = new Kept();
  say = () => ({ status: 201, headers: {}, body: { metadata: { name: `n1.${sent.length}` } } });
  nodeIndex = tableOf(nodeObject('n1', true));
  recorder = new DenialRecorder(
    {
      cluster: {
        send: (request) => {
          sent.push(request);
          return Promise.resolve(say(request));
        },
      },
      nodeIndex: () => nodeIndex,
      log: logTo(out, 'info'),
      now: () => clock.now,
    },
    MINUTE * 60,
  );
});

afterEach(() => recorder.end());

function tableOf(...objects: readonly unknown[]): NodeTable {
  return new NodeTable(objects.flatMap((object) => nodeFromObject(object) ?? []));
}

const told = () =>
  sent.map(({ method, path, body }) => [
    method,
    path.replace('/api/v1/namespaces/default/events', ''),
    textAt(body, 'reason') ?? '',
    at(body, 'count'),
  ]);

test('refusals of one kind are one Event with a count, written from time to time', async () => {
  recorder.decided(judged([backup]));
  recorder.decided(judged([backup]));
  expect(sent).toEqual([]);
  await recorder.write();
  expect(sent).toMatchObject([
    {
      method: 'POST',
      path: '/api/v1/namespaces/default/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          generateName: 'n1.',
          namespace: 'default',
          annotations: { 'kubectl-maint.io/after-denial': 'failed' },
        },
        involvedObject: { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-n1' },
        type: 'Warning',
        reason: 'WorkDenied',
        message: 'backup (openebs-zfs): backup of a ZFS volume is for node n1 (ZFSBackup in openebs)',
        source: { component: 'kubectl-maint' },
        firstTimestamp: '2026-01-06T08:00:00.000Z',
        lastTimestamp: '2026-01-06T08:00:00.000Z',
        count: 2,
      },
    },
  ]);
  await recorder.write();
  clock.now += MINUTE;
  recorder.decided(judged([backup]));
  await recorder.write();
  expect(sent.slice(1)).toMatchObject([
    {
      method: 'PATCH',
      path: '/api/v1/namespaces/default/events/n1.1',
      body: { count: 3, lastTimestamp: '2026-01-06T08:01:00.000Z' },
    },
  ]);
});

test('what the next maintenance of the node refuses is an Event of its own', async () => {
  recorder.decided(judged([backup]));
  await recorder.write();
  const next = JSON.stringify(nodeObject('n1', true)).replaceAll('2026-01-05T22:10:00Z', '2026-01-06T08:00:00Z');
  nodeIndex = tableOf(JSON.parse(next));
  recorder.decided(judged([backup]));
  await recorder.write();
  expect(told()).toEqual([
    ['POST', '', 'WorkDenied', 1],
    ['POST', '', 'WorkDenied', 1],
  ]);
});

test('the work of each controller is an Event of its own, by its name; objects that nobody made are one of their kind', async () => {
  const job = (name: string, maker?: string) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: 'shop',
      ownerReferences: maker && [{ apiVersion: 'batch/v1', kind: 'CronJob', name: maker, uid: 'u', controller: true }],
    },
  });
  for (const object of [job('a-1', 'a'), job('a-2', 'a'), job('b-1', 'b'), job('x'), job('y')]) {
    recorder.decided(judged([backup], { object }));
  }
  await recorder.write();
  expect(sent.map(({ body }) => [at(body, 'count'), textAt(body, 'message')])).toEqual([
    [2, 'backup (openebs-zfs): backup of a ZFS volume is for node n1 (CronJob shop/a)'],
    [1, 'backup (openebs-zfs): backup of a ZFS volume is for node n1 (CronJob shop/b)'],
    [2, 'backup (openebs-zfs): backup of a ZFS volume is for node n1 (Job in shop)'],
  ]);
});

describe('what is written', () => {
  test.each<[string, AdmittedReview, readonly unknown[]]>([
    ['another tool', judged([backup], { tool: null }), [['POST', '', 'WorkDenied', 1]]],
    ['a held rollout', judged([{ ...backup, rule: 'addon', reason: 'RolloutHeld' }]), [['POST', '', 'AddonHeld', 1]]],
    ['a dry run refuses nothing', judged([backup], { dryRun: true }), []],
    [
      'a rollout that could not be judged, and went on',
      judged([{ ...backup, rule: 'addon', reason: 'Unknown', decision: 'warn' }]),
      [['POST', '', 'AddonReleased', 1]],
    ],
    [
      'a rollout that could not be judged, and was refused',
      judged([{ ...backup, rule: 'addon', reason: 'Unknown' }]),
      [['POST', '', 'WorkDenied', 1]],
    ],
    ['a warning is no refusal', judged([{ ...backup, decision: 'warn' }]), []],
    [
      'a warning beside a refusal',
      judged([backup, { ...backup, rule: 'scan', decision: 'warn' }]),
      [['POST', '', 'WorkDenied', 1]],
    ],
    ['a write of the node itself is the caller’s to know', judged([{ ...backup, rule: 'node-guard' }]), []],
    [
      'of many nodes the first five',
      judged([{ ...backup, nodes: [] }]),
      Array.from({ length: 5 }, () => ['POST', '', 'WorkDenied', 1]),
    ],
  ])('%s', async (_what, decision, events) => {
    recorder.decided(decision);
    await recorder.write();
    expect(told()).toEqual(events);
  });
});

test('a look while one is written, and the last one, write nothing twice', async () => {
  recorder.decided(judged([backup]));
  await Promise.all([recorder.write(), recorder.write(), recorder.end()]);
  expect(told()).toEqual([['POST', '', 'WorkDenied', 1]]);
});

test('what cannot be written is tried again with the next, and logged', async () => {
  say = () => ({ status: 503, headers: {}, body: { message: 'no' } });
  recorder.decided(judged([backup]));
  await recorder.write();
  say = () => ({ status: 201, headers: {}, body: { metadata: { name: 'n1.x' } } });
  await recorder.write();
  expect(told()).toEqual([
    ['POST', '', 'WorkDenied', 1],
    ['POST', '', 'WorkDenied', 1],
  ]);
  expect(out.text).toContain('refusals not written as an Event');
});

test('an Event that has expired is written anew, whole', async () => {
  recorder.decided(judged([backup]));
  await recorder.write();
  say = ({ method }) =>
    method === 'PATCH'
      ? { status: 404, headers: {}, body: {} }
      : { status: 201, headers: {}, body: { metadata: { name: 'n1.y' } } };
  recorder.decided(judged([backup]));
  await recorder.write();
  expect(told().slice(1)).toEqual([
    ['PATCH', '/n1.1', '', 2],
    ['POST', '', 'WorkDenied', 2],
  ]);
});

test('after half an hour of quiet it counts from one again', async () => {
  recorder.decided(judged([backup]));
  await recorder.write();
  clock.now += 31 * MINUTE;
  await recorder.write();
  recorder.decided(judged([backup]));
  await recorder.write();
  expect(told().slice(1)).toEqual([['POST', '', 'WorkDenied', 1]]);
});

describe('a flood of different refusals, as whoever reaches the port can make it', () => {
  const invented = (index: number) => judged([backup], { tool: `t${index}` });
  const flood = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) recorder.decided(invented(index));
  };
  const real = judged([backup], { tool: 'velero' });
  const TOGETHER = 'backup: more kinds of work than are told apart';
  const toldTogether = () =>
    sent.filter(({ body }) => textAt(body, 'message') === TOGETHER).map(({ body }) => at(body, 'count'));

  test('is bounded, and a true one among it is told nevertheless, before the others', async () => {
    flood(0, 1050);
    recorder.decided(real);
    await recorder.write();
    expect(sent).toHaveLength(1001);
    expect(textAt(sent[0]?.body, 'message')).toBe(TOGETHER);
    expect(toldTogether()).toEqual([51]);
    expect(out.text).toContain('too many kinds of refusals for an Event of each');
  });

  test('of nodes that nobody has is none', async () => {
    const released: Finding = { ...backup, rule: 'addon', decision: 'warn', reason: 'Unknown' };
    for (let index = 0; index < 50; index += 1) recorder.decided(judged([{ ...released, nodes: [`x-${index}`] }]));
    await recorder.write();
    expect(sent).toEqual([]);
  });

  test('that cannot be written is tried once more when it is over, and forgotten', async () => {
    say = () => ({ status: 422, headers: {}, body: { message: 'not so' } });
    flood(0, 1050);
    await recorder.write();
    clock.now += 31 * MINUTE;
    await recorder.write();
    sent = [];
    await recorder.write();
    expect(sent).toEqual([]);
  });

  test('goes on, and so does what is told of the true ones', async () => {
    flood(0, 1050);
    await recorder.write();
    clock.now += 20 * MINUTE;
    flood(0, 1000);
    await recorder.write();
    clock.now += 20 * MINUTE;
    sent = [];
    recorder.decided(real);
    await recorder.write();
    expect(told()).toEqual([['PATCH', '/n1.1', '', 51]]);
  });

  test('keeps nodes and rules apart, and what was known before it', async () => {
    recorder.decided(real);
    flood(0, 1000);
    recorder.decided(judged([{ ...backup, nodes: ['n2'] }], { tool: 'x' }));
    recorder.decided(judged([{ ...backup, rule: 'scan' }], { tool: 'x' }));
    recorder.decided(real);
    await recorder.write();
    expect(sent.map(({ body }) => textAt(body, 'message') ?? '').filter((message) => !message.includes('(t'))).toEqual([
      TOGETHER,
      TOGETHER,
      TOGETHER.replace('backup', 'scan'),
      'backup (velero): backup of a ZFS volume is for node n1 (ZFSBackup in openebs)',
    ]);
  });

  test('is over after half an hour', async () => {
    flood(0, 1050);
    await recorder.write();
    clock.now += 31 * MINUTE;
    await recorder.write();
    sent = [];
    recorder.decided(real);
    await recorder.write();
    expect(told()).toEqual([['POST', '', 'WorkDenied', 1]]);
    expect(toldTogether()).toEqual([]);
  });
});

test('the end writes what is left', async () => {
  recorder.decided(judged([backup]));
  await recorder.end();
  expect(told()).toEqual([['POST', '', 'WorkDenied', 1]]);
});
