/** Break-glass and CronJobs on a real controller-manager: after refusals it pauses, and would sleep through the exception. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { DueCronJobs } from '../../support/due-cron-jobs.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let webhook: WebhookProcess;
let cronJobs: DueCronJobs;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['by-webhook', 'by-floor', 'by-hand', 'other', 'spare'].map((name) => ({ name })),
    users: [
      { name: 'uma', groups: [] },
      { name: 'ute', groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  cronJobs = new DueCronJobs(world);
  await world.namespace('shop');
  const records = [
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ];
  await world.grant('uma', [
    ...records,
    { apiGroups: [''], resources: ['events'], verbs: ['list'] },
    { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['get'] },
  ]);
  await world.grant('ute', records);
  webhook = await startWebhook(plane);
  await webhook.register('Ignore');
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

const allow = (node: string, ...more: readonly string[]) => [
  ...['allow', node, '--rules', 'backup', '--for', '10m', '--reason', 'last backup'],
  ...more,
];

async function held(node: string): Promise<void> {
  expect(await plugin.maint(['on', node, '--mode=cordon'])).toMatchObject({ code: 0 });
}

test('refused by the webhook: it makes up for its latest run while it is allowed', async () => {
  const node = 'by-webhook';
  await held(node);
  await cronJobs.make('nightly', node);
  await cronJobs.isRefused('nightly', 'admission webhook');
  await cronJobs.pauses('nightly');
  const scans = ['allow', node, '--rules', 'scan', '--for', '10m', '--reason', 'audit'];
  const other = await plugin.maint(scans);
  expect(other, other.stderr).toMatchObject({ code: 0 });
  expect(other.stderr).not.toContain('CronJob');
  const ran = await plugin.maint(allow(node));
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain('CronJob shop/nightly was told to make up for its latest run now\n');
  await cronJobs.makesUp('nightly');
  await cronJobs.remove('nightly');
});

test('without the right to wake it the command is printed; without the right to list Events, how it is done', async () => {
  const node = 'by-hand';
  await held(node);
  await cronJobs.make('hourly', node);
  await cronJobs.isRefused('hourly', 'admission webhook');
  const ran = await plugin.maint(allow(node), { user: 'uma' });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stderr).toMatch(
    /^CronJob shop\/hourly was not told .*\(no right to patch cronjobs or cronjobs\/status\).* kubectl annotate cronjob hourly -n shop kubectl-maint\.io\/woken=\S+ --overwrite$/m,
  );
  const unread = await plugin.maint(allow(node), { user: 'ute' });
  expect(unread.stderr).toContain(
    'CronJobs that were refused are not told to make up for their latest run: no right to list Events; to have one go on now: kubectl annotate cronjob NAME -n NAMESPACE kubectl-maint.io/woken=now --overwrite\n',
  );
  await cronJobs.remove('hourly');
});

test('refused by the policies alone, and its node allowed beside another one; the answer for programs', async () => {
  const node = 'by-floor';
  await installFloor(plane);
  await held(node);
  await held('other');
  await cronJobs.make('weekly', node);
  await cronJobs.isRefused('weekly', 'ValidatingAdmissionPolicy');
  await cronJobs.pauses('weekly');
  const tried = await plugin.maint(allow(node, '--dry-run=server'));
  expect(tried.stderr).not.toContain('CronJob');
  const ran = await plugin.maint(allow(node, 'other', '-ojson'));
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    items: [
      { node, cronJobs: [{ name: 'shop/weekly', state: 'woken', why: '', command: '' }] },
      { node: 'other', cronJobs: [] },
    ],
  });
  await cronJobs.makesUp('weekly');
  await cronJobs.remove('weekly');
});
