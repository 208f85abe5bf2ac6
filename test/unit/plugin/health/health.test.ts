import { describe, expect, test } from 'vitest';
import { podsOfEachNode } from '../../../../plugin/drain/pods-by-node.ts';
import { passGate, waitsFor, type GateState } from '../../../../plugin/health/gate.ts';
import { healthFrom } from '../../../../plugin/health/node-health.ts';
import { controllerRevisionsPath, daemonSetPath, nodePath, PODS } from '../../../../shared/index.ts';
import { answer, failure, nodeObject, podObject, settle, START, toldSession } from '../world.ts';

const at = (secondsAgo: number) => new Date(START - secondsAgo * 1000).toISOString();
const lease = (secondsAgo: number, leaseDurationSeconds?: number) => ({
  spec: { renewTime: at(secondsAgo), leaseDurationSeconds },
});
const conditions = (...entries: (readonly [string, string])[]) =>
  nodeObject('n1', { conditions: entries.map(([type, status]) => ({ type, status })) });
const READY = ['Ready', 'True'] as const;

test.each<[string, unknown, unknown, readonly string[]]>([
  ['healthy', nodeObject('n1'), lease(3, 40), []],
  [
    'not Ready, with the kubelet’s words',
    nodeObject('n1', { conditions: [{ type: 'Ready', status: 'False', reason: 'R', message: 'CNI is not there' }] }),
    lease(0),
    ['not Ready (CNI is not there)'],
  ],
  [
    'unknown, with a reason only',
    nodeObject('n1', { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }] }),
    lease(0),
    ['not Ready (NodeStatusUnknown)'],
  ],
  ['never reported', conditions(), lease(0), ['not Ready (the kubelet has not reported)']],
  [
    'pressures',
    conditions(
      READY,
      ['MemoryPressure', 'True'],
      ['DiskPressure', 'True'],
      ['PIDPressure', 'True'],
      ['NetworkUnavailable', 'True'],
    ),
    lease(0),
    ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'],
  ],
  ['no pressure', conditions(READY, ['MemoryPressure', 'False'], ['DiskPressure', 'Unknown']), lease(0), []],
  [
    'our own conditions are no sign of ill health',
    conditions(READY, ['MaintenanceInProgress', 'True'], ['DrainInProgress', 'True']),
    lease(0),
    [],
  ],
  ['a heartbeat just in time', nodeObject('n1'), lease(40, 40), []],
  [
    'a heartbeat that stopped',
    nodeObject('n1'),
    lease(41, 40),
    ['no heartbeat since 2026-01-05T22:09:19Z (Lease of 40s)'],
  ],
  [
    'the kubelet’s default duration',
    nodeObject('n1'),
    lease(90),
    ['no heartbeat since 2026-01-05T22:08:30Z (Lease of 40s)'],
  ],
  ['a lease from the future (a clock that is wrong)', nodeObject('n1'), lease(-30, 40), []],
  ['no lease', nodeObject('n1'), undefined, ['no heartbeat (no Lease in kube-node-lease)']],
  [
    'a Status instead of a lease',
    nodeObject('n1'),
    { kind: 'Status', code: 404 },
    ['no heartbeat (no Lease in kube-node-lease)'],
  ],
  ['being deleted', nodeObject('n1', { deletionTimestamp: at(1) }), lease(0), ['being deleted']],
  [
    'everything at once',
    nodeObject('n1', { conditions: [{ type: 'DiskPressure', status: 'True' }], deletionTimestamp: at(1) }),
    undefined,
    [
      'not Ready (the kubelet has not reported)',
      'DiskPressure',
      'no heartbeat (no Lease in kube-node-lease)',
      'being deleted',
    ],
  ],
])('%s', (_what, node, given, problems) => {
  expect(healthFrom({ node, lease: given, serverNow: START }).problems).toEqual(problems);
});

test('the age of the heartbeat, readiness and pressures are told apart', () => {
  const node = conditions(READY, ['DiskPressure', 'True']);
  expect(healthFrom({ node, lease: lease(7, 40), serverNow: START })).toEqual({
    ready: true,
    heartbeatAge: 7,
    pressures: ['DiskPressure'],
    problems: ['DiskPressure'],
  });
  expect(healthFrom({ node: conditions(), lease: undefined, serverNow: START })).toMatchObject({
    ready: false,
    heartbeatAge: undefined,
  });
});

