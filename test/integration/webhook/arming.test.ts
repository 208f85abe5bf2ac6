import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CANARY_GRANTS, OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { ARMED_ENTRIES, entryName, listAt, RECORD_ANNOTATION, STATE_LABEL, textAt } from '../../../shared/index.ts';
import { DISARM_AFTER_MS } from '../../../webhook/controller/registration/arming.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { installRegister, listedNodes } from '../../support/floor.ts';
import { grantTo } from '../../support/granted.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installService,
  REGISTRATION_PATH,
  startController,
  startReplica,
  type Controller,
  type ControllerOptions,
  type Replica,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { tryVolumeBackup } from '../../support/velero.ts';

/** As the chart installs it, the API server asks the webhook about work only while some node is in maintenance. */

const [FIRST, SECOND] = ['node-1', 'node-2'];
/** A user with the operator's rights, who may not look at the registration. */
const BLIND = 'blind';

/** Told to fail closed for changes of workloads alone. */
const ALWAYS = ['addon', 'node-guard'].map(entryName);
const ALL = [...ARMED_ENTRIES, 'node-guard'].map(entryName);

let plane: ControlPlane;
let plugin: PluginRunner;
let replica: Replica;
let controller: Controller;
/** The registration's entries while some node is in maintenance. */
let armedEntries: Promise<readonly unknown[]>;
/** How far the controller's clock is ahead, in ms. */
let ahead = 0;

const OPTIONS: ControllerOptions = {
  failurePolicy: 'Ignore',
  failClosed: ['addon'],
  now: () => Date.now() + ahead,
};

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: 3,
    apiServerArgs: DIALS_ENDPOINTS,
    users: [{ name: BLIND, groups: [] }],
  });
  plugin = pluginRunner(plane);
  const rights = OPERATOR_GRANTS.filter(({ resource }) => resource !== 'validatingwebhookconfigurations');
  await grantTo(plane, BLIND, [...rights, ...CANARY_GRANTS]);
  await installRegister(plane);
  await installService(plane);
  controller = await startController(plane, OPTIONS);
  replica = await startReplica(plane, 'a');
});

afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await plane.stop();
});

/** What is said of a backup of a node; empty where it is accepted. */
async function backupOf(node: string): Promise<string> {
  const { status, body } = await tryVolumeBackup(plane, node);
  return status === 201 ? '' : (textAt(body, 'message') ?? `status ${status}`);
}

async function entries(): Promise<readonly unknown[]> {
  return listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks');
}

async function names(): Promise<readonly string[]> {
  return (await entries()).map((entry) => textAt(entry, 'name') ?? '');
}

const areNow = async (expected: readonly string[]) => (await names()).join() === expected.join();

/** Somebody changes the registration; the controller hears of it. */
async function touch(what: object): Promise<void> {
  expect((await plane.api('PATCH', REGISTRATION_PATH, what)).status).toBe(200);
}

async function on(node: string, user?: string): Promise<string> {
  const options = user === undefined ? {} : { user };
  const ran = await plugin.maint(['on', node, '--mode=cordon', '--owner=ops'], options);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.stderr;
}

/** As `on` does, for an operator who looks at nothing else. */
async function markByHand(node: string): Promise<void> {
  const record = {
    version: 1,
    claims: [{ owner: 'ops', mode: 'cordon', since: '2026-01-05T22:00:00Z' }],
    before: { cordoned: false },
    initiatedAt: '2026-01-05T22:00:00Z',
  };
  const metadata = {
    annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
    labels: { [STATE_LABEL]: 'complete' },
  };
  const spec = { unschedulable: true };
  expect((await plane.api('PATCH', `/api/v1/nodes/${node}`, { metadata, spec })).status).toBe(200);
}

