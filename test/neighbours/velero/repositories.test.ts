/** The maintenance jobs of Velero's backup repositories, when they may run beside the node in maintenance and when nowhere else: docs/backups.md. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { fillVolumes, onEveryNode, open, SHOP } from './shop.ts';
import { startVelero, VELERO_API, type Velero } from './stage.ts';
import { isWrittenDown } from './written.ts';

const HELD = 'node-1';
const REPOSITORIES = `${VELERO_API}/backuprepositories`;
const CONFIG = '/api/v1/namespaces/velero/configmaps';
/** KWOK would call the pod of a Job done at once: it is left to be carried out. */
const A_DAY_MS = 86_400_000;

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let velero: Velero;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 2, podDoneMs: A_DAY_MS });
  plugin = pluginRunner(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  // Velero does not start without the ConfigMap that it is told of.
  await plane.kubectl(['create', 'namespace', 'velero']);
  await plane.api('POST', CONFIG, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'repositories' },
    data: { global: '{}' },
  });
  velero = await startVelero(plane, [HELD, 'node-2'], { server: ['--repo-maintenance-job-configmap=repositories'] });
  await fillVolumes(velero.kubelet, await open(plane, [onEveryNode('cache')], 2));
  expect(textAt(await velero.carriedOut('backups', 'first', SHOP), 'status', 'phase')).toBe('Completed');
  const ran = await plugin.maint(['on', HELD, '--reason=disk', '--owner=ana']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await velero.end();
  await webhook.stop();
  await plane.stop();
});

interface Repository {
  readonly path: string;
  readonly phase: string | undefined;
  readonly lastMaintenance: string | undefined;
  readonly history: readonly unknown[];
}

/** The one that Velero has made for the shop. */
async function repository(): Promise<Repository> {
  const [found] = listAt((await plane.api('GET', REPOSITORIES)).body, 'items');
  return {
    path: `${REPOSITORIES}/${textAt(found, 'metadata', 'name') ?? ''}`,
    phase: textAt(found, 'status', 'phase'),
    lastMaintenance: textAt(found, 'status', 'lastMaintenanceTime'),
    history: listAt(found, 'status', 'recentMaintenance'),
  };
}

/** Velero looks at it every five minutes, and at once when its frequency has changed. Gives what comes of it. */
async function looksAt(frequency: string, status: object = {}): Promise<unknown> {
  const { path, history } = await repository();
  await plane.api('PATCH', path, { spec: { maintenanceFrequency: frequency }, status });
  const isTold = async (): Promise<boolean> => {
    const { history: now } = await repository();
    return JSON.stringify(now) !== JSON.stringify(history);
  };
  await until('its maintenance has been tried', isTold);
  return (await repository()).history.at(-1);
}

/** The same when its last maintenance was two days ago. */
function looksWhenDue(frequency: string): Promise<unknown> {
  return looksAt(frequency, { lastMaintenanceTime: new Date(Date.now() - 2 * A_DAY_MS).toISOString() });
}

/** Where its jobs may run, as docs of Velero have it: one ConfigMap for all repositories. */
async function mayRunOn(...nodes: readonly string[]): Promise<void> {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: nodes };
  const loadAffinity = [{ nodeSelector: { matchExpressions: [expression] } }];
  await plane.api('PATCH', `${CONFIG}/repositories`, { data: { global: JSON.stringify({ loadAffinity }) } });
}

async function nodesOfJobs(): Promise<readonly (string | undefined)[]> {
  const { body } = await plane.api('GET', '/api/v1/namespaces/velero/pods?labelSelector=velero.io/repo-name');
  return listAt(body, 'items').map((pod) => textAt(pod, 'spec', 'nodeName'));
}

test('a job that may run anywhere is let be: it runs on another node', async () => {
  expect(await looksWhenDue('23h')).toMatchObject({ result: 'Succeeded' });
  expect(await nodesOfJobs()).toEqual(['node-2']);
});

test('so is one that may run on the node in maintenance and on another one', async () => {
  await mayRunOn(HELD, 'node-2');
  expect(await looksWhenDue('22h')).toMatchObject({ result: 'Succeeded' });
});

test('one that can run on that node only is refused, and the repository tells in our words', async () => {
  await mayRunOn(HELD);
  const outcome = await looksWhenDue('21h');
  expect(outcome).toMatchObject({ result: 'Failed' });
  expect(textAt(outcome, 'message')).toContain('Failed to start maintenance job');
  expect(textAt(outcome, 'message')).toContain(`node ${HELD}`);
  expect(textAt(outcome, 'message')).toContain('denied the request');
  const { phase, lastMaintenance = '' } = await repository();
  expect(phase).toBe('Ready');
  expect(Date.parse(lastMaintenance), 'it stays due').toBeLessThan(Date.now() - A_DAY_MS);
});

test('after its return it is made up for by Velero itself, as it stays due', async () => {
  await isWrittenDown(plane, /maintenance of a backup repository/);
  const off = await plugin.maint(['off', HELD, '--owner=ana', '--healthy-for=0s']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  expect(off.stderr).toMatch(/backup \(velero\): .* \(.*\): .*tried again by itself/);
  expect(await looksAt('20h')).toMatchObject({ result: 'Succeeded' });
  expect(await nodesOfJobs()).toContain(HELD);
});
