import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, eventAboutNode, eventsPath, isObject, RECORD_ANNOTATION, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

const AUTOSCALER = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
const REMEDIATION = 'remediation.medik8s.io/exclude-from-remediation';
const KARPENTER = 'karpenter.sh/do-not-disrupt';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  'restored',
  'annotated',
  'labelled',
  'shared',
  'given-up',
  'foreign',
  'escalated',
  'idle',
  'returned',
  'twice',
  'adopted',
  'roles',
  'everybody',
  'side-1',
  'side-2',
  'side-3',
  'garbled',
  'watched',
  'late',
];
const SILENT = ['silent', 'silent-on', 'silent-side'];

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [...NODES.map((name) => ({ name })), ...SILENT.map((name) => ({ name, silent: true }))],
    users: [
      { name: 'ana', groups: ['system:masters'] },
      { name: 'ben', groups: ['system:masters'] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

describe('the node is as it was before', () => {
  test('an earlier cordon stays', async () => {
    const node = 'restored';
    await world.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    const on = await plugin.maint(['on', node]);
    expect(on).toMatchObject({ code: 0, stdout: `node/${node} already cordoned\nnode/${node} drained\n` });
    const off = await plugin.maint(['off', node, '--healthy-for', '0']);
    expect(off).toMatchObject({
      code: 0,
      stdout: `node/${node} stays cordoned, as it was before\nnode/${node} out of maintenance\n`,
    });
    expect(maintenanceOf(await world.node(node))).toEqual({ ...FREE, unschedulable: true });
  });

  test('with --adopt an earlier cordon ends with the maintenance; a rollback leaves it to who made it', async () => {
    const [namespace, node] = [await world.namespace('adopted'), 'adopted'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    await world.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    expect(await plugin.maint(['on', node, '--adopt', '--rollback', '--timeout=1s'])).toMatchObject({ code: 5 });
    expect(maintenanceOf(await world.node(node))).toEqual({ ...FREE, unschedulable: true });

    const on = await plugin.maint(['on', node, '--adopt', '--mode=cordon']);
    expect(on).toMatchObject({ code: 0, stdout: `node/${node} already cordoned\n` });
    expect(on.stderr).toContain(`node/${node} was cordoned before; kubectl maint off ${node} uncordons it\n`);
    const off = await plugin.maint(['off', node, '--healthy-for', '0']);
    expect(off).toMatchObject({ code: 0, stdout: `node/${node} uncordoned\nnode/${node} out of maintenance\n` });
    expect(maintenanceOf(await world.node(node))).toEqual(FREE);
  });

  test('--role-label: kubectl get nodes shows the role meanwhile, and the label is what it was afterwards', async () => {
    const node = 'roles';
    const role = 'node-role.kubernetes.io/maintenance';
    const roles = async () => {
      const { stdout } = await plane.kubectl(['get', 'node', node, '--no-headers']);
      return [stdout.trim().split(/\s+/)[2], textAt(at(await world.node(node), 'metadata', 'labels'), role)];
    };
    for (const earlier of [undefined, 'weekly']) {
      if (earlier !== undefined)
        await world.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { [role]: earlier } } });
      expect(await plugin.maint(['on', node, '--role-label'])).toMatchObject({ code: 0 });
      expect(await roles()).toEqual(['maintenance', '']);
      expect(await plugin.maint(['on', node, '--role-label'])).toMatchObject({ code: 0 });
      expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
      expect(await roles()).toEqual(earlier === undefined ? ['<none>', undefined] : ['maintenance', earlier]);
    }
  });

  test('earlier annotations for autoscalers come back, also when only a second `on` protected the node', async () => {
    const node = 'annotated';
    await world.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { [AUTOSCALER]: 'false' } } });
    expect(await plugin.maint(['on', node, '--protect=false'])).toMatchObject({ code: 0 });
    expect(textAt(await world.node(node), 'metadata', 'annotations', AUTOSCALER)).toBe('false');
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    expect(textAt(await world.node(node), 'metadata', 'annotations', AUTOSCALER)).toBe('true');
    expect(textAt(await world.node(node), 'metadata', 'annotations', KARPENTER)).toBe('true');
    expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
    expect(textAt(await world.node(node), 'metadata', 'annotations', AUTOSCALER)).toBe('false');
    expect(textAt(await world.node(node), 'metadata', 'annotations', KARPENTER)).toBeUndefined();
  });

  test.each([undefined, 'false'])('medik8s keeps off the node until `off` (its label before: %s)', async (earlier) => {
    const node = 'labelled';
    const labelOf = async (): Promise<string | undefined> =>
      textAt(await world.node(node), 'metadata', 'labels', REMEDIATION);
    await world.patch(`/api/v1/nodes/${node}`, { metadata: { labels: { [REMEDIATION]: earlier ?? null } } });
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    expect(await labelOf()).toBe('true');
    expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
    expect(await labelOf()).toBe(earlier);
  });

  test('`off` of a node that is not in maintenance changes nothing', async () => {
    const before = await world.node('idle');
    expect(await plugin.maint(['off', 'idle'])).toMatchObject({ code: 0, stdout: 'node/idle not in maintenance\n' });
    expect(textAt(await world.node('idle'), 'metadata', 'resourceVersion')).toBe(
      textAt(before, 'metadata', 'resourceVersion'),
    );
  });
});

