import { describe, expect, test } from 'vitest';
import type { StatusFormat } from '../../../../plugin/verbs/status/flags.ts';
import { renderStatus, StatusTable } from '../../../../plugin/verbs/status/text.ts';
import { tellStatus } from '../../../../plugin/verbs/status/notes.ts';
import { releasedDuring } from '../../../../plugin/verbs/status/from-events.ts';
import { refusedByFloor } from '../../../../plugin/policy/floor.ts';
import type { Enforcement } from '../../../../plugin/verbs/status/enforcement.ts';
import { statusFrom, type NodeStatus } from '../../../../plugin/verbs/status/node-status.ts';
import { everythingLeft, type NodeReadings } from '../../../../plugin/verbs/status/readings.ts';
import { keepingOf } from '../../../../plugin/policy/keeping.ts';
import { DEFAULT_POLICY, RECORD_ANNOTATION, STATE_LABEL } from '../../../../shared/index.ts';
import { IDLE_NODE } from '../../../support/idle-node.ts';
import { like } from '../../../support/like.ts';
import { HeardScreen, nodeSnapshot, podFacts, START, type NodeShape } from '../world.ts';
import { configWith } from '../../../support/configs.ts';

const BY_DEFAULT = { keeping: keepingOf(DEFAULT_POLICY), assumed: null, exempt: [] };

const ago = (seconds: number) => new Date(START - seconds * 1000).toISOString();

const RECORD = {
  version: 1,
  claims: [
    {
      owner: 'ana',
      mode: 'cordon',
      since: '2026-01-05T22:00:00Z',
      until: '2026-01-05T23:10:00Z',
      reason: 'disk',
      ticket: 'T-1',
    },
    { owner: 'ben', mode: 'drain', since: '2026-01-05T22:05:00Z', until: '2026-01-05T22:40:00Z' },
  ],
  before: { cordoned: false },
  initiatedAt: '2026-01-05T22:00:00Z',
  completedAt: '2026-01-05T22:06:00Z',
};
const ONE_OWNER = { ...RECORD, claims: RECORD.claims.slice(0, 1) };

const READINGS: NodeReadings = {
  plan: everythingLeft('n1', []),
  lease: { lease: { spec: { renewTime: ago(4), leaseDurationSeconds: 40 } }, serverNow: START },
  attached: [],
  quorum: 'none',
  heldBack: [],
  nodeClaim: undefined,
};

const UNREADABLE: NodeReadings = {
  plan: undefined,
  lease: undefined,
  attached: undefined,
  quorum: undefined,
  heldBack: undefined,
  nodeClaim: undefined,
};

interface Shape extends NodeShape {
  readonly label?: string;
}

function status(record: object | string | undefined, shape: Shape = {}, readings: Partial<NodeReadings> = {}) {
  const { label, labels, annotations, ...rest } = shape;
  const text = typeof record === 'object' ? JSON.stringify(record) : record;
  const node = nodeSnapshot('n1', {
    unschedulable: text !== undefined,
    ...rest,
    annotations: { ...annotations, ...(text === undefined ? {} : { [RECORD_ANNOTATION]: text }) },
    labels: { ...labels, ...(label === undefined ? {} : { [STATE_LABEL]: label }) },
  });
  return statusFrom(node, text === undefined ? undefined : { ...READINGS, ...readings }, START);
}

