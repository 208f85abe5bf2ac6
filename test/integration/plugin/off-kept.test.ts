/** What `off` lists as kept off: refused by the webhook, by the API server's own policies, and where Events cannot be read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { DueCronJobs } from '../../support/due-cron-jobs.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let webhook: WebhookProcess;
let cronJobs: DueCronJobs;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['by-webhook', 'by-floor', 'unread', 'other'].map((name) => ({ name })),
    users: [{ name: 'uma', groups: [] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  cronJobs = new DueCronJobs(world);
  await world.namespace('shop');
  webhook = await startWebhook(plane);
  await webhook.register('Ignore');
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

test('refused by the webhook: its Event names the CronJob, and off has it make up for its latest run', async () => {
  const node = 'by-webhook';
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  await cronJobs.make('nightly', node);
  await cronJobs.isRefused('nightly', 'admission webhook');
  await until('the webhook has written it down', async () => {
    return (await world.events(node)).some((event) => event.includes('CronJob shop/nightly'));
  });
  await cronJobs.pauses('nightly');
  const off = await plugin.maint(['off', node, '--healthy-for', '0']);
  expect(off).toMatchObject({ code: 0 });
  await cronJobs.makesUp('nightly');
  expect(off.stderr).toContain('CronJob shop/nightly was told to make up for its latest run now\n');
  const line = `^  backup \\(labelled\\): .+ \\(CronJob shop/nightly\\): (?:once, at|\\d+ times, last at) ${TIME}; its latest run is made up for by itself, earlier ones are lost`;
  expect(off.stderr).toContain(`kept off ${node} meanwhile:\n`);
  expect(off.stderr).toMatch(new RegExp(line, 'm'));
  expect(off.stderr).toMatch(/^workloads are not moved back$/m);
  await cronJobs.remove('nightly');
});

test('refused by the policies alone: the Event of the CronJob tells', async () => {
  const node = 'by-floor';
  await installFloor(plane);
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  await cronJobs.make('weekly', node);
  await cronJobs.isRefused('weekly', 'ValidatingAdmissionPolicy');
  await cronJobs.pauses('weekly');
  const off = await plugin.maint(['off', node, '--healthy-for', '0', '-ojson']);
  expect(off).toMatchObject({ code: 0 });
  const events = off.stdout.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
  const kept = events.find((event) => textAt(event, 'type') === 'kept-off');
  expect(events.at(-1)).toMatchObject({
    type: 'note',
    text: expect.stringMatching(
      /^not listed: backups and scans that the API server's own policies refused, unless/,
    ) as string,
  });
  expect(kept).toMatchObject({ type: 'kept-off', nodes: [node], expired: false });
  expect(listAt(kept, 'work')).toContainEqual({
    node,
    what: 'CronJob shop/weekly',
    times: expect.any(Number) as number,
    lastAt: expect.stringMatching(TIME) as string,
    afterDenial: 'resumed',
  });
  expect(kept).not.toHaveProperty('unreadable');
  expect(listAt(kept, 'cronJobs')).toEqual([{ name: 'shop/weekly', state: 'woken', why: '', command: '' }]);
  await cronJobs.makesUp('weekly');
  await cronJobs.remove('weekly');
});

test('who may not list Events is told so, and the node comes back all the same', async () => {
  const node = 'unread';
  await world.grant('uma', [
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['get', 'list', 'patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
  expect(await plugin.maint(['on', node, '--mode=cordon'], { user: 'uma' })).toMatchObject({ code: 0 });
  const off = await plugin.maint(['off', node, '--healthy-for', '0'], { user: 'uma' });
  expect(off).toMatchObject({ code: 0, stdout: `node/${node} uncordoned\nnode/${node} out of maintenance\n` });
  expect(off.stderr).toContain(
    `what was kept off ${node} is not known, or not all of it: no right to list Events\nworkloads are not moved back\n`,
  );
});