test('a node that came back without its record: `off` says that it was lost', async () => {
  const node = 'returned';
  const now = new Date().toISOString();
  const told = { type: 'Warning', reason: 'MaintenanceEnded', message: 'deleted', count: 1 } as const;
  const event = eventAboutNode({ name: node, uid: 'of-the-deleted-one' }, { ...told, first: now, last: now });
  await world.create(eventsPath('default'), { ...event, reason: 'MaintenanceLost' });
  const off = await plugin.maint(['off', node]);
  expect(off).toMatchObject({ code: 0, stdout: `node/${node} not in maintenance\n` });
  expect(off.stderr).toMatch(
    /^Warning: node returned was deleted while in maintenance, and its record with it \(\d{4}-.+Z\)/,
  );
});

describe('owners', () => {
  test('two owners: the node leaves maintenance with the second', async () => {
    const node = 'shared';
    expect(await plugin.maint(['on', node, '--reason', 'disk'], { user: 'ana' })).toMatchObject({ code: 0 });
    expect(await plugin.maint(['on', node, '--reason', 'fan'], { user: 'ben' })).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node(node)).record).toMatchObject({
      claims: [
        { owner: 'ana', reason: 'disk' },
        { owner: 'ben', reason: 'fan' },
      ],
    });
    const first = await plugin.maint(['off', node], { user: 'ana' });
    expect(first).toMatchObject({ code: 0, stdout: `node/${node} stays in maintenance for ben\n` });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
    const second = await plugin.maint(['off', node, '--healthy-for', '0'], { user: 'ben' });
    expect(second).toMatchObject({ code: 0, stdout: `node/${node} uncordoned\nnode/${node} out of maintenance\n` });
    expect(maintenanceOf(await world.node(node)).record).toBeUndefined();
  });

  test('two `off` of one claim: the one that waits says that there is nothing to end any more', async () => {
    const node = 'twice';
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    const running = await plugin.start(['off', node, '--healthy-for', '10m']);
    await until('it is watched', () => running.said().includes(`node/${node} clean, watching it for 600s`));
    expect(await plugin.maint(['off', node, '--skip-health-check'])).toMatchObject({ code: 0 });
    expect(await running.ended).toMatchObject({ code: 0, stdout: `node/${node} not in maintenance\n` });
    expect((await world.events(node)).filter((event) => event.startsWith('MaintenanceEnded'))).toHaveLength(1);
  });

  test('a drain that its owner gives up is not left hanging over the owner of a cordon', async () => {
    const [namespace, node] = [await world.namespace('given-up'), 'given-up'];
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
    expect(await plugin.maint(['on', node, '--mode=cordon'], { user: 'ana' })).toMatchObject({ code: 0 });
    expect(await plugin.maint(['on', node, '--timeout=1s'], { user: 'ben' })).toMatchObject({ code: 5 });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated' });
    expect(await plugin.maint(['off', node], { user: 'ben' })).toMatchObject({ code: 0 });
    const rest = maintenanceOf(await world.node(node));
    expect(rest).toMatchObject({ label: 'complete', unschedulable: true, record: { claims: [{ owner: 'ana' }] } });
    expect(rest.conditions['DrainInProgress']).toBe('False: no claim asks for a drain any more');
  });

  test('a foreign claim is refused, unless it is dropped in its name', async () => {
    const node = 'foreign';
    expect(await plugin.maint(['on', node], { user: 'ana' })).toMatchObject({ code: 0 });
    const before = await world.node(node);
    const refused = await plugin.maint(['off', node], { user: 'ben' });
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(`error: node ${node} is in maintenance for ana, not for ben; nothing was changed`);
    expect(refused.stderr).toMatch(
      /^hint: on their behalf: kubectl maint off foreign --owner '?ana'?; for everybody: kubectl maint off foreign --all$/m,
    );
    expect(maintenanceOf(await world.node(node))).toEqual(maintenanceOf(before));
    const ran = await plugin.maint(['off', node, '--owner', 'ana', '--healthy-for', '0'], { user: 'ben' });
    expect(ran.code).toBe(0);
    expect(maintenanceOf(await world.node(node)).record).toBeUndefined();
  });

  test('--all drops the claims of everybody, says whose, and leaves the one of who came meanwhile', async () => {
    const node = 'everybody';
    for (const user of ['ana', 'ben']) expect(await plugin.maint(['on', node], { user })).toMatchObject({ code: 0 });
    const running = await plugin.start(['off', node, '--all', '--healthy-for', '10m']);
    await until('it is watched', () => running.said().includes(`node/${node} clean, watching it for 600s`));
    expect(await plugin.maint(['on', node, '--owner', 'zoe'])).toMatchObject({ code: 0 });
    const first = await running.ended;
    expect(first).toMatchObject({ code: 0, stdout: `node/${node} stays in maintenance for zoe\n` });
    expect(first.stderr).toContain(`node/${node} drops the claims of ana, ben\n`);

    const second = await plugin.maint(['off', node, '--all', '--healthy-for', '0'], { user: 'ben' });
    expect(second).toMatchObject({ code: 0, stdout: `node/${node} uncordoned\nnode/${node} out of maintenance\n` });
    expect(second.stderr).toContain(`node/${node} drops the claims of zoe\n`);
    expect(await world.events(node)).toContain('MaintenanceEnded: ended by zoe');
  });
});