describe('the status of a node', () => {
  test.each([
    ['complete', 'Complete'],
    ['initiated', 'Initiated'],
    ['returning', 'Returning'],
    ['__proto__', 'Initiated'],
    [undefined, 'Initiated'],
  ])('label %s: %s', (label, state) => {
    expect(status(RECORD, label === undefined ? {} : { label })).toMatchObject({
      state,
      mode: 'drain',
      since: '2026-01-05T22:00:00Z',
      until: '2026-01-05T23:10:00Z',
      overdue: false,
    });
  });

  test('without a record nothing is read about it', () => {
    expect(status(undefined)).toEqual({ name: 'n1', ...IDLE_NODE });
    expect(status(undefined, { unschedulable: true, label: 'complete' })).toMatchObject({
      state: 'Cordoned',
      schedulable: false,
    });
  });

  test('with a record that cannot be read', () => {
    expect(status('{"version":1}')).toMatchObject({ state: 'Unreadable', mode: null });
    expect(status('{"version":1}').problems.length).toBeGreaterThan(1);
  });

  test.each([
    ['is yet to come', START + 60_000],
    ['has passed', START - 1_800_000],
  ])('an expiry that %s falls into an overdue maintenance', (_when, expiresAt) => {
    const overdue = { ...ONE_OWNER, claims: [{ ...ONE_OWNER.claims[0], until: ago(3600) }] };
    const { expiry } = status(overdue, {}, { nodeClaim: { name: 'pool-x', expiresAt, isLeaving: false } });
    expect(expiry).toMatchObject({ duringMaintenance: true });
    expect(expiry?.text).not.toContain('announced end');
  });

  describe('node repair by Karpenter', () => {
    const nodeClaim = { name: 'pool-x', expiresAt: undefined, isLeaving: false };
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }];

    test('is told of its node that is not Ready, and since when', () => {
      expect(status(RECORD, { conditions }, { nodeClaim }).repair).toEqual({
        nodeClaim: 'pool-x',
        notReadySince: '2026-01-05T22:00:00Z',
        text: "it is not Ready since 2026-01-05T22:00:00Z: where Karpenter's node repair is on, Karpenter deletes it",
      });
    });

    test('is not told of one that is Ready, or that Karpenter has not made', () => {
      expect(status(RECORD, {}, { nodeClaim }).repair).toBeNull();
      expect(status(RECORD, { conditions }).repair).toBeNull();
    });
  });

  test('the condition tells what the drain waits for, while it does', () => {
    const condition = { type: 'DrainInProgress', status: 'True', message: '1 of 2 pods left' };
    expect(status(RECORD, { conditions: [condition] })).toMatchObject({ progress: '0 of 2 pods left', ready: false });
    expect(status(RECORD, { conditions: [{ ...condition, status: 'False' }] }).progress).toBe('');
  });

  test.each<[string, string, object]>([
    ['goes on', 'initiated', { reason: 'AdminRequested', lastHeartbeatTime: ago(119) }],
    ['has ended', 'complete', { reason: 'Stopped', lastHeartbeatTime: ago(500) }],
    ['never told when', 'initiated', { reason: 'Stopped' }],
  ])('a drain that %s is not called stopped', (_what, label, more) => {
    const conditions = [{ type: 'DrainInProgress', status: 'True', message: '', ...more }];
    expect(status(RECORD, { label, conditions }).stoppedSince).toBeNull();
  });

  test.each<[string, string, string, string]>([
    ['complete', 'rebooting', 'Complete   3/12:rebooting', 'Complete (3 of 12: rebooting)'],
    ['initiated', 'draining', 'Initiated   3/12:draining', 'Initiated (3 of 12: draining)'],
    ['returning', 'running', 'Returning   3/12:returning', 'Returning (3 of 12: returning)'],
    ['complete', 'stopped', 'Complete   3/12:stopped', 'Complete (3 of 12: stopped)'],
    ['complete', 'a new step', 'Complete   3/12:a-new-step', 'Complete (3 of 12: a new step)'],
  ])('a run that has it, %s and %s, is told with its place', async (label, step, cells, words) => {
    const run = { id: 'r1', number: 3, of: 12, step };
    const record = {
      ...RECORD,
      claims: RECORD.claims.map((claim, index) => (index === 0 ? { ...claim, run } : claim)),
    };
    const one = status(record, { label });
    const owner = RECORD.claims[0]?.owner ?? '';
    expect(one.run).toMatchObject({ owner, id: 'r1', number: 3, of: 12 });
    expect(await render([one], 'table')).toContain(` ${cells} `);
    expect(await render([one], 'node')).toContain(` ${words} `);
    expect(await render([one], 'node')).toContain(`(run r1 of ${owner})`);
    const screen = new HeardScreen();
    tellStatus({ ...NOTHING, nodes: [one] }, 'table', screen, START);
    expect(screen.notes[0]).toBe(`run of ${owner}: 3 of 12, n1: ${one.run?.step ?? ''}`);
  });

  test('a run of which nothing is heard may be gone: that is told, with what to do; one that has stopped is silent by right', async () => {
    const silent = (step: string, seconds: number) => {
      const run = { id: 'r1', number: 3, of: 12, step };
      const record = { ...RECORD, claims: [{ ...RECORD.claims[1], run }] };
      const told = { type: 'MaintenanceInProgress', status: 'True', lastHeartbeatTime: ago(seconds) };
      const older = { type: 'Drained', status: 'True', lastHeartbeatTime: ago(9000) };
      return status(record, { label: 'complete', conditions: [told, older] });
    };
    expect(silent('running', 179).run?.silentSince).toBeNull();
    expect(silent('stopped', 600).run?.silentSince).toBeNull();
    const gone = silent('running', 600);
    expect(gone.run?.silentSince).toBe(ago(600));
    expect(await render([gone], 'table')).toContain(' Complete   3/12:running,silent ');
    expect(await render([gone], 'node')).toMatch(/^Run: +3 of 12, running, silent for 10m \(run r1 of ben\)$/m);
    const screen = new HeardScreen();
    tellStatus({ ...NOTHING, nodes: [gone] }, 'table', screen, START);
    expect(screen.notes.slice(0, 2)).toEqual([
      'run of ben: 3 of 12, n1: running, silent for 10m',
      'hint: nothing is heard of that run on n1: where it is gone, kubectl maint run with --resume goes on, or kubectl maint off ends the maintenance',
    ]);
  });

  test.each<[string, { readonly reason: string; readonly lastHeartbeatTime: string }]>([
    ['says so', { reason: 'Stopped', lastHeartbeatTime: ago(5) }],
    ['gives no sign (kill -9)', { reason: 'AdminRequested', lastHeartbeatTime: ago(300) }],
  ])('a drain that %s has stopped, and what is left is counted as of now', async (_what, condition) => {
    const conditions = [{ type: 'DrainInProgress', status: 'True', message: '6 of 6 pods left; budget', ...condition }];
    const plan = READINGS.plan && { ...READINGS.plan, evict: [podFacts('db-0', {})] };
    const stopped = status(RECORD, { label: 'initiated', conditions }, { plan });
    expect(stopped).toMatchObject({
      state: 'Initiated',
      stoppedSince: condition.lastHeartbeatTime,
      podsLeft: 1,
      progress: '1 of 6 pods left; budget',
    });
    expect(await render([stopped], 'table')).toMatch(/^n1 +Stopped +<none> +drain /m);
    expect(await render([stopped], 'node')).toMatch(/^State: +Stopped (?:5s|5m) ago \(drain\)$/m);
    const screen = new HeardScreen();
    tellStatus({ ...NOTHING, nodes: [stopped, status(RECORD)] }, 'table', screen, START);
    expect(screen.notes).toEqual([
      'hint: nobody goes on with the drain of n1: run the same kubectl maint on again, or give it up: kubectl maint off n1',
    ]);
  });

  test('what nobody confirms is not told as drained', () => {
    const message = 'deletion was asked for, and nobody confirms that they ended: ns/a';
    const record = { ...RECORD, unconfirmed: 1 };
    expect(status(record, { conditions: [{ type: 'Drained', status: 'Unknown', message }] })).toMatchObject({
      unconfirmed: 1,
      progress: message,
    });
  });

  test('what could not be read is null; a problem that the Node itself shows is one all the same', () => {
    const nothing = { podsLeft: null, health: null, heartbeat: null, heldBack: null };
    expect(status(ONE_OWNER, {}, UNREADABLE)).toMatchObject({ ...nothing, deletion: { verdict: 'unknown' } });
    const conditions = [{ type: 'Ready', status: 'False', reason: 'R', message: 'CNI' }];
    expect(status(ONE_OWNER, { conditions }, UNREADABLE).health).toEqual(['not Ready (CNI)']);
  });

  test('the heartbeat: how old it is, and that it is late', () => {
    const late = { lease: { spec: { renewTime: ago(90), leaseDurationSeconds: 40 } }, serverNow: START };
    expect(status(RECORD, {}, { lease: late })).toMatchObject({
      heartbeat: { renewedAt: ago(90), ageSeconds: 90, leaseSeconds: 40 },
      health: ['no heartbeat since 2026-01-05T22:08:30Z (Lease of 40s)'],
    });
    expect(status(RECORD, {}, { lease: { lease: undefined, serverNow: START } })).toMatchObject({
      heartbeat: null,
      health: ['no heartbeat (no Lease in kube-node-lease)'],
    });
  });

  test('exceptions while they last', () => {
    const lasting = { rules: ['backup'], until: '2026-01-05T22:40:00Z', by: 'ana', reason: 'restore test' };
    const over = { ...lasting, until: '2026-01-05T22:09:00Z' };
    expect(status({ ...RECORD, exceptions: [over, lasting] })).toMatchObject({ exceptions: [lasting] });
  });

  test.each<[tool: string | null, shape: Shape]>([
    ['cluster-autoscaler', { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] }],
    ['Karpenter', { taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] }],
    ['medik8s', { unschedulable: true, taints: [{ key: 'medik8s.io/drain', effect: 'NoSchedule' }] }],
    ['kured', { unschedulable: true, annotations: { 'weave.works/kured-reboot-in-progress': ago(60) } }],
    ['Harvester', { unschedulable: true, annotations: { 'harvesterhci.io/maintain-status': 'running' } }],
    [null, { unschedulable: true }],
  ])('cordoned by %s', (tool, shape) => {
    expect(status(undefined, shape)).toMatchObject({ state: 'Cordoned', cordonedBy: tool });
  });
});

