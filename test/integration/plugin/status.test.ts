import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { RECORD_ANNOTATION, STATE_LABEL } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { Workloads } from '../../support/workloads.ts';
import { like } from '../../support/like.ts';

const ANY_NUMBER: unknown = expect.any(Number);

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    nodes: ['drained', 'draining', 'cordoned', 'garbled', 'idle'].map((name) => ({ name, labels: { zone: 'z1' } })),
    users: [{ name: 'ana', groups: ['system:masters'] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

test('nothing in maintenance: a line for people, nothing for programs, exit 0 with --exit-code', async () => {
  const table = await plugin.maint(['status', '--exit-code']);
  expect(table).toMatchObject({ code: 0, stdout: '', stderr: 'No nodes in maintenance.\n' });
  expect(await plugin.maint(['status', '-o', 'name'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const json = await plugin.maint(['status', '-o', 'json']);
  expect(JSON.parse(json.stdout)).toEqual({
    apiVersion: 'kubectl-maint.io/v1alpha1',
    kind: 'MaintenanceStatusList',
    enforcement: null,
    lost: [],
    released: [],
    scansKeptOff: null,
    items: [],
  });
});

describe('with nodes in maintenance', () => {
  beforeAll(async () => {
    await world.pod('left', { namespace: 'default', node: 'draining' });
    const on = await plugin.maint(['on', 'drained', '--reason', 'swap a disk', '--ticket', 'CHG-7', '--for', '2h'], {
      user: 'ana',
    });
    expect(on).toMatchObject({ code: 0 });
    await world.patch('/api/v1/nodes/cordoned', { spec: { unschedulable: true } });
    await world.patch('/api/v1/nodes/garbled', { metadata: { annotations: { [RECORD_ANNOTATION]: 'nonsense' } } });
    const record = {
      version: 1,
      claims: [{ owner: 'ben', mode: 'drain', since: '2026-01-05T22:10:00Z', until: '2026-01-06T00:00:00Z' }],
      before: { cordoned: false },
      initiatedAt: '2026-01-05T22:10:00Z',
    };
    await world.patch('/api/v1/nodes/draining', {
      metadata: {
        annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
        labels: { [STATE_LABEL]: 'initiated' },
      },
      spec: { unschedulable: true },
    });
  });

  test('table', async () => {
    const { code, stdout, stderr } = await plugin.maint(['status']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'Warning: the webhook is not registered: nothing keeps backups, scans and add-on changes off; kubectl maint doctor says what to do\n' +
        'hint: cordoned without a record; to take over, as they are: kubectl maint on cordoned --adopt --no-drain\n',
    });
    const [header, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    const names = [
      'NAME',
      'STATE',
      'RUN',
      'MODE',
      'AGE',
      'UNTIL',
      'OWNERS',
      'PODS LEFT',
      'READY',
      'HEARTBEAT',
      'DELETION',
    ];
    expect(header).toEqual([...names, 'EXCEPTIONS']);
    const [age, none] = [like(/^\d+[smhd]/), '<none>'];
    expect(rows).toEqual([
      ['cordoned', 'Cordoned', none, none, none, none, none, none, 'True', none, none, none],
      ['drained', 'Complete', none, 'drain', age, like(/^in 1\d\dm$/), 'ana', '0', 'True', age, 'safe', none],
      [
        'draining',
        'Initiated',
        none,
        'drain',
        age,
        like(/^overdue \d+d$/),
        'ben',
        '1',
        'True',
        age,
        'blocked: 1 pod',
        none,
      ],
      ['garbled', 'Unreadable', none, none, none, none, none, '0', 'True', age, 'blocked: record', none],
    ]);
  });

  test('wide adds the reason, and what is wrong with a record', async () => {
    const { stdout } = await plugin.maint(['status', '-o', 'wide', 'drained', 'garbled']);
    expect(stdout).toMatch(/EXCEPTIONS +HEALTH +HELD BACK +REASON +PROGRESS\n/);
    expect(stdout).toMatch(/^drained .* safe +<none> +healthy +<none> +CHG-7 swap a disk +<none>$/m);
    expect(stdout).toMatch(/^garbled .* record +<none> +healthy +<none> +<none> +is not JSON$/m);
  });

  test('json and yaml are the same list', async () => {
    const [json, yaml] = await Promise.all(['json', 'yaml'].map((format) => plugin.maint(['status', '-o', format])));
    const list: unknown = JSON.parse(json?.stdout ?? '');
    // Heartbeats go on between the two.
    const steady = (value: unknown) =>
      JSON.stringify(value, (key, inner: unknown) => (key === 'heartbeat' ? 0 : inner));
    expect(steady(parse(yaml?.stdout ?? ''))).toBe(steady(list));
    expect(list).toMatchObject({
      kind: 'MaintenanceStatusList',
      items: [{ name: 'cordoned' }, { name: 'drained' }, { name: 'draining' }, { name: 'garbled' }],
    });
    expect(list).toHaveProperty('items.1', {
      name: 'drained',
      state: 'Complete',
      mode: 'drain',
      since: like(/./),
      until: like(/./),
      claims: [
        {
          owner: 'ana',
          id: like(/./),
          mode: 'drain',
          since: like(/./),
          until: like(/./),
          reason: 'swap a disk',
          ticket: 'CHG-7',
        },
      ],
      overdue: false,
      stoppedSince: null,
      unconfirmed: 0,
      cordonedBy: null,
      podsLeft: 0,
      progress: '',
      ready: true,
      run: null,
      schedulable: false,
      health: [],
      heartbeat: { renewedAt: like(/^20/), ageSeconds: ANY_NUMBER, leaseSeconds: 40 },
      deletion: { verdict: 'safe', blockers: [] },
      heldBack: [],
      hooks: [],
      exceptions: [],
      expiry: null,
      repair: null,
      problems: [],
    });
  });

  test('name, and names that are asked for', async () => {
    expect((await plugin.maint(['status', '-oname'])).stdout).toBe(
      'node/cordoned\nnode/drained\nnode/draining\nnode/garbled\n',
    );
    expect((await plugin.maint(['status', '-o', 'name', 'node/idle', 'drained'])).stdout).toBe(
      'node/idle\nnode/drained\n',
    );
    expect((await plugin.maint(['status', '-o', 'name', '-lzone=z1'])).stdout.split('\n')).toHaveLength(6);
    const unknown = await plugin.maint(['status', 'ghost']);
    expect(unknown).toMatchObject({ code: 4, stdout: '' });
  });

  test('--exit-code: 6 when some node is in maintenance, whatever the format', async () => {
    expect(await plugin.maint(['status', '--exit-code', '-o', 'json'])).toMatchObject({ code: 6 });
    expect(await plugin.maint(['status', '--exit-code', 'drained'])).toMatchObject({ code: 6 });
    expect(await plugin.maint(['status', '--exit-code', 'garbled'])).toMatchObject({ code: 6 });
    expect(await plugin.maint(['status', '--exit-code', 'cordoned', 'idle'])).toMatchObject({ code: 0 });
  });
});