test('--mode=cordon leaves the pods; a second `on` escalates to drain', async () => {
  const [namespace, node] = [await world.namespace('escalated'), 'escalated'];
  await world.deployment('web', { namespace, node }, 2);
  const cordon = await plugin.maint(['on', node, '--mode=cordon', '--reason', 'noise']);
  expect(cordon).toMatchObject({ code: 0, stdout: `node/${node} cordoned\n` });
  expect(await world.podsOn(node)).toHaveLength(2);
  const cordoned = maintenanceOf(await world.node(node));
  expect(cordoned).toMatchObject({ label: 'complete', unschedulable: true, record: { claims: [{ mode: 'cordon' }] } });
  expect(cordoned.conditions).toEqual({ MaintenanceInProgress: 'True: cordon for admin: noise' });

  const drain = await plugin.maint(['on', node]);
  expect(drain.code).toBe(0);
  expect(drain.stdout).toContain(`node/${node} already cordoned\n`);
  expect(drain.stdout).toContain(`node/${node} drained\n`);
  expect(await world.podsOn(node)).toEqual([]);
  expect(maintenanceOf(await world.node(node))).toMatchObject({
    label: 'complete',
    record: { before: { cordoned: false }, claims: [{ mode: 'drain', reason: 'noise' }] },
  });

  // A weaker claim does not undo what the stronger one has reached.
  expect(await plugin.maint(['on', node, '--mode=cordon'])).toMatchObject({ code: 0 });
  expect(maintenanceOf(await world.node(node))).toMatchObject({
    label: 'complete',
    record: { claims: [{ mode: 'drain' }] },
  });
  expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
});