/** A report about nothing. */
const NOTHING = { enforcement: null, scansKeptOff: null, lost: [], released: [] };

const render = (nodes: readonly NodeStatus[], format: StatusFormat, width = 0) =>
  renderStatus({ ...NOTHING, nodes }, format, { width, colour: false, now: START });

describe('formats', () => {
  const one = status(RECORD, { label: 'complete' });

  test('the table', async () => {
    const pods = [podFacts('db-0', {}), podFacts('web', {})];
    const blocked = status(
      ONE_OWNER,
      { label: 'initiated' },
      { plan: READINGS.plan && { ...READINGS.plan, evict: pods } },
    );
    const exceptions = [{ rules: ['backup', 'scan'], until: '2026-01-05T22:22:00Z', by: 'ana', reason: 'x' }];
    const excepted = status({ ...ONE_OWNER, exceptions }, { label: 'complete' });
    const foreign = status(undefined, { taints: [{ key: 'karpenter.sh/disrupted', effect: 'NoSchedule' }] });
    const table = await render([one, blocked, excepted, foreign, status(ONE_OWNER, {}, UNREADABLE)], 'table');
    expect(table.split('\n')).toEqual([
      'NAME   STATE       RUN      MODE     AGE      UNTIL    OWNERS      PODS LEFT   READY   HEARTBEAT   DELETION            EXCEPTIONS',
      'n1     Complete    <none>   drain    10m      in 60m   ana,ben     0           True    4s          blocked: 2 owners   <none>',
      'n1     Initiated   <none>   cordon   10m      in 60m   ana         2           True    4s          blocked: 2 pods     <none>',
      'n1     Complete    <none>   cordon   10m      in 60m   ana         0           True    4s          safe                backup+scan for 12m',
      'n1     Cordoned    <none>   <none>   <none>   <none>   Karpenter   <none>      True    <none>      <none>              <none>',
      'n1     Initiated   <none>   cordon   10m      in 60m   ana         <unknown>   True    <unknown>   <unknown>           <none>',
    ]);
  });

  test('wide', async () => {
    const held = status(ONE_OWNER, {}, { heldBack: [podFacts('agent-x', {})] });
    const conditions = [{ type: 'DrainInProgress', status: 'True', message: '1 of 2 pods left; budget' }];
    const wide = await render([held, status('nonsense'), status(RECORD, { conditions })], 'wide');
    expect(wide.split('\n')).toEqual([
      like(/EXCEPTIONS +HEALTH +HELD BACK +REASON +PROGRESS$/),
      like(/<none> +healthy +default\/agent-x +T-1 disk +<none>$/),
      like(/^n1 +Unreadable .* blocked: record +<none> +healthy +<none> +<none> +is not JSON$/),
      like(/False .* not Ready \(.*\) +<none> +T-1 disk +0 of 2 pods left; budget$/),
    ]);
  });

  test('one node that Karpenter deletes, line by line', async () => {
    const held = status(
      ONE_OWNER,
      {},
      { nodeClaim: { name: 'pool-x', expiresAt: START + 1_800_000, isLeaving: false } },
    );
    expect(held.expiry).toMatchObject({ nodeClaim: 'pool-x', at: '2026-01-05T22:40:00Z', duringMaintenance: true });
    expect((await render([held], 'node')).split('\n')).toContainEqual(
      like(/^Expires: +Karpenter deletes it at 2026-01-05T22:40:00Z \(in 30m\), before the announced end/),
    );
  });

  test('node repair by Karpenter: a line of the node, and a warning', async () => {
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }];
    const held = status(
      ONE_OWNER,
      { conditions },
      { nodeClaim: { name: 'x', expiresAt: undefined, isLeaving: false } },
    );
    expect((await render([held], 'node')).split('\n')).toContainEqual(
      like(/^Repair: +it is not Ready since 2026-01-05T22/),
    );
    const screen = new HeardScreen();
    tellStatus({ ...NOTHING, nodes: [held] }, 'table', screen, START);
    expect(screen.warnings).toContainEqual(
      like(/^node n1: it is not Ready since 2026-01-05T22:00:00Z: where Karpenter/),
    );
  });

  test('one node, line by line', async () => {
    const conditions = [{ type: 'DrainInProgress', status: 'True', message: '1 of 2 pods left; budget' }];
    const held = status(ONE_OWNER, { conditions }, { heldBack: [podFacts('agent-x', {})] });
    expect((await render([held], 'node')).split('\n')).toEqual([
      'Name:         n1',
      'State:        Initiated (cordon)',
      like(/^Since: {8}\S+Z \(10m\)$/),
      like(/^Until: {8}\S+Z \(in 60m\)$/),
      'Schedulable:  no',
      'Owners:',
      like(/^ {2}ana: cordon since \S+Z, until \S+Z \(in 60m\); T-1 disk$/),
      'Pods left:    0',
      '  0 of 2 pods left; budget',
      'Held back:    1',
      '  default/agent-x',
      'Deletion:     safe',
      'Ready:        False',
      'Heartbeat:    4s ago',
      'Health:       off would wait',
      like(/^ {2}not Ready/),
      'Exceptions:   <none>',
    ]);
    const free = await render([status(undefined)], 'node');
    expect(free).toMatch(/^State: +None\nSince: +<none>$/m);
    expect(free).toMatch(/^Pods left: +<none>$/m);
  });

  test('without headers', async () => {
    const style = { width: 0, colour: false, noHeaders: true, now: START };
    const text = await renderStatus({ ...NOTHING, nodes: [one] }, 'table', style);
    expect(text).toMatch(/^n1 .*$/);
  });

  test('lines are cut at the width, and only there', async () => {
    const lines = (await render([one], 'table', 40)).split('\n');
    expect(lines).toEqual(['NAME   STATE      RUN      MODE    AGE …', 'n1     Complete   <none>   drain   10m …']);
    expect((await render([one], 'table', 400)).split('\n')[0]).toMatch(/EXCEPTIONS$/);
  });

  test('what a kubelet says is whole where nothing is cut', async () => {
    const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni';
    const node = status(RECORD, { conditions: [{ type: 'Ready', status: 'False', reason: 'R', message }] });
    expect(await render([node], 'wide')).toContain(`not Ready (${message})`);
    expect(await render([node], 'wide', 500)).toContain('not Ready (container runtime network not ready: NetworkRead…');
  });

  test('overdue is red where colour is wanted, and control characters of a stranger are gone', () => {
    const text = JSON.stringify(RECORD)
      .replace('"disk"', JSON.stringify('\u001b[31mred\nline'))
      .replace('"ana"', JSON.stringify('an\u0007a'));
    const late = statusFrom(
      nodeSnapshot('n1', { annotations: { [RECORD_ANNOTATION]: text } }),
      READINGS,
      START + 4 * 3_600_000,
    );
    const [style, now] = [{ width: 0, colour: true }, START + 4 * 3_600_000];
    const [header = '', row = ''] = new StatusTable('wide', style).render([late], now).split('\n');
    expect(row).toContain(' overdue 3h ');
    expect([row.startsWith('\u001b[31mn1 '), row.endsWith('\u001b[0m')]).toEqual([true, true]);
    expect(header).not.toContain('\u001b');
    const plain = new StatusTable('wide', { ...style, colour: false }).render([late], now);
    // eslint-disable-next-line no-control-regex -- that none is left is the point
    expect(plain.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
  });

  test('of several owners, who is overdue stands beside the name', async () => {
    const claims = RECORD.claims.map((claim, index) =>
      index === 1 ? { ...claim, until: '2026-01-05T22:07:00Z' } : claim,
    );
    const late = status({ ...RECORD, claims });
    expect(late.overdue).toBe(true);
    expect(await render([late], 'table', 0)).toContain(' in 60m   ana,ben (overdue 3m) ');
  });

  test('name, json, and nothing', async () => {
    const style = { width: 5, colour: true, now: START };
    const enforcement: Enforcement = { webhook: 'registered', floor: [], unregistered: [], ...BY_DEFAULT };
    const lost = [{ name: 'n2', lostAt: ago(60) }];
    const released = [{ node: 'n1', what: 'addon: one', times: 2, lastAt: ago(60) }];
    const known = { ...NOTHING, enforcement, lost, released };
    expect(await renderStatus({ ...known, nodes: [one, one] }, 'name', style)).toBe('node/n1\nnode/n1');
    expect(await renderStatus({ ...NOTHING, nodes: [] }, 'name', style)).toBe('');
    expect(await renderStatus({ ...NOTHING, nodes: [] }, 'wide', style)).toBe('');
    expect(JSON.parse(await renderStatus({ ...known, nodes: [one] }, 'json', style))).toEqual({
      apiVersion: 'kubectl-maint.io/v1alpha1',
      kind: 'MaintenanceStatusList',
      enforcement,
      scansKeptOff: null,
      lost,
      released,
      items: [one],
    });
    expect(await renderStatus({ ...NOTHING, nodes: [] }, 'yaml', style)).toBe(
      'apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenanceStatusList\nenforcement: null\nscansKeptOff: null\nlost: []\nreleased: []\nitems: []',
    );
  });
});