/** A node on its way through the gate. */
function begin(healthyForMs: number, ready = true) {
  const [stop, interrupt] = [new AbortController(), new AbortController()];
  const world = toldSession(interrupt.signal);
  const { cluster, clock, session } = world;
  const set = (isReady: boolean) => {
    cluster.objects.set(nodePath('n1'), isReady ? nodeObject('n1') : nodeObject('n1', { conditions: [] }));
  };
  /** What the API server says of the Lease, which is fresh while its kubelet lives. */
  let diedAt = Infinity;
  cluster.say = () => {
    const [now, renewTime] = [
      new Date(clock.now()).toUTCString(),
      new Date(Math.min(diedAt, clock.now())).toISOString(),
    ];
    return answer(200, { spec: { renewTime } }, { date: now });
  };
  set(ready);
  const states: GateState[] = [];
  const notes: string[] = [];
  let isOver = false;
  let ended: string | undefined;
  const pass = () =>
    passGate({
      node: 'n1',
      healthyForMs,
      session,
      signal: AbortSignal.any([stop.signal, interrupt.signal]),
      tell: (state) => states.push(state),
      note: (text) => notes.push(text),
      isOver: () => isOver,
      pods: podsOfEachNode(session),
    }).then(
      (addons) => (ended = ['passed', ...addons].join(' ')),
      (error: unknown) => (ended = String(error)),
    );
  return {
    ...world,
    set,
    stop,
    interrupt,
    states,
    notes,
    pass,
    ended: () => ended,
    die: () => (diedAt = clock.now()),
    revive: () => (diedAt = Infinity),
    endIt: () => (isOver = true),
    waiting: () => states.map(waitsFor),
  };
}

describe('the gate', () => {
  test('a clean node passes at once when it need not be watched', async () => {
    const gate = begin(0);
    await gate.pass();
    expect([gate.ended(), gate.waiting()]).toEqual(['passed', ['clean for 0s of 0s']]);
  });

  test('one relapse starts the time anew', async () => {
    const gate = begin(3000);
    void gate.pass();
    await settle();
    await gate.clock.pass(1000);
    await gate.clock.pass(1000);
    gate.set(false);
    await gate.clock.pass(1000);
    gate.set(true);
    for (const second of [4, 5, 6]) {
      await gate.clock.pass(1000);
      expect([second, gate.ended()]).toEqual([second, undefined]);
    }
    await gate.clock.pass(1000);
    expect(gate.ended()).toBe('passed');
    expect(gate.waiting()).toEqual([
      'clean for 0s of 3s',
      'clean for 1s of 3s',
      'clean for 2s of 3s',
      'not Ready (the kubelet has not reported)',
      'clean for 0s of 3s',
      'clean for 1s of 3s',
      'clean for 2s of 3s',
      'clean for 3s of 3s',
    ]);
  });

  test('a kubelet that dies while the node is watched keeps it, though its Lease still holds and it is still Ready', async () => {
    const gate = begin(30_000);
    void gate.pass();
    await settle();
    gate.die();
    for (let second = 1; second <= 35; second += 1) await gate.clock.pass(1000);
    expect(gate.ended()).toBeUndefined();
    expect(gate.waiting().at(-1)).toBe('clean for 35s of 30s, but a heartbeat is due: the last was 35s ago');
    gate.revive();
    await gate.clock.pass(1000);
    expect(gate.ended()).toBe('passed');
  });

  test('the end says what was missing', async () => {
    const gate = begin(3000, false);
    void gate.pass();
    await settle();
    gate.stop.abort();
    await settle();
    expect(gate.ended()).toContain('gave up waiting for node n1: not Ready (the kubelet has not reported)');
  });

  test('an interruption is none of the node’s faults', async () => {
    const gate = begin(3000);
    void gate.pass();
    await settle();
    gate.interrupt.abort();
    await settle();
    expect(gate.ended()).toContain('interrupted while waiting for node n1: clean for 0s of 3s');
  });

  test('a node that is deleted meanwhile is waited for, not passed', async () => {
    const gate = begin(1000);
    void gate.pass();
    await settle();
    gate.cluster.objects.clear();
    await gate.clock.pass(1000);
    gate.stop.abort();
    await settle();
    expect(gate.ended()).toContain('gave up waiting for node n1: deleted');
  });

  test('the server’s clock judges the heartbeat, not ours', async () => {
    const gate = begin(0);
    gate.cluster.say = () =>
      answer(200, { spec: { renewTime: at(300) } }, { date: new Date(START - 299_000).toUTCString() });
    await gate.pass();
    expect(gate.ended()).toBe('passed');
  });

  test('an API server that fails is a problem of the moment, a missing right is not', async () => {
    const gate = begin(0);
    gate.cluster.say = () => failure(503, 'busy');
    void gate.pass();
    await settle();
    expect([gate.ended(), gate.waiting()]).toEqual([undefined, ['API server: busy']]);
    gate.cluster.say = () => failure(403, 'no leases for you');
    await gate.clock.pass(1000);
    expect(gate.ended()).toContain('no leases for you');
  });

  test('is over as soon as nobody needs it any more', async () => {
    const gate = begin(60_000);
    void gate.pass();
    await settle();
    gate.endIt();
    await gate.clock.pass(1000);
    expect(gate.ended()).toBe('passed');
  });
});

