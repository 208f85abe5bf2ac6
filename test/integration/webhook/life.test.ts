import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, numberAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { installService, startController, type Controller } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';

/** What happens to a maintenance by itself is an Event, once, however many controllers see it. */

const [LATE, GONE] = ['node-1', 'node-2'];

let plane: ControlPlane;
let controllers: readonly Controller[];

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 3 });
  await installService(plane);
  controllers = [
    await startController(plane, { failurePolicy: 'Ignore' }),
    await startController(plane, { failurePolicy: 'Ignore' }),
  ];
});

afterAll(async () => {
  await Promise.all(controllers.map((controller) => controller.stop()));
  await plane.stop();
});

async function on(node: string, ...flags: readonly string[]): Promise<void> {
  const ran = await pluginRunner(plane).maint(['on', node, '--mode=cordon', '--owner=ana', '--reason=disk', ...flags]);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
}

async function events(reason: string): Promise<readonly unknown[]> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/default/events?fieldSelector=reason%3D${reason}`);
  return listAt(body, 'items');
}

test('an announced end that passes', async () => {
  await on(LATE, '--for=2s');
  await until('it is told', async () => (await events('MaintenanceOverdue')).length > 0);
  const [event, ...more] = await events('MaintenanceOverdue');
  expect(more).toEqual([]);
  expect(textAt(event, 'involvedObject', 'name')).toBe(LATE);
  expect(numberAt(event, 'count')).toBe(1);
  expect(textAt(event, 'message')).toMatch(/overdue since .*, by ana "disk"\. .*kubectl maint off node-1/);
  const { stdout } = await plane.kubectl(['describe', 'node', LATE]);
  expect(stdout).toContain('MaintenanceOverdue');
});

test('a node that is deleted while in maintenance', async () => {
  await on(GONE);
  expect((await plane.kubectl(['delete', 'node', GONE])).code).toBe(0);
  for (const controller of controllers) {
    await until('it is counted', async () =>
      (await controller.metrics()).includes('maint_controller_nodes_deleted_in_maintenance_total 1'),
    );
  }
  await until('it is told', async () => (await events('MaintenanceLost')).length > 0);
  const [event, ...more] = await events('MaintenanceLost');
  expect(more).toEqual([]);
  expect(textAt(event, 'involvedObject', 'name')).toBe(GONE);
  expect(textAt(event, 'message')).toContain('by ana "disk". It comes back without a record');
});
