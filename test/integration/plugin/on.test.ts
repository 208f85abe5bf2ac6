import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';
import { like } from '../../support/like.ts';

const RFC3339 = like(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);

/** By then a pod without a budget has gone: it takes the second of its grace period, and what three busy neighbours leave of two cores. */
const ENDED_WITHIN = '10s';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = ['walk', 'blocked', 'opened', 'stuck', 'pair-1', 'pair-2', 'named', 'dry', 'rights', 'as', 'twice'];

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name, labels: name.startsWith('pair') ? { rack: 'b7' } : {} })),
    users: [
      { name: 'reader', groups: ['readers'] },
      { name: 'jane', groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

describe('a node goes into maintenance', () => {
  test('label, record, conditions and Events are right in each state: Initiated, Complete, and after off', async () => {
    const [namespace, node] = [await world.namespace('walk'), 'walk'];
    await world.deployment('web', { namespace, node }, 2);
    await world.budget('web', namespace, 'web', 2);

    const running = await plugin.start(['on', node, '--reason', 'swap a disk', '--ticket', 'CHG-7', '--for', '2h']);
    await until('the drain is blocked', () => running.said().includes('waits: '));
    await until('the Event is there', async () => (await world.events(node)).length === 2);
    const initiated = maintenanceOf(await world.node(node));
    expect(initiated).toMatchObject({ label: 'initiated', unschedulable: true });
    expect(initiated.record).toEqual({
      version: 1,
      claims: [
        {
          owner: 'admin',
          id: like(/^[0-9a-f-]{36}$/),
          mode: 'drain',
          since: RFC3339,
          reason: 'swap a disk',
          ticket: 'CHG-7',
          until: RFC3339,
        },
      ],
      before: {
        cordoned: false,
        annotations: {
          'cluster-autoscaler.kubernetes.io/scale-down-disabled': null,
          'karpenter.sh/do-not-disrupt': null,
        },
        labels: { 'remediation.medik8s.io/exclude-from-remediation': null },
      },
      exceptions: [],
      initiatedAt: RFC3339,
    });
    expect(initiated.conditions).toEqual({
      MaintenanceInProgress: 'True: drain for admin: swap a disk',
      DrainInProgress: like('True: 2 of 2 pods left'),
      Drained: like('False: 2 of 2 pods left'),
    });
    expect(await world.events(node)).toEqual([
      'MaintenanceInitiated: drain for admin: swap a disk',
      like(/^DrainBlocked: walk\/web-\S+: disruption budget walk\/web needs 2 healthy pods and has 2: it lets none /),
    ]);
    expect(await world.podsOn(node)).toHaveLength(2);

    await world.patch(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`, {
      spec: { minAvailable: 0 },
    });
    const ran = await running.ended;
    expect(ran.code).toBe(0);
    expect(ran.stdout.split('\n').filter((line) => line !== '')).toEqual([
      `node/${node} cordoned`,
      like(/^pod\/web-\S+ evicted \(namespace walk\)$/),
      like(/^pod\/web-\S+ evicted \(namespace walk\)$/),
      `node/${node} drained`,
    ]);
    const complete = maintenanceOf(await world.node(node));
    expect(complete).toMatchObject({ label: 'complete', unschedulable: true, record: { completedAt: RFC3339 } });
    expect(complete.conditions).toEqual({
      MaintenanceInProgress: 'True: drain for admin: swap a disk',
      DrainInProgress: 'False: no workloads left to move',
      Drained: 'True: no workloads left to move',
    });
    expect(await world.events(node)).toContain('MaintenanceComplete: drained');
    expect(await world.podsOn(node)).toEqual([]);

    const off = await plugin.maint(['off', node, '--healthy-for', '0']);
    expect(off).toMatchObject({ code: 0, stdout: `node/${node} uncordoned\nnode/${node} out of maintenance\n` });
    const after = await world.node(node);
    expect(maintenanceOf(after)).toEqual(FREE);
    expect(JSON.stringify(after)).not.toMatch(
      /"kubectl-maint\.io|scale-down-disabled":"|do-not-disrupt":"|exclude-from/,
    );
    expect((await world.events(node)).at(-1)).toBe('MaintenanceEnded: ended by admin');
  });

  test('a budget that opens during the drain lets it go on at once, not at the next poll', async () => {
    const [namespace, node] = [await world.namespace('opened'), 'opened'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    const running = await plugin.start(['on', node]);
    await until('the drain is blocked', () => running.said().includes('waits: '));
    await plane.api('DELETE', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`node/${node} drained`);
    // The terminal tells of progress every 5 s, and a blocked pod is tried again every 5 s: neither came to it.
    expect(ran.stderr).not.toMatch(/^node\/opened: /m);
  });

  test('--timeout with a blocking budget: exit 5, a DrainBlocked Event, and a condition that says what blocks', async () => {
    const [namespace, node] = [await world.namespace('stuck'), 'stuck'];
    await world.deployment('web', { namespace, node }, 1);
    await world.deployment('free', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    const ran = await plugin.maint(['on', node, '--timeout', ENDED_WITHIN]);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('pod/free-');
    expect(ran.stderr).toContain(`error: gave up waiting, 1 of 2 pods left on node ${node}`);
    expect(ran.stderr).toMatch(
      /^ {2}disruption budget stuck\/web needs 1 healthy pods and has 1: .*: stuck\/web-\S+$/m,
    );
    expect(ran.stderr).toContain('run the same command again to go on');
    const state = maintenanceOf(await world.node(node));
    expect(state).toMatchObject({ label: 'initiated', unschedulable: true });
    expect(state.record).not.toHaveProperty('completedAt');
    expect(state.conditions['DrainInProgress']).toMatch(
      /^True: 1 of 2 pods left.*disruption budget stuck\/web needs 1 healthy pods and has 1/,
    );
    expect(await world.events(node)).toContainEqual(like(/^DrainBlocked: stuck\/web-/));
  });

  test('several nodes by a selector', async () => {
    const ran = await plugin.maint(['on', '-l', 'rack=b7']);
    expect(ran.code).toBe(0);
    const [first, second, ...drained] = ran.stdout.trim().split('\n');
    expect([first, second]).toEqual(['node/pair-1 cordoned', 'node/pair-2 cordoned']);
    expect(drained.sort()).toEqual(['node/pair-1 drained', 'node/pair-2 drained']);
    const off = await plugin.maint(['off', '-l', 'rack=b7', '--skip-health-check']);
    expect(off.code).toBe(0);
    expect(maintenanceOf(await world.node('pair-2'))).toMatchObject({ label: undefined, unschedulable: false });
  });
});

describe('what is asked for wrongly changes nothing', () => {
  test('an unknown node: not even the known ones beside it are written', async () => {
    const before = await world.node('named');
    const ran = await plugin.maint(['on', 'named', 'ghost', 'spectre']);
    expect(ran).toMatchObject({ code: 4, stdout: '' });
    expect(ran.stderr).toContain('error: nodes "ghost", "spectre" not found\nhint: nothing was changed; ');
    expect(unwritten(await world.node('named'))).toEqual(unwritten(before));
    expect(await world.events('named')).toEqual([]);
  });

  test.each([
    [['named', '-l', 'rack=b7'], 'error: cannot specify both a node name and a --selector option'],
    [['-l', 'rack=nowhere'], 'error: no node matches the selector "rack=nowhere"'],
    [['-l', 'rack in'], 'error: "rack in" is not a label selector: '],
    [[], 'error: no node is named'],
    [['named', '--pod-selector', 'a in'], 'error: --pod-selector=a in must be a valid label selector'],
  ])('on %j: %s', async (words, line) => {
    const before = await world.node('named');
    const ran = await plugin.maint(['on', ...words]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(line);
    expect(unwritten(await world.node('named'))).toEqual(unwritten(before));
  });
});

describe('rights', () => {
  test('403 on the cordon: nothing is evicted, exit 4', async () => {
    const [namespace, node] = [await world.namespace('rights'), 'rights'];
    await world.deployment('web', { namespace, node }, 1);
    await world.grant('reader', [
      { apiGroups: ['', 'apps', 'policy'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
    ]);
    const pods = await world.podsOn(node);
    const ran = await plugin.maint(['on', node], { user: 'reader' });
    expect(ran).toMatchObject({ code: 4, stdout: '' });
    expect(ran.stderr).toContain(`error: you may not patch nodes/${node}\nhint: nothing was changed\n`);
    expect(await world.podsOn(node)).toEqual(pods);
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
  });

  test('--as and --as-group act, and claim, as somebody else', async () => {
    const refused = await plugin.maint(['on', 'as', '--as', 'mallory']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('User "mallory" cannot');
    const ran = await plugin.maint([
      'on',
      'as',
      '--as',
      'jane',
      '--as-group',
      'nobodies',
      '--as-group',
      'system:masters',
    ]);
    expect(ran).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node('as')).record).toMatchObject({ claims: [{ owner: 'jane' }] });
    const off = await plugin.maint([
      'off',
      'as',
      '--skip-health-check',
      '--as',
      'jane',
      '--as-group',
      'system:masters',
    ]);
    expect(off.code).toBe(0);
  });
});

describe('--dry-run writes nothing', () => {
  test.each(['client', 'server'])('%s', async (how) => {
    const [namespace, node] = [await world.namespace(`dry-${how}`), 'dry'];
    await world.deployment('web', { namespace, node }, 1);
    const [before, pods] = [await world.node(node), await world.podsOn(node)];
    const suffix = how === 'client' ? '(dry run)' : '(server dry run)';
    const ran = await plugin.maint(['on', node, `--dry-run=${how}`, '--timeout', '10s']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`node/${node} cordoned ${suffix}`);
    expect(ran.stdout).toMatch(
      new RegExp(`^pod/web-\\S+ evicted \\(namespace dry-${how}\\) ${suffix.replaceAll(/[()]/g, '\\$&')}$`, 'm'),
    );
    expect(unwritten(await world.node(node))).toEqual(unwritten(before));
    expect(await world.podsOn(node)).toEqual(pods);
    expect(await world.events(node)).toEqual([]);
    await plane.api('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/web`);
    await until('the pods are gone', async () => (await world.podsOn(node)).length === 0);
  });

  test('server tells of a pod that a budget holds, and ends', async () => {
    const [namespace, node] = [await world.namespace('dry-blocked'), 'dry'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    const ran = await plugin.maint(['on', node, '--dry-run=server']);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toBe(`node/${node} cordoned (server dry run)\n`);
    expect(ran.stderr).toMatch(
      /^pod\/web-\S+ \(namespace dry-blocked\) would wait: The disruption budget web needs 1/m,
    );
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
  });
});

/** The part of a node that a write of anybody changes. */
function unwritten(node: unknown): unknown {
  return {
    version: textAt(node, 'metadata', 'resourceVersion'),
    labels: at(node, 'metadata', 'labels'),
    annotations: at(node, 'metadata', 'annotations'),
    spec: at(node, 'spec'),
  };
}