describe('held add-ons', () => {
  /** A gate before which the pod of a DaemonSet is behind. */
  function held() {
    const gate = begin(0);
    const { objects, lists } = gate.cluster;
    const owner = { kind: 'DaemonSet', name: 'agent' };
    const labels = (hash: string) => ({ 'controller-revision-hash': hash });
    const revision = (hash: string, number: number) => ({
      revision: number,
      metadata: {
        name: hash,
        labels: labels(hash),
        ownerReferences: [{ ...owner, uid: 'uid-owner', controller: true }],
      },
    });
    objects.set(daemonSetPath('ops', 'agent'), {
      metadata: { name: 'agent', namespace: 'ops', uid: 'uid-owner' },
      spec: { template: { spec: {} } },
    });
    lists.set(controllerRevisionsPath('ops'), [revision('old', 1), revision('new', 2)]);
    const pod = (name: string, hash: string, ready: boolean) =>
      podObject(name, { namespace: 'ops', owner, labels: labels(hash), ready });
    lists.set(PODS, [pod('agent-a', 'old', true)]);
    return { ...gate, pod };
  }

  const LATE = 'DaemonSet ops/agent is not current and Ready on it';

  test('the node waits until they are current and Ready, and nothing is written', async () => {
    const gate = held();
    void gate.pass();
    await settle();
    expect([gate.ended(), gate.waiting()]).toEqual([undefined, [LATE]]);
    await gate.clock.pass(1000);
    gate.cluster.tell(PODS, 'removed', gate.pod('agent-a', 'old', true));
    gate.cluster.tell(PODS, 'changed', gate.pod('agent-b', 'new', false));
    await settle();
    expect(gate.ended()).toBeUndefined();
    gate.cluster.tell(PODS, 'changed', gate.pod('agent-b', 'new', true));
    await settle();
    expect(gate.ended()).toBe('passed ops/agent');
    expect(gate.cluster.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(gate.notes).toEqual([]);
  });

  test('one that nobody tells to go on is noted, once, with what helps', async () => {
    const gate = held();
    void gate.pass();
    await settle();
    await gate.clock.pass(119_000);
    expect(gate.notes).toEqual([]);
    await gate.clock.pass(5000);
    expect(gate.notes).toEqual([
      expect.stringMatching(
        /^DaemonSet ops\/agent was not told to go on: .* kubectl annotate daemonset agent -n ops --overwrite/,
      ),
    ]);
    expect(gate.ended()).toBeUndefined();
  });

  test('one that the controller tells to go on, and that does not, is not', async () => {
    const gate = held();
    const path = daemonSetPath('ops', 'agent');
    void gate.pass();
    await settle();
    for (let minute = 0; minute < 4; minute += 1) {
      const woken = {
        type: 'kubectl-maint.io/RolloutWoken',
        lastTransitionTime: new Date(gate.clock.now()).toISOString(),
      };
      gate.cluster.objects.set(path, {
        ...(gate.cluster.objects.get(path) as object),
        status: { conditions: [woken] },
      });
      await gate.clock.pass(60_000);
    }
    expect(gate.notes).toEqual([]);
    expect(gate.ended()).toBeUndefined();
  });

  test('a DaemonSet that is deleted meanwhile has nothing to catch up with', async () => {
    const gate = held();
    void gate.pass();
    await settle();
    gate.cluster.objects.delete(daemonSetPath('ops', 'agent'));
    await gate.clock.pass(1000);
    expect(gate.ended()).toBe('passed ops/agent');
  });
});
