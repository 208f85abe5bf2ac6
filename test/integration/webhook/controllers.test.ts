import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/facts/json.ts';
import { CONTROLLER_GRANTS } from '../../../webhook/grants.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { grantTo } from '../../support/granted.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  entryNames,
  installService,
  LEASE_PATH,
  REGISTRATION_PATH,
  startController,
  startReplica,
  TLS_SECRET_PATH,
  type Controller,
  type ControllerOptions,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { tryVolumeBackup } from '../../support/velero.ts';

/** Controllers that come, go, and lose touch: one writes at a time, and nothing that happened meanwhile is lost. */

const HELD = 'node-1';
/** An identity that may do all but have the Lease. */
const LEASELESS = 'leaseless';
/** An identity that may do all but read and write the registration. */
const UNREGISTERED = 'unregistered';

let plane: ControlPlane;
const running = new Set<Controller>();

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: 3,
    apiServerArgs: DIALS_ENDPOINTS,
    users: [LEASELESS, UNREGISTERED].map((name) => ({ name, groups: [] })),
  });
  await installService(plane);
});
afterEach(async () => {
  await Promise.all([...running].map((controller) => controller.stop()));
  running.clear();
});
afterAll(() => plane.stop());

async function start(options: ControllerOptions = {}, as = plane): Promise<Controller> {
  const controller = await startController(as, { failurePolicy: 'Ignore', ...options });
  running.add(controller);
  return controller;
}

async function stop(controller: Controller): Promise<void> {
  running.delete(controller);
  await controller.stop();
}

const leads = async (controller: Controller) => (await controller.metrics()).includes('maint_controller_leads 1');

/** When a controller logged such a message first, in ms. */
function toldAt({ log }: Controller, message: string): number {
  const line = log.map((text): unknown => JSON.parse(text)).find((one) => textAt(one, 'msg') === message);
  return Date.parse(textAt(line, 'time') ?? '');
}

const lease = async () => (await plane.api('GET', LEASE_PATH)).body;

const entries = async () => (await entryNames(plane)).map((name) => name.replace('.kubectl-maint.io', ''));

async function touch(value: string): Promise<void> {
  const { status } = await plane.api('PATCH', REGISTRATION_PATH, { metadata: { annotations: { touched: value } } });
  expect(status).toBe(200);
}

async function maint(line: string): Promise<void> {
  const ran = await pluginRunner(plane).maint(line.split(' '));
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
}

/** What becomes of a backup on the node, in a dry run. */
async function backup(): Promise<number> {
  return (await tryVolumeBackup(plane, HELD)).status;
}

test('the second takes over at once when the first ends, and the Lease says so', async () => {
  const first = await start();
  await until('the first leads', () => leads(first));
  const second = await start();
  const holder = textAt(await lease(), 'spec', 'holderIdentity');
  expect(await leads(second)).toBe(false);
  expect(await second.isReady()).toBe(true);
  await stop(first);
  // Given back, so that nobody waits for its end.
  expect(textAt(await lease(), 'spec', 'holderIdentity')).not.toBe(holder);
  await until('the second leads', () => leads(second));
  expect(textAt(await lease(), 'spec', 'holderIdentity')).not.toBe(holder);
});

test('what fails closed does so only once somebody answers, and goes on so when nobody does any more', async () => {
  const controller = await start({ failurePolicy: 'Fail' });
  await until('it leads', () => leads(controller));
  const failing = async () => {
    const { body } = await plane.api('GET', REGISTRATION_PATH);
    return listAt(body, 'webhooks').filter((entry) => textAt(entry, 'failurePolicy') === 'Fail').length;
  };
  await until('the guard of nodes is there', async () => (await entries()).includes('node-guard'));
  await touch('before anybody answers');
  expect(await failing()).toBe(0);
  const replica = await startReplica(plane, 'first');
  await until('it fails closed', async () => (await failing()) > 0);
  await replica.stop(0);
  await touch('after it is gone');
  expect(await failing()).toBeGreaterThan(0);
  await stop(controller);
  // The next one as well, which has seen nobody answer.
  const next = await start({ failurePolicy: 'Fail' });
  await until('the next one leads', () => leads(next));
  await touch('the next one');
  expect(await failing()).toBeGreaterThan(0);
});

