/** `redo` on a real controller-manager: what was refused is listed, made up for once, and never where it would be refused again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { DueCronJobs } from '../../support/due-cron-jobs.ts';
import { pluginRunner, type PluginRunner, type Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';

const NODE = 'node-1';
const WORD = 'cronjob/shop/nightly';
const JOBS = '/apis/batch/v1/namespaces/shop/jobs';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let webhook: WebhookProcess;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: 2,
    users: ['uma', 'vic', 'olga'].map((name) => ({ name, groups: [] })),
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  const cronJobs = new DueCronJobs(world);
  await world.namespace('shop');
  const seen = [
    { apiGroups: [''], resources: ['nodes', 'events'], verbs: ['get', 'list'] },
    { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: ['get', 'list'] },
  ];
  await world.grant('uma', [...seen, { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['patch'] }]);
  // Who brings nodes back, and may wake no CronJob.
  await world.grant('olga', [
    ...seen,
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get'] },
    { apiGroups: ['kubectl-maint.io'], resources: ['maintenances'], verbs: ['set'] },
  ]);
  webhook = await startWebhook(plane);
  await webhook.register('Ignore');
  expect(await plugin.maint(['on', NODE])).toMatchObject({ code: 0 });
  await cronJobs.make('nightly', NODE);
  await cronJobs.isRefused('nightly', 'admission webhook');
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

async function states(...args: readonly string[]): Promise<{ ran: Ran; items: readonly unknown[] }> {
  const ran = await plugin.maint(['redo', '-o', 'json', ...args]);
  return { ran, items: listAt(JSON.parse(ran.stdout) as unknown, 'items') };
}

async function jobs(): Promise<readonly string[]> {
  return listAt(await world.get(JOBS), 'items').map((job) => textAt(job, 'metadata', 'name') ?? '');
}

test('while its node is in maintenance it is listed, and not made: it would be refused again', async () => {
  const listed = await plugin.maint(['redo']);
  expect(listed, listed.stderr).toMatchObject({ code: 0 });
  expect(listed.stdout).toMatch(new RegExp(`^${WORD} .+still kept off +node ${NODE} is in maintenance$`, 'm'));
  const asked = await plugin.maint(['redo', WORD]);
  expect(asked).toMatchObject({ code: 5, stdout: '' });
  expect(asked.stderr).toContain(`${WORD} is left as it is: node ${NODE} is in maintenance`);
});

test('a stranger, a namesake and a wrong word are told what is wrong, and nothing is made', async () => {
  const stranger = await plugin.maint(['redo'], { user: 'vic' });
  expect(stranger).toMatchObject({ code: 4 });
  expect(stranger.stderr).toContain('what was refused is not known: you may not list events');
  const namesake = await plugin.maint(['redo', 'cronjob/shop/weekly']);
  expect(namesake).toMatchObject({ code: 2 });
  expect(namesake.stderr).toContain('no refusal of cronjob/shop/weekly is known');
  const word = await plugin.maint(['redo', 'nightly']);
  expect(word).toMatchObject({ code: 2 });
  expect(word.stderr).toContain('"nightly" names nothing that can be made up for: TYPE/NAMESPACE/NAME');
  expect(await jobs()).toEqual([]);
});

test('after the return it is made up for once, whoever asks, with the own rights of who does', async () => {
  // From here on its own controller makes nothing: its next run is next year.
  await world.patch('/apis/batch/v1/namespaces/shop/cronjobs/nightly', { spec: { schedule: '0 0 1 1 *' } });
  expect(await plugin.maint(['off', NODE, '--healthy-for', '0'])).toMatchObject({ code: 0 });
  await until('nothing keeps it off any more', async () => {
    const { items } = await states();
    return textAt(items[0], 'state') === 'open';
  });
  const listed = await plugin.maint(['redo']);
  expect(listed.stderr).toContain(`to make up for it: kubectl maint redo ${WORD}`);
  const tried = await plugin.maint(['redo', '--all', '--dry-run=server']);
  expect(tried, tried.stderr).toMatchObject({ code: 0 });
  expect(tried.stdout).toMatch(/^job\.batch\/nightly-redo-[a-z0-9]+ created \(server dry run\)$/m);
  const without = await plugin.maint(['redo', WORD], { user: 'uma' });
  expect(without).toMatchObject({ code: 5 });
  expect(without.stderr).toContain('you may not create jobs');
  expect(await jobs()).toEqual([]);

  const made = await plugin.maint(['redo', WORD]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(made.stdout).toMatch(/^job\.batch\/nightly-redo-[a-z0-9]+ created$/m);
  expect(await jobs()).toEqual([made.stdout.slice('job.batch/'.length).split(' ')[0]]);
  const again = await states(WORD);
  expect(again.ran).toMatchObject({ code: 0 });
  expect(again.items).toMatchObject([
    { kind: 'CronJob', namespace: 'shop', name: 'nightly', state: 'made-up', made: null },
  ]);
  expect(await jobs()).toHaveLength(1);
});

test('a refusal that somebody else has had in its name counts for nothing', async () => {
  const node = 'node-2';
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  const labels = { 'kubectl-maint.io/work': 'backup' };
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'none', controller: true };
  const spec = { nodeName: node, restartPolicy: 'Never', containers: [{ name: 'c', image: 'backup:1' }] };
  const job = {
    metadata: { name: 'forged', ownerReferences: [owner] },
    spec: { template: { metadata: { labels }, spec } },
  };
  const refused = await plane.api('POST', JOBS, job);
  expect(textAt(refused.body, 'message')).toContain('denied the request');
  await until('the webhook has written it down', async () =>
    (await world.events(node)).some((event) => event.includes('(CronJob shop/nightly)')),
  );
  const { items } = await states();
  expect(items).toMatchObject([{ name: 'nightly', state: 'made-up' }]);
  expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
});

test('one that has failed is made again and again, each by a name of its own, though its CronJob keeps one of them alone', async () => {
  const [node, name] = ['node-2', 'often'];
  const word = `cronjob/shop/${name}`;
  const cronJobs = new DueCronJobs(world);
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  await cronJobs.make(name, node);
  await cronJobs.isRefused(name, 'admission webhook');
  // Its own controller makes nothing from here on, and each Job of it fails within seconds.
  await world.patch(`/apis/batch/v1/namespaces/shop/cronjobs/${name}`, {
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { activeDeadlineSeconds: 1 } } },
  });
  expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
  const made: (string | undefined)[] = [];
  for (let run = 0; run < 3; run += 1) {
    await until('no run makes up for it, and one that failed is there at most', async () => {
      const there = (await jobs()).filter((job) => job.startsWith(name));
      return there.length <= 1 && textAt((await states(word, '--dry-run=client')).items[0], 'state') === 'open';
    });
    const { ran, items } = await states(word);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    made.push(textAt(items[0], 'made'));
  }
  const [first = ''] = made;
  expect(first).toMatch(/^job\.batch\/often-redo-[a-z0-9]+$/);
  expect(made).toEqual([first, `${first}-2`, `${first}-3`]);
  await cronJobs.remove(name);
});

test('where its own controller pauses and would make up for it as well, that is asked first, and nothing runs twice', async () => {
  const [node, word] = ['node-2', 'cronjob/shop/hourly'];
  const cronJobs = new DueCronJobs(world);
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  await cronJobs.make('hourly', node);
  await cronJobs.pauses('hourly');
  const off = await plugin.maint(['off', node, '--all', '--healthy-for', '0'], { user: 'olga' });
  expect(off, off.stderr).toMatchObject({ code: 0 });
  expect(off.stderr).toContain('kubectl annotate cronjob hourly -n shop');
  const unsure = await plugin.maint(['redo', word], { user: 'olga' });
  expect(unsure).toMatchObject({ code: 5 });
  expect(unsure.stderr).toContain(
    `${word} is left as it is: no right to patch cronjobs or cronjobs/status, and its own controller may make up for it`,
  );
  const { ran, items } = await states(word);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(items).toMatchObject([{ state: 'made-up', why: 'its own controller makes up for it now', made: null }]);
  expect((await jobs()).filter((name) => name.startsWith('hourly-redo-'))).toEqual([]);
  await cronJobs.makesUp('hourly');
});