test('the floor: what some policy of ours is bound to refuse', () => {
  const binding = (policyName: string, ...validationActions: readonly string[]) => ({
    spec: { policyName, validationActions },
  });
  expect(
    refusedByFloor([
      binding('scan-cluster.kubectl-maint.io', 'Deny'),
      binding('backup.kubectl-maint.io', 'Deny', 'Audit'),
      binding('backup-node.kubectl-maint.io', 'Deny'),
      binding('record.kubectl-maint.io', 'Deny'),
      binding('others', 'Deny'),
    ]),
  ).toEqual(['backup', 'scan']);
  expect(refusedByFloor([binding('backup.kubectl-maint.io', 'Warn'), {}])).toEqual([]);
});

test('that one node keeps scans off the whole cluster for long is warned of', () => {
  const screen = new HeardScreen();
  const scansKeptOff = { node: 'worker-7', since: ago(93 * 3600), until: ago(72 * 3600) };
  tellStatus({ ...NOTHING, nodes: [status(ONE_OWNER)], scansKeptOff }, 'table', screen, START);
  expect(screen.warnings).toEqual([
    'scans have been kept off the whole cluster for 3d21h because of node worker-7, overdue for 3d',
  ]);
});

describe('what is said besides', () => {
  const said = (nodes: readonly NodeStatus[], enforcement: Enforcement | null, format: 'table' | 'wide' | 'json') => {
    const screen = new HeardScreen();
    tellStatus({ ...NOTHING, nodes, enforcement }, format, screen, START);
    return [...screen.warnings.map((text) => `Warning: ${text}`), ...screen.notes];
  };
  const held = status(ONE_OWNER);

  test.each<[Enforcement['webhook'], string]>([
    [
      'registered',
      "Warning: the API server's own policies do not know of node n1: while no webhook answers, nothing is kept off there",
    ],
    [
      'missing',
      "Warning: the webhook is not registered, and the API server's own policies do not know of node n1: nothing is kept off there",
    ],
  ])('webhook %s, and a register that does not list the node', (webhook, text) => {
    const told = said([held], { webhook, floor: ['scan'], unregistered: ['n1'], ...BY_DEFAULT }, 'table');
    expect(told).toEqual([`${text}; kubectl maint doctor says what to do`]);
  });

  test.each<[Enforcement['webhook'], Enforcement['floor'], string[]]>([
    [
      'registered',
      ['backup', 'scan'],
      [
        'the webhook is registered for everything that is kept off, and the API server has policies of its own (backup, scan); whether it answers: kubectl maint doctor',
      ],
    ],
    [
      'registered',
      [],
      [
        'the webhook is registered for everything that is kept off, and the API server has no policies of its own; whether it answers: kubectl maint doctor',
      ],
    ],
    [
      'partly',
      [],
      [
        'Warning: the webhook is not asked about everything: its controller has not heard of the maintenance; kubectl maint doctor says what to do',
      ],
    ],
    [
      'missing',
      [],
      [
        'Warning: the webhook is not registered: nothing keeps backups, scans and add-on changes off; kubectl maint doctor says what to do',
      ],
    ],
    [
      'missing',
      ['backup', 'scan'],
      [
        "Warning: the webhook is not registered: only backup and scan work that names its node is kept off, by the API server's own policies; kubectl maint doctor says what to do",
      ],
    ],
    ['unknown', null, []],
  ])('the webhook is %s, the floor %j', (webhook, floor, lines) => {
    expect(said([held], { webhook, floor, unregistered: [], ...BY_DEFAULT }, 'wide')).toEqual(lines);
    expect(said([held], { webhook, floor, unregistered: [], ...BY_DEFAULT }, 'table')).toEqual(
      lines.filter((line) => line.startsWith('Warning')),
    );
    expect(said([held], { webhook, floor, unregistered: [], ...BY_DEFAULT }, 'json')).toEqual([]);
  });

  test('what the policy in force lets pass is said, and where the webhook is not asked, and what had to be assumed to those who look closely', () => {
    const keeping = keepingOf(configWith({ scan: { mode: 'off' } }));
    const enforcement: Enforcement = {
      webhook: 'registered',
      floor: [],
      unregistered: [],
      keeping,
      assumed: 'it is assumed',
      exempt: ['legacy', 'old-batch'],
    };
    expect(said([held], enforcement, 'table')).toEqual([
      'not kept off, by the policy of this cluster: scans',
      'the webhook is not asked about namespaces legacy, old-batch: what is kept off there is only what the API server refuses by itself',
    ]);
    expect(said([held], enforcement, 'wide')[0]).toBe('Warning: it is assumed');
  });

  test('who cordoned a node is not known: it may be taken over; a tool is left to its work', () => {
    const [cordoned, kured] = [
      status(undefined, { unschedulable: true }),
      status(undefined, { unschedulable: true, annotations: { 'weave.works/kured-reboot-in-progress': '' } }),
    ];
    expect(said([cordoned, kured], null, 'table')).toEqual([
      'hint: cordoned without a record; to take over, as they are: kubectl maint on n1 --adopt --no-drain',
    ]);
    expect(said([kured], null, 'table')).toEqual([]);
  });

  test('a node that lost its record', () => {
    const screen = new HeardScreen();
    const lost = [{ name: 'n2', lostAt: ago(60) }];
    tellStatus({ ...NOTHING, nodes: [held], lost }, 'table', screen, START);
    expect(screen.warnings).toEqual([
      `node n2 was deleted in the middle of a maintenance (${ago(60)}) and is back without its record: it takes work; to go on: kubectl maint on n2`,
    ]);
  });
});

test('an add-on that went on in the maintenance that the node is in now is told', () => {
  const held = status(ONE_OWNER);
  const what = 'addon (daemonset): it could not be found out (DaemonSet ops/agent)';
  const after = { node: 'n1', what, times: 2, lastAt: ago(0) };
  const before = { ...after, lastAt: '2020-01-01T00:00:00Z' };
  const events = { lost: [], released: [after, before, { ...after, node: 'n2' }] };
  const released = releasedDuring([held], events);
  expect(released).toEqual([after]);
  const screen = new HeardScreen();
  tellStatus({ ...NOTHING, nodes: [held], released }, 'table', screen, START);
  expect(screen.warnings).toEqual([
    `an add-on change went on upon node n1 in its maintenance (2 times, last at ${ago(0)}): ${what}`,
  ]);
  expect(releasedDuring([status(undefined)], events)).toEqual([]);
});