describe('a partition', () => {
  test('who is cut off writes no more from then on, and another one leads; afterwards there is still one', async () => {
    let isCut = false;
    // Neither answered nor refused, like a connection that is dead.
    await using proxy = await faultProxy(plane, () => (isCut ? new Promise<never>(() => undefined) : undefined));
    const cutOff = await start({ server: proxy.url });
    await until('it leads', () => leads(cutOff));
    const other = await start();
    isCut = true;
    await until('it leads no more', async () => !(await leads(cutOff)));
    const sent = proxy.seen.length;
    await until('the other one leads', () => leads(other));
    expect(toldAt(other, 'leads')).toBeGreaterThan(toldAt(cutOff, 'leads no more'));
    // It would repair this, if it led.
    expect((await plane.api('PATCH', REGISTRATION_PATH, { webhooks: null })).status).toBe(200);
    await until('the other one repairs', async () => (await entries()).includes('node-guard'));
    isCut = false;
    await until('it hears of the other one', () => cutOff.isReady());
    await touch('after the partition');
    expect([await leads(cutOff), await leads(other)]).toEqual([false, true]);
    const writes = proxy.seen.slice(sent).filter(({ method }) => method !== 'GET');
    expect(writes).toEqual([]);
    expect(cutOff.log.join('')).toContain('leads no more');
  });
});

test('one that may not have the Lease says so, is not ready, and writes nothing', async () => {
  const first = await start();
  await until('a certificate is there', async () => (await plane.api('GET', TLS_SECRET_PATH)).status === 200);
  await stop(first);
  await grantTo(plane, LEASELESS, CONTROLLER_GRANTS.cluster);
  const before = await plane.api('GET', REGISTRATION_PATH);
  const leaseless = await start({ ready: false }, { ...plane, kubeconfig: await plane.kubeconfigFor(LEASELESS) });
  await until('it says so', () => leaseless.log.join('').includes('the Lease cannot be had'));
  expect(await leaseless.isReady()).toBe(false);
  expect(await leads(leaseless)).toBe(false);
  const after = await plane.api('GET', REGISTRATION_PATH);
  expect(textAt(after.body, 'metadata', 'resourceVersion')).toBe(textAt(before.body, 'metadata', 'resourceVersion'));
});

test('one that may not read the registration says so, and keeps it as soon as the right to it is given', async () => {
  const { cluster, own, certificates } = CONTROLLER_GRANTS;
  const rest = [...cluster, ...own, ...certificates].filter(
    ({ resource }) => resource !== 'validatingwebhookconfigurations',
  );
  await grantTo(plane, UNREGISTERED, rest);
  const kubeconfig = await plane.kubeconfigFor(UNREGISTERED);
  const unregistered = await start({ ready: false }, { ...plane, kubeconfig });
  await until('it says so', () => unregistered.log.join('').includes('the registration cannot be read'));
  expect(await unregistered.isReady()).toBe(false);
  expect((await plane.api('PATCH', REGISTRATION_PATH, { webhooks: null })).status).toBe(200);
  const giving = ['create', 'clusterrolebinding', 'late', '--clusterrole=cluster-admin', `--user=${UNREGISTERED}`];
  expect(await plane.kubectl(giving)).toMatchObject({ code: 0 });
  await until('it is ready', () => unregistered.isReady());
  await until('it keeps it', async () => (await entries()).includes('node-guard'));
});

describe('no controller for an hour', () => {
  /** What the clock says to the one that comes back. */
  const AFTERWARDS: ControllerOptions = { now: () => Date.now() + 3_600_000 };

  test('a mark is told to be kept off in part only, and is armed as soon as one is back', async () => {
    await stop(await start());
    const replica = await startReplica(plane, 'only');
    const ran = await pluginRunner(plane).maint(['on', HELD, '--mode=cordon', '--owner=ops']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(ran.stderr).not.toContain(`kept off ${HELD} from now on`);
    expect(await backup()).toBe(201);
    const back = await start(AFTERWARDS);
    await until('backups are refused', async () => (await backup()) === 403);
    expect(await entries()).toContain('rollout');
    await stop(back);
    // What is armed stays so without a controller.
    expect(await backup()).toBe(403);
    await replica.stop(0);
  });

  test('a return meanwhile is noticed: the entries go', async () => {
    await maint(`off ${HELD} --owner=ops --skip-health-check`);
    expect(await entries()).toContain('work');
    await start(AFTERWARDS);
    await until('they are gone', async () => (await entries()).join() === 'node-guard');
  });
});

test('the webhook is gone, and the controller goes on: a mark is armed, a certificate is kept', async () => {
  await start();
  await maint(`on ${HELD} --mode=cordon --owner=ops`);
  await until('it is armed', async () => (await entries()).includes('work'));
  await plane.api('DELETE', TLS_SECRET_PATH);
  await until('the certificate is back', async () => (await plane.api('GET', TLS_SECRET_PATH)).status === 200);
  // Nobody answers: what fails open passes.
  expect(await backup()).toBe(201);
  await maint(`off ${HELD} --owner=ops --skip-health-check`);
});
