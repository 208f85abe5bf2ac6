import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt, type Grant } from '../../../shared/index.ts';
import { CONTROLLER_GRANTS, VERIFY_GRANTS, WEBHOOK_GRANTS } from '../../../webhook/grants.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { steadyPort } from '../../control-plane/ports.ts';
import { grantTo } from '../../support/granted.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { REGISTRATION_PATH } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { volumeBackup } from '../../support/velero.ts';
import { printedBy, serveAsProcess, type ServeHow, type ServingProcess } from '../../support/webhook-process.ts';

/** A process beside the cluster goes on being trusted over restarts, as docs/process.md says. */

const HELD = 'node-1';
/** Identities of the process: of one with a controller, and of a listener that may see its registration, but not repair it. */
const [KEEPER, READER] = ['keeper', 'reader'];
const LISTENER: readonly Grant[] = [...WEBHOOK_GRANTS.cluster, ...WEBHOOK_GRANTS.events, ...VERIFY_GRANTS];
const BOTH: readonly Grant[] = [...LISTENER, ...CONTROLLER_GRANTS.cluster];

let plane: ControlPlane;
let plugin: PluginRunner;
let folder = '';
let state = '';
let caFile = '';
let port = 0;
let serving: ServingProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-process-'));
  [state, caFile] = [join(folder, 'state'), join(folder, 'ca.pem')];
  port = await steadyPort();
  plane = await startControlPlane({ nodes: 3, users: [KEEPER, READER].map((name) => ({ name, groups: [] })) });
  plugin = pluginRunner(plane);
  await grantTo(plane, KEEPER, BOTH);
  await grantTo(plane, READER, LISTENER);
  expect(await backupSays()).toBe('let pass');
  const begun = await plugin.maint(['on', HELD, '--mode=cordon', '--owner=ana', '--reason=disk']);
  expect(begun, begun.stderr).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await serving?.stop();
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What becomes of a backup on the node in maintenance. */
async function backupSays(): Promise<string> {
  const { code, stderr } = await plane.kubectl(['create', '-f', '-', '--dry-run=server'], {
    input: JSON.stringify(volumeBackup(HELD)),
  });
  return code === 0 ? 'let pass' : stderr;
}

async function refused(): Promise<boolean> {
  return (await backupSays()).includes('denied the request');
}

async function start(how: ServeHow): Promise<ServingProcess> {
  const controller = how.user === KEEPER ? ['--with-controller'] : [];
  const flags = [...controller, '--host=127.0.0.1', `--state-dir=${state}`, `--ca-out=${caFile}`];
  serving = await serveAsProcess(plane, flags, { port, ...how });
  return serving;
}

/** Ends the process and starts it again. */
async function restart(how: ServeHow = {}): Promise<ServingProcess> {
  expect(await serving?.stop()).toBe(0);
  return start({ user: KEEPER, ...how });
}

async function registerProcess(): Promise<void> {
  const url = `https://127.0.0.1:${port}`;
  const input = await printedBy(['configuration', `--url=${url}`, `--ca-file=${caFile}`]);
  expect(await plane.kubectl(['apply', '-f', '-'], { input })).toMatchObject({ code: 0 });
}

/** Changes with every write of the registration. */
async function registrationVersion(): Promise<string | undefined> {
  return textAt((await plane.api('GET', REGISTRATION_PATH)).body, 'metadata', 'resourceVersion');
}

/** Doctor's status and sentence about certificates. */
async function certificatesSay(): Promise<string> {
  const { stdout } = await plugin.maint(['doctor', '-o', 'json']);
  const items = listAt(JSON.parse(stdout), 'items').filter((item) => textAt(item, 'check') === 'certificates');
  return items.map((item) => `${textAt(item, 'status') ?? ''}: ${textAt(item, 'message') ?? ''}`).join('\n');
}

test('registered once, it refuses; its key is for its owner alone', async () => {
  await start({ user: KEEPER });
  await registerProcess();
  await until('it refuses', refused);
  expect((await stat(join(state, 'authority.pem'))).mode & 0o777).toBe(0o600);
  expect(await certificatesSay()).toMatch(/^ok: /);
});

test('started again with its folder, it refuses, and nobody has registered it again', async () => {
  const before = await registrationVersion();
  await restart();
  await until('it refuses', refused);
  expect(await registrationVersion()).toBe(before);
});

test('without its folder its controller repairs the registration', async () => {
  const before = await registrationVersion();
  await rm(state, { recursive: true });
  const { log } = await restart();
  await until('it refuses', refused);
  await until('it is said', () =>
    Promise.resolve(log.join('\n').includes('the registration trusts our authority again')),
  );
  expect(await registrationVersion()).not.toBe(before);
  expect(await certificatesSay()).toMatch(/^ok: /);
});

test('a listener alone is not ready, says so, and doctor sees it; applied again, it refuses', async () => {
  await rm(state, { recursive: true });
  const { log, healthUrl } = await restart({ user: READER, ready: false });
  await until(
    'the nodes are known',
    async () => !(await (await fetch(`${healthUrl}/readyz`)).text()).includes('nodes:'),
  );
  const readyz = await fetch(`${healthUrl}/readyz`);
  expect(readyz.status).toBe(503);
  expect(await readyz.text()).toContain('registration: trusts another authority than ours, every call fails');
  expect(log.join('\n')).toContain('apply what maint-webhook configuration prints with --ca-file');
  await until('calls fail, and what cannot be asked about passes', async () => (await backupSays()) === 'let pass');
  expect(await certificatesSay()).toMatch(/^fail: .*https:\/\/127\.0\.0\.1:\d+ .*not trusted/);
  await registerProcess();
  await until('it refuses', refused);
  expect(await certificatesSay()).toMatch(/^ok: /);
});
