/** The register through the life of the chart: it comes with an upgrade, a rollback takes it back, and it is uninstalled in order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RECORD_ANNOTATION, REGISTER_NAME, registerPath, STATE_LABEL, textAt } from '../../../shared/index.ts';
import { POLICIES_BY_REGISTER } from '../../../webhook/uninstall.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { untilChartMay } from '../../support/access.ts';
import { listedNodes } from '../../support/floor.ts';
import { FORMER, makeChartWithoutRegister } from '../../support/former-chart.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';
import { ordinaryWork, type OrdinaryWork } from '../../support/ordinary-work.ts';
import { NAMESPACE, startController, type Controller } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { ranWebhook } from '../../support/webhook-process.ts';

const KEEPER = `system:serviceaccount:${NAMESPACE}:kubectl-maint-controller`;
const HELD = 'node-1';
const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/maintenanceregisters.kubectl-maint.io';
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

let folder: string;
let plane: ControlPlane;
let helm: Helm;
let controller: Controller | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-register-'));
  await makeChartWithoutRegister(join(folder, 'former'));
  // The Deployment's own pods stay Pending: the controller of this process is the only one.
  plane = await startControlPlane({ nodes: 2, kwok: false, users: [{ name: KEEPER, groups: [] }] });
  helm = await helmFor(plane.kubeconfig);
  await release('install', join(folder, 'former'), '--create-namespace');
  const mark = { labels: { [STATE_LABEL]: 'complete' }, annotations: { [RECORD_ANNOTATION]: 'by hand' } };
  expect(await plane.api('PATCH', `/api/v1/nodes/${HELD}`, { metadata: mark })).toMatchObject({ status: 200 });
  await until('the former floor refuses', async () => (await scan()) === FORMER);
});
afterAll(async () => {
  await controller?.stop();
  await helm.end();
  await plane.stop();
  await rm(folder, { recursive: true });
});

/** Runs helm on the release, without hooks: nobody runs their pods here. */
async function release(verb: string, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await helm.run(verb, 'guard', ...args, '--namespace', NAMESPACE, '--no-hooks');
  expect(code, stdout + stderr).toBe(0);
}

async function pod(labels: object): Promise<string> {
  const object = { metadata: { name: 'p', labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const { status, body } = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', object);
  return status === 201 ? '' : (textAt(body, 'message') ?? String(status)).replace(/^.*denied request: /, '');
}

/** Why the API server refuses a scan; empty where it passes. */
const scan = (): Promise<string> => pod({ 'kubectl-maint.io/work': 'scan' });

/** Ordinary work all the while, as fast as it is answered. */
let ordinary: OrdinaryWork;
beforeEach(() => {
  ordinary = ordinaryWork(plane);
});
afterEach(async () => {
  await ordinary.end();
  expect([...ordinary.refusals]).toEqual([]);
});

test('an upgrade brings it with a node in maintenance: its controller fills it, by its own rights', async () => {
  await release('upgrade', CHART);
  await untilChartMay(plane, NAMESPACE);
  controller = await startController(
    { ...plane, kubeconfig: await plane.kubeconfigFor(KEEPER) },
    { failurePolicy: 'Ignore' },
  );
  await until('the node is listed', async () => (await listedNodes(plane))?.join() === HELD);
  await until('the floor refuses', async () => (await scan()).includes(`Node ${HELD}: in maintenance`));
});

test('nobody but the controller may change it', async () => {
  const change = { spec: { nodes: { [HELD]: null } } };
  await until(
    'its guard is in force',
    async () => (await plane.api('PATCH', registerPath(REGISTER_NAME), change)).status === 403,
  );
  const { status, body } = await plane.api('DELETE', registerPath(REGISTER_NAME));
  expect([status, textAt(body, 'message')]).toEqual([
    403,
    expect.stringContaining(`the controller (${KEEPER}) keeps it`),
  ]);
});

test('a rollback takes it back, and the former floor holds', async () => {
  await release('rollback', '1');
  await until('the former floor refuses', async () => (await scan()) === FORMER);
  await until('the definition is gone', async () => (await plane.api('GET', DEFINITION)).status === 404);
});

test('and a second upgrade brings it again', async () => {
  await release('upgrade', CHART);
  await until('the floor refuses', async () => (await scan()).includes(`Node ${HELD}: in maintenance`));
});

test('the hook of an uninstall takes the policies away, while the definition is there; then everything goes', async () => {
  const hook = await ranWebhook(['uninstall', '--while-held=warn', `--kubeconfig=${plane.kubeconfig}`]);
  expect(hook.code, hook.text).toBe(0);
  for (const name of POLICIES_BY_REGISTER) {
    expect(hook.text).toContain(`validatingadmissionpolicy.admissionregistration.k8s.io/${name} deleted\n`);
    expect(await plane.api('GET', `${POLICIES}/${name}`)).toMatchObject({ status: 404 });
  }
  expect(await plane.api('GET', DEFINITION)).toMatchObject({ status: 200 });
  await controller?.stop();
  controller = undefined;
  await release('uninstall');
  await until('the definition is gone', async () => (await plane.api('GET', DEFINITION)).status === 404);
  await until('scans pass', async () => (await scan()) === '');
});