describe('health', () => {
  test('`off` waits on a silent node, exits 5 at --timeout with what is missing, and ends when the node is back', async () => {
    const node = 'silent';
    await lease(node, new Date(Date.now() - 3_600_000));
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    const gaveUp = await plugin.maint(['off', node, '--timeout', '2s']);
    expect(gaveUp.code).toBe(5);
    expect(gaveUp.stderr).toMatch(
      /^error: gave up waiting for node silent: not Ready \(Kubelet stopped posting node status\.\), no heartbeat since \d{4}-.+Z \(Lease of 40s\)$/m,
    );
    expect(gaveUp.stderr).toContain('it stays in maintenance (Returning)');
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'returning', unschedulable: true });

    const running = await plugin.start(['off', node, '--healthy-for', '1s']);
    await until('it waits', () => running.said().includes(`node/${node} waits: not Ready`));
    await revive(node);
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`node/${node} uncordoned\n`);
    expect(ran.stderr).toContain(`node/${node} clean, watching it for 1s`);
  });

  test('a healthy node is watched for --healthy-for; a timeout before that is exit 5', async () => {
    const node = 'watched';
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    const ran = await plugin.maint(['off', node, '--healthy-for', '10m', '--timeout', '5s']);
    expect(ran.code).toBe(5);
    // Clean since it was first read, which is later where the machine is busy.
    expect(ran.stderr).toMatch(/^error: gave up waiting for node watched: clean for [0-5]s of 600s$/m);
    expect(await plugin.maint(['off', node, '--skip-health-check'])).toMatchObject({ code: 0 });
  });

  test('several nodes are watched at the same time; --max-parallel limits it, and one that fails stops no other', async () => {
    const [nodes, silent] = [['side-1', 'side-2', 'side-3'], 'silent-side'];
    expect(await plugin.maint(['on', ...nodes, silent, '--max-parallel=0'])).toMatchObject({ code: 0 });
    // The three look every second, and need one more for the rest; what is left is for a busy machine.
    const ran = await plugin.maint(['off', ...nodes, silent, '--healthy-for=3s', '--timeout=12s', '-ojson']);
    expect(ran, ran.stderr).toMatchObject({ code: 5, stderr: '' });
    const events = eventsIn(ran.stdout);
    const first = (type: string, node: string) => events.findIndex((one) => one.type === type && one.node === node);
    // All of them began before the first was back.
    const begun = [...nodes, silent].map((node) => first('returning', node));
    const ended = nodes.map((node) => first('ended', node));
    expect(Math.min(...begun)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...begun)).toBeLessThan(Math.min(...ended));
    expect(events).toContainEqual({
      type: 'progress',
      node: silent,
      ready: false,
      addons: [],
      pressures: [],
      problems: ['not Ready (Kubelet stopped posting node status.)', 'no heartbeat (no Lease in kube-node-lease)'],
      cleanFor: 0,
      healthyFor: 3,
    });
    expect(first('failed', silent)).toBeGreaterThan(Math.max(...ended));
    expect(events.at(-1)).toMatchObject({ type: 'kept-off', nodes });
    for (const node of nodes) expect(maintenanceOf(await world.node(node)).record).toBeUndefined();
    expect(maintenanceOf(await world.node(silent))).toMatchObject({ label: 'returning', unschedulable: true });

    expect(await plugin.maint(['on', ...nodes, '--mode=cordon'])).toMatchObject({ code: 0 });
    const one = eventsIn(
      (await plugin.maint(['off', ...nodes, '--healthy-for=0', '--max-parallel=1', '-ojson'])).stdout,
    );
    const order = one.filter(({ type }) => ['returning', 'ended'].includes(type));
    expect(order.map(({ type, node }) => `${type} ${node}`)).toEqual(
      nodes.flatMap((node) => [`returning ${node}`, `ended ${node}`]),
    );
  });

  test.each(['1ms', '20ms', '60ms'])('a timeout of %s, in the middle of a read, is exit 5 as well', async (timeout) => {
    const node = 'late';
    const on = await plugin.maint(['on', node, '--timeout', timeout]);
    expect([0, 5]).toContain(on.code);
    const off = await plugin.maint(['off', node, '--timeout', timeout]);
    expect(off.code).toBe(5);
    expect(off.stderr).toMatch(/^error: .+\nhint: it stays in maintenance \(Returning\)/m);
    expect(off.stderr).not.toContain('bug');
  });

  test('`on` does not wait for a silent node: nobody there confirms that a pod has ended', async () => {
    const [namespace, node] = [await world.namespace('silent-on'), 'silent-on'];
    await world.create(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stuck', namespace },
      spec: { nodeName: node, containers: [{ name: 'main', image: 'example.invalid/none' }] },
    });
    const ran = await plugin.maint(['on', node, '--force']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`node/${node} not confirmed as drained (pods: 1)\n`);
    expect(await world.podsOn(node)).toEqual([]);
  });
});

test('a record that cannot be read is refused by on and off, and not touched', async () => {
  const node = 'garbled';
  await world.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { [RECORD_ANNOTATION]: '{"version":7}' } } });
  const before = await world.node(node);
  for (const verb of ['on', 'off']) {
    const ran = await plugin.maint([verb, node]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain(`error: the maintenance record of node ${node} cannot be read: version: `);
  }
  expect(textAt(await world.node(node), 'metadata', 'resourceVersion')).toBe(
    textAt(before, 'metadata', 'resourceVersion'),
  );
});

/** A heartbeat of a node that came at some time. */
async function lease(node: string, at: Date): Promise<void> {
  await world.create(LEASES, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node, namespace: 'kube-node-lease' },
    spec: { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTime(at) },
  });
}

function microTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

/** What the kubelet of a node does when it is back. */
async function revive(node: string): Promise<void> {
  const now = new Date().toISOString();
  await world.patch(`${LEASES}/${node}`, { spec: { renewTime: microTime(new Date()) } });
  await world.patch(`/api/v1/nodes/${node}/status`, {
    status: {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now },
      ],
    },
  });
}

/** The events of `-o json`, without their times. */
function eventsIn(stdout: string): readonly { readonly type: string; readonly node: string }[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const event: unknown = JSON.parse(line);
    if (!isObject(event)) throw new Error(`no event: ${line}`);
    const { time, ...told } = event;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    return { ...told, type: textAt(event, 'type') ?? '', node: textAt(event, 'node') ?? '' };
  });
}
