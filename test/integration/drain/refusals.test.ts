import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, type PodShape, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

/** Each has the same pods. */
const NODES = ['ours', 'theirs', 'forced-ours', 'forced-theirs'];

beforeAll(async () => {
  // Without controllers, owners are what the test says they are, existing or not.
  plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    nodes: [...NODES, 'bare', 'scratch'].map((name) => ({ name })),
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  const agent = await world.daemonSet('agent', 'default', 'agent', 0);
  await Promise.all(NODES.map((node) => fill(node, textAt(agent, 'metadata', 'uid'))));
});

afterAll(() => plane.stop());

/** One pod of every kind that kubectl tells apart, on a node; each name ends with the node's. */
async function fill(node: string, uidOfAgent: string | undefined): Promise<void> {
  const place = { namespace: 'default', node };
  const agent = owner('DaemonSet', 'agent', uidOfAgent);
  const shapes: Readonly<Record<string, PodShape>> = {
    agent: { ownerReferences: [agent] },
    'agent-done': { ownerReferences: [agent] },
    'orphan-agent': { ownerReferences: [owner('DaemonSet', 'ghost')] },
    static: { annotations: { 'kubernetes.io/config.mirror': 'abc' } },
    web: { ownerReferences: [owner('ReplicaSet', 'web')] },
    'web-scratch': { ownerReferences: [owner('ReplicaSet', 'web')], emptyDir: true },
    bare: {},
    'bare-scratch': { emptyDir: true },
    'bare-done': { emptyDir: true },
    'bare-failed': {},
  };
  await Promise.all(Object.entries(shapes).map(([name, shape]) => world.pod(`${name}-${node}`, place, shape)));
  await finish(`agent-done-${node}`, 'Succeeded');
  await finish(`bare-done-${node}`, 'Succeeded');
  await finish(`bare-failed-${node}`, 'Failed');
}

function owner(
  kind: string,
  name: string,
  uid = `00000000-0000-4000-8000-${name.padEnd(12, '0').replaceAll(/[^0-9a-f]/g, '0')}`,
): object {
  return { apiVersion: 'apps/v1', kind, name, uid, controller: true };
}

async function finish(name: string, phase: string): Promise<void> {
  await world.patch(`/api/v1/namespaces/default/pods/${name}/status`, { status: { phase } });
}

describe('what really happens is what kubectl drain does', () => {
  test('DaemonSet pods and mirror pods stay; finished, bare, orphaned and managed ones go', async () => {
    const flags = ['--force', '--delete-emptydir-data'];
    const theirs = await plane.kubectl(['drain', 'forced-theirs', '--ignore-daemonsets', ...flags]);
    expect(theirs).toMatchObject({ code: 0 });
    const ours = await plugin.maint(['on', 'forced-ours', ...flags]);
    expect(ours).toMatchObject({ code: 0 });
    await until('kubectl’s pods are gone', async () => (await world.podsOn('forced-theirs')).length <= 2);
    const left = await world.podsOn('forced-ours');
    expect(left).toEqual(['agent-forced-ours', 'static-forced-ours']);
    expect((await world.podsOn('forced-theirs')).map((name) => name.replace('-theirs', '-ours'))).toEqual(left);
    // kubectl loses the warning about local storage where another one follows; here every one is kept.
    expect(ours.stderr).toContain(
      'Warning: deleting Pods with local storage: default/bare-scratch-forced-ours, default/web-scratch-forced-ours',
    );
    expect(ours.stderr).toContain(
      'Warning: deleting Pods that declare no controller: default/bare-forced-ours, default/bare-scratch-forced-ours',
    );
    expect(ours.stderr).toContain('Warning: ignoring DaemonSet-managed Pods: default/agent-forced-ours');
    expect(ours.stderr).toContain(
      'Warning: deleting Pods whose DaemonSet does not exist: default/orphan-agent-forced-ours',
    );
  });

  test.each([
    ['bare', {}, 'Pods that declare no controller (use --force to override): default/refused-bare'],
    [
      'scratch',
      { emptyDir: true, ownerReferences: [owner('ReplicaSet', 'web')] },
      'Pods with local storage (use --delete-emptydir-data to override): default/refused-scratch',
    ],
  ])('a pod that needs a flag refuses the whole node (%s), and nothing is changed', async (node, shape, message) => {
    await world.pod(`refused-${node}`, { namespace: 'default', node }, shape);
    await world.pod(`fine-${node}`, { namespace: 'default', node }, { ownerReferences: [owner('ReplicaSet', 'web')] });
    const before = await world.node(node);
    const ran = await plugin.maint(['on', node]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toBe(`error: node ${node}: cannot delete ${message}\nhint: nothing was changed\n`);
    expect(textAt(await world.node(node), 'metadata', 'resourceVersion')).toBe(
      textAt(before, 'metadata', 'resourceVersion'),
    );
    expect(await world.podsOn(node)).toEqual([`fine-${node}`, `refused-${node}`]);
    expect(await world.events(node)).toEqual([]);
  });

  test('one refused node keeps the others untouched', async () => {
    const ran = await plugin.maint(['on', 'theirs', 'ours']);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^error: cannot delete .* \(on 2 nodes: theirs, ours\)$/m);
    const { stderr } = await plugin.maint(['on', 'theirs', 'ours', '--v=1']);
    expect(stderr).toMatch(/^ {9}theirs, ours$/m);
    for (const node of ['ours', 'theirs']) {
      expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
    }
  });
});
