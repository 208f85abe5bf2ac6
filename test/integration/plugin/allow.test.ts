/** Break-glass on the real API server: what webhook, floor and guard of the record make of an exception. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { like } from '../../support/like.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

const BY_FLOOR = "ValidatingAdmissionPolicy 'backup.kubectl-maint.io'";

let plane: ControlPlane;
let webhook: WebhookProcess;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['allowed', 'other', 'short', 'tried', 'free', 'guarded'].map((name) => ({ name })),
    users: [
      { name: 'ana', groups: ['system:masters'] },
      { name: 'olga', groups: [] },
    ],
    controllerManager: false,
    scheduler: false,
  });
  await installFloor(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

const maint = (line: string) => plugin.maint(line.split(' '), { user: 'ana' });

/** What the API server says to work on a node, in a dry run: the refusal, or that it passes. */
async function said(node: string, work = 'backup'): Promise<string> {
  const metadata = { name: 'asked', labels: { 'kubectl-maint.io/work': work } };
  const spec = { nodeName: node, automountServiceAccountToken: false, containers: [{ name: 'c', image: 'c' }] };
  const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', { metadata, spec });
  return status === 201 ? 'passes' : (textAt(body, 'message') ?? String(status));
}

/** Takes a node into maintenance, and waits until the floor has heard of it. */
async function held(node: string): Promise<void> {
  expect(await maint(`on ${node} --mode=cordon`)).toMatchObject({ code: 0 });
  await until('the floor refuses', async () => (await said(node)).includes(BY_FLOOR));
}

test('a backup passes the floor and the webhook while it is allowed, and is refused again when that is taken back', async () => {
  const node = 'allowed';
  await held(node);
  const ran = await maint(`allow ${node} --rules backup,addon --for 30m --reason last`);
  expect(ran, ran.stderr).toMatchObject({
    code: 0,
    stdout: like(/^node\/allowed backup, addon allowed until \S+Z\n$/),
  });
  expect(ran.stderr).toContain('a backup on node allowed passes: tried in a server dry run\n');
  expect(ran.stderr).toContain('it ends by itself; sooner: kubectl maint allow allowed --revoke\n');
  expect(await said(node)).toBe('passes');
  expect(maintenanceOf(await world.node(node))).toMatchObject({
    label: 'complete',
    record: { exceptions: [{ rules: ['backup', 'addon'], by: 'ana', reason: 'last' }] },
  });

  const revoked = await maint(`allow ${node} --revoke --rules backup`);
  expect(revoked, revoked.stderr).toMatchObject({ code: 0, stdout: 'node/allowed backup no longer allowed\n' });
  expect(revoked.stderr).toBe('a backup on node allowed is refused again\n');
  expect(await said(node)).toMatch(/NodeInMaintenance|in maintenance/);
  expect(maintenanceOf(await world.node(node)).record).toMatchObject({ exceptions: [{ rules: ['addon'] }] });
  expect(await world.events(node)).toEqual(
    expect.arrayContaining([
      like(/^ExceptionGranted: backup, addon allowed until \S+Z by ana: last$/),
      'ExceptionRevoked: backup no longer allowed: taken back by ana',
    ]),
  );
  expect(await maint(`off ${node} --healthy-for 0`)).toMatchObject({ code: 0 });
});

test('it ends by itself, in webhook and floor', async () => {
  const node = 'short';
  await held(node);
  const allow = (span: string) => maint(`allow ${node} --rules backup --for ${span} --reason last`);
  expect(await allow('1h')).toMatchObject({ code: 0 });
  expect(await said(node)).toBe('passes');
  // Another end in its place, a moment from now: it may come before the plugin has tried it, which is told with exit 5.
  expect([0, 5]).toContain((await allow('2s')).code);
  await until('it is over', async () => (await said(node)) !== 'passes');
  expect(await said(node)).toContain(BY_FLOOR);

  expect(await maint(`on ${node} --mode=cordon`)).toMatchObject({ code: 0 });
  expect(maintenanceOf(await world.node(node)).record).toMatchObject({ exceptions: [] });
  expect(await maint(`off ${node} --healthy-for 0`)).toMatchObject({ code: 0 });
});

test('a scan passes when every node in maintenance allows it', async () => {
  await held('allowed');
  await held('other');
  const one = await maint('allow allowed --rules scan --for 1h --reason audit');
  expect(one).toMatchObject({ code: 5, stdout: like('node/allowed scan allowed until') });
  expect(one.stderr).toMatch(/^Warning: a scan on node allowed is still refused: .*other/m);
  const both = await maint('allow -l kubectl-maint.io/maintenance --rules scan --for 1h --reason audit -o json');
  expect(both, both.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(both.stdout)).toMatchObject({
    kind: 'ExceptionList',
    items: ['allowed', 'other'].map((node) => ({
      node,
      exceptions: [{ rules: ['scan'], by: 'ana', reason: 'audit' }],
      trials: [{ rule: 'scan', said: 'accepted' }],
    })),
  });
  expect(await said('allowed', 'scan')).toBe('passes');
  expect(await maint('off allowed other --healthy-for 0')).toMatchObject({ code: 0 });
});

test('a dry run says what would change, and changes nothing', async () => {
  const node = 'tried';
  await held(node);
  const before = textAt(await world.node(node), 'metadata', 'resourceVersion');
  for (const [way, words] of [
    ['client', 'dry run'],
    ['server', 'server dry run'],
  ]) {
    const ran = await maint(`allow ${node} --rules backup --for 1h --reason x --dry-run=${way ?? ''}`);
    expect(ran).toMatchObject({
      code: 0,
      stdout: like(new RegExp(`allowed until \\S+ \\(${words ?? ''}\\)\n$`)),
      stderr: '',
    });
  }
  expect(textAt(await world.node(node), 'metadata', 'resourceVersion')).toBe(before);
  expect(await maint(`off ${node} --healthy-for 0`)).toMatchObject({ code: 0 });
});

describe('refused, and nothing is changed', () => {
  test('a node that is not in maintenance, beside one that is', async () => {
    await held('other');
    const ran = await maint('allow other free --rules backup --for 1h --reason x');
    expect(ran).toMatchObject({
      code: 3,
      stdout: '',
      stderr: like('error: not in maintenance, so there is nothing to except: free\n'),
    });
    expect(maintenanceOf(await world.node('other')).record).toMatchObject({ exceptions: [] });
    expect(await maint('allow free --revoke')).toMatchObject({ code: 0, stdout: 'node/free not in maintenance\n' });
    expect(await maint('allow other --revoke')).toMatchObject({
      code: 0,
      stdout: 'node/other has no such exception\n',
    });
    expect(await maint('off other --healthy-for 0')).toMatchObject({ code: 0 });
  });

  test('an end beyond a day', async () => {
    const ran = await maint('allow other --rules backup --for 25h --reason x');
    expect(ran).toMatchObject({
      code: 2,
      stderr: like('error: the exception would last 25h: 24h is the most\nhint: '),
    });
  });

  test('whoever has not the verb set on maintenances.kubectl-maint.io', async () => {
    const node = 'guarded';
    await world.grant('olga', [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'patch'] }]);
    await held(node);
    const ran = await plugin.maint(['allow', node, '--rules', 'backup', '--for', '1h', '--reason', 'x'], {
      user: 'olga',
    });
    expect(ran).toMatchObject({ code: 3, stdout: '', stderr: like("'record.kubectl-maint.io'") });
    expect(maintenanceOf(await world.node(node)).record).toMatchObject({ exceptions: [] });
  });
});