async function off(...nodes: readonly string[]): Promise<void> {
  const ran = await plugin.maint(['off', ...nodes, '--owner=ops', '--skip-health-check']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
}

/** Waits until a controller has heard which nodes are in maintenance, as it lists them: from then on it counts the while. */
async function hears(...nodes: readonly string[]): Promise<void> {
  await until(`the controller lists ${nodes.join()}`, async () => (await listedNodes(plane))?.join() === nodes.join());
}

/** Takes an entry out, and waits until all are there again: whoever puts it back has looked at what is to be there. */
async function looks(): Promise<void> {
  await touch({ webhooks: (await entries()).filter((entry) => textAt(entry, 'name') !== entryName('work')) });
  await until('every entry is there', () => areNow(ALL));
}

test('while nothing is in maintenance, only nodes and what fails closed are asked about', async () => {
  await until('the registration is written', () => areNow(ALWAYS));
  expect(await backupOf(FIRST)).toBe('');
  expect(await replica.metrics()).not.toMatch(/maint_webhook_requests_total\{/);
});

describe('a first mark', () => {
  test('arms every entry, and the first backup after it is refused', async () => {
    expect(await on(FIRST)).toContain(`kept off ${FIRST} from now on`);
    expect(await backupOf(FIRST)).toContain('admission webhook "work.kubectl-maint.io" denied the request');
    expect(await names()).toEqual(ALL);
    armedEntries = entries();
  });

  test('what somebody takes out or edits comes back', async () => {
    await looks();
    await until('backups are refused', async () => (await backupOf(FIRST)).includes('denied the request'));
  });

  test('the entries stay while another node is in maintenance', async () => {
    await on(SECOND);
    await off(FIRST);
    await hears(SECOND);
    ahead += DISARM_AFTER_MS;
    await looks();
    await until('backups are refused', async () => (await backupOf(SECOND)).includes('denied the request'));
    expect(await names()).toEqual(ALL);
  });

  test('a controller that has not heard of it takes nothing away', async () => {
    await using proxy = await faultProxy(plane, () => undefined);
    await off(SECOND);
    await hears();
    ahead += DISARM_AFTER_MS;
    await touch({ metadata: { annotations: { touched: 'twice' } } });
    await until('disarmed', () => areNow(ALWAYS));
    const armed = await armedEntries;
    await controller.stop();
    const deaf = await startController(plane, { ...OPTIONS, server: proxy.url });
    await until('it leads', async () => (await deaf.metrics()).includes('maint_controller_leads 1'));
    await proxy.stallWatch('/api/v1/nodes?');
    await markByHand(SECOND);
    const asked = proxy.seen.length;
    // As another one leaves it that has led meanwhile.
    await touch({ webhooks: armed });
    // The second time it has heard what it asked the first time.
    await until('it looks for itself, twice', async () => {
      await touch({ metadata: { annotations: { touched: new Date().toISOString() } } });
      const isLook = (path: string) => path.startsWith('/api/v1/nodes?') && !path.includes('watch=');
      return proxy.seen.slice(asked).filter(({ path }) => isLook(path)).length > 1;
    });
    await until('backups are refused', async () => (await backupOf(SECOND)).includes('denied the request'));
    await deaf.stop();
    expect(deaf.log.join('')).not.toContain('disarmed');
    expect(await names()).toEqual(ALL);
    controller = await startController(plane, OPTIONS);
    // One that leads only when nothing is in maintenance any more takes the entries out at once.
    await hears(SECOND);
    await looks();
  });
});

test('after the last one the entries go, but only after a while', async () => {
  await off(SECOND);
  expect(await names()).toEqual(ALL);
  expect(await backupOf(SECOND)).toBe('');
  await hears();
  ahead += DISARM_AFTER_MS;
  await touch({ metadata: { annotations: { touched: 'at last' } } });
  await until('disarmed', () => areNow(ALWAYS));
});

test('whoever may not read the registration waits for the refusal itself', async () => {
  expect(await on(FIRST, BLIND)).toContain(`kept off ${FIRST} from now on`);
  expect(await backupOf(FIRST)).toContain('denied the request');
});
