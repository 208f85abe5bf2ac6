import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, numberAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { DIALS_ENDPOINTS, installService, startReplica, type Replica } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';

/** What happens to a maintenance by itself is an Event, once, however many replicas see it. */

const [LATE, GONE] = ['node-1', 'node-2'];

let plane: ControlPlane;
let replicas: readonly Replica[];

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 3, apiServerArgs: DIALS_ENDPOINTS });
  await installService(plane);
  replicas = [
    await startReplica(plane, 'a', { failurePolicy: 'Ignore' }),
    await startReplica(plane, 'b', { failurePolicy: 'Ignore' }),
  ];
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop(0)));
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
  // Both have counted it, and looked again.
  for (const replica of replicas) {
    await until('seen', async () => (await replica.metrics()).includes('maint_webhook_nodes_overdue 1'));
  }
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
  for (const replica of replicas) {
    await until('it is counted', async () =>
      (await replica.metrics()).includes('maint_webhook_nodes_deleted_in_maintenance_total 1'),
    );
  }
  await until('it is told', async () => (await events('MaintenanceLost')).length > 0);
  const [event, ...more] = await events('MaintenanceLost');
  expect(more).toEqual([]);
  expect(textAt(event, 'involvedObject', 'name')).toBe(GONE);
  expect(textAt(event, 'message')).toContain('by ana "disk". It comes back without a record');
});
