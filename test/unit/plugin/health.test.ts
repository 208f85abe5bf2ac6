import { describe, expect, test } from 'vitest';
import { waitUntilHealthy } from '../../../plugin/health/gate.ts';
import { healthProblems } from '../../../plugin/health/problems.ts';
import { NODES } from '../../../shared/index.ts';
import { answer, nodeObject, settle, START, toldSession } from './world.ts';

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
  ['a heartbeat that stopped', nodeObject('n1'), lease(41, 40), ['no heartbeat for 41s (Lease of 40s)']],
  ['the kubelet’s default duration', nodeObject('n1'), lease(90), ['no heartbeat for 90s (Lease of 40s)']],
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
  expect(healthProblems({ node, lease: given, serverNow: START })).toEqual(problems);
});

describe('the gate', () => {
  function begin(healthyForMs: number, ready = true) {
    const [stop, interrupt] = [new AbortController(), new AbortController()];
    const world = toldSession(interrupt.signal);
    const { cluster, clock, session } = world;
    const set = (ready: boolean) => {
      cluster.objects.set(`${NODES}/n1`, ready ? nodeObject('n1') : nodeObject('n1', { conditions: [] }));
    };
    cluster.say = () =>
      answer(
        200,
        { spec: { renewTime: new Date(clock.now()).toISOString() } },
        { date: new Date(clock.now()).toUTCString() },
      );
    set(ready);
    let ended: string | undefined;
    const waiting = waitUntilHealthy(
      'n1',
      healthyForMs,
      session,
      AbortSignal.any([stop.signal, interrupt.signal]),
    ).then(
      () => (ended = 'healthy'),
      (error: unknown) => (ended = String(error)),
    );
    return { ...world, set, stop, interrupt, waiting, ended: () => ended };
  }

  test('a clean node passes at once when it need not be watched', async () => {
    const gate = begin(0);
    await gate.waiting;
    expect(gate.ended()).toBe('healthy');
    expect(gate.screen.notes).toEqual([]);
  });

  test('one relapse starts the time anew; each state is told once', async () => {
    const gate = begin(3000);
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
    expect(gate.ended()).toBe('healthy');
    expect(gate.screen.notes).toEqual([
      'node/n1 clean, watching it for 3s',
      'node/n1 waits: not Ready (the kubelet has not reported)',
      'node/n1 clean, watching it for 3s',
    ]);
  });

  test('the end says what was missing', async () => {
    const gate = begin(3000, false);
    await settle();
    gate.stop.abort();
    await gate.waiting;
    expect(gate.ended()).toContain('node n1 did not become healthy in time: waits: not Ready');
  });

  test('an interruption is none of the node’s faults', async () => {
    const gate = begin(3000);
    await settle();
    gate.interrupt.abort();
    await gate.waiting;
    expect(gate.ended()).toContain('interrupted, node n1 clean, watching it for 3s');
  });

  test('a node that is deleted meanwhile is waited for, not passed', async () => {
    const gate = begin(1000);
    await settle();
    gate.cluster.objects.clear();
    await gate.clock.pass(1000);
    gate.stop.abort();
    await gate.waiting;
    expect(gate.ended()).toContain('node n1 did not become healthy in time: waits: deleted');
  });

  test('the server’s clock judges the heartbeat, not ours', async () => {
    const gate = begin(0);
    gate.cluster.say = () =>
      answer(200, { spec: { renewTime: at(300) } }, { date: new Date(START - 299_000).toUTCString() });
    await gate.waiting;
    expect(gate.ended()).toBe('healthy');
  });
});
