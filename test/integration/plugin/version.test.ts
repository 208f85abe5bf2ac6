/** `version` on a real API server: webhook and controller behind the chart's Deployments, then other versions, and nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_POLICY, textAt } from '../../../shared/index.ts';
import { modesOf, modesText } from '../../../plugin/policy/in-force.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { like } from '../../support/like.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installDeployments,
  installService,
  NAMESPACE,
  REGISTRATION_PATH,
  type Controller,
  startController,
  startReplica,
} from '../../support/replicas.ts';
import { silentPort } from '../../support/silent-port.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let controller: Controller;
let own: string;

const POLICY = modesText(DEFAULT_POLICY);

beforeAll(async () => {
  own = textAt(JSON.parse(await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8')), 'version') ?? '';
  plane = await startControlPlane({
    nodes: ['node-1', 'node-2'].map((name) => ({ name })),
    apiServerArgs: DIALS_ENDPOINTS,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await installService(plane);
  controller = await startController(plane, { failurePolicy: 'Ignore' });
  await startReplica(plane, 'only');
  await installDeployments(plane);
});
afterAll(() => plane.stop());

/** What follows the client's version. */
const linesOf = (versions: string, policy = POLICY): string =>
  `Client Version: ${own}\nWebhook Version: ${versions}\nController Version: ${versions}\nPolicy: ${policy}\n`;

test('all of one release: the versions and the policy, and nothing to warn of', async () => {
  expect(await plugin.maint(['version'])).toMatchObject({ code: 0, stdout: linesOf(own), stderr: '' });
});

test('for programs', async () => {
  const { code, stdout, stderr } = await plugin.maint(['version', '-o', 'json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({
    clientVersion: { gitVersion: own },
    webhookVersions: [own],
    controllerVersions: [own],
    chartVersions: [own],
    policy: { from: 'nowhere', modes: modesOf(DEFAULT_POLICY) },
    warnings: [],
  });
  const yaml = await plugin.maint(['version', '-o', 'yaml']);
  expect(yaml.stdout).toContain(`clientVersion:\n  gitVersion: ${own}\nwebhookVersions:\n  - ${own}\n`);
});

test('--client asks no cluster', async () => {
  const ran = await plugin.maint(['version', '--client', '--server', 'https://127.0.0.1:1']);
  expect(ran).toMatchObject({ code: 0, stdout: `Client Version: ${own}\n`, stderr: '' });
});

test('who may not look is told so, and what else is known', async () => {
  const ran = await plugin.maint(['version'], { user: 'developer' });
  expect(ran).toMatchObject({ code: 0, stdout: linesOf('not known') });
  expect(ran.stderr).toMatch(
    /^Warning: what runs in the cluster is not known: you may not get validatingwebhookconfigurations .*\nWarning: the policy of the cluster is not known, .*\n$/,
  );
});

test('a server that refuses connections: the version of the client, and exit 4', async () => {
  for (const [output, stdout] of [
    ['-ojson', like('"clientVersion"')],
    ['-oyaml', `clientVersion:\n  gitVersion: ${own}\n`],
    ['--client=false', `Client Version: ${own}\n`],
  ] as const)
    expect(await plugin.maint(['version', output, '--server', 'https://127.0.0.1:1'])).toMatchObject({
      code: 4,
      stdout,
      stderr: like(/^error: .*127\.0\.0\.1:1/),
    });
});

test('a server that never answers is given up', async () => {
  await using port = await silentPort();
  const ran = await plugin.maint(['version', '--request-timeout=1s', '--server', port.url]);
  expect(ran).toMatchObject({ code: 4, stdout: `Client Version: ${own}\n`, stderr: like(/^error: .*1 ?s/) });
});

test('a controller of another release is skew, which is warned of', async () => {
  const image = 'example.invalid/kubectl-maint:9.9.9';
  const change = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }];
  const words = ['-n', NAMESPACE, '--type=json', '-p', JSON.stringify(change)];
  const patched = await plane.kubectl(['patch', 'deployment/kubectl-maint-controller', ...words]);
  expect(patched.stderr).toBe('');
  let ran = await plugin.maint(['version']);
  await until('the rollout is over', async () => {
    ran = await plugin.maint(['version']);
    return ran.stdout.includes('Controller Version: 9.9.9\n');
  });
  expect(ran.code).toBe(0);
  expect(ran.stderr).toBe(
    `Warning: this plugin is ${own}, and in the cluster: controller 9.9.9; install the plugin and the chart of the same release: what one predicts the other then enforces\n`,
  );
});

test('no webhook is registered', async () => {
  await controller.stop();
  await world.remove(REGISTRATION_PATH);
  expect(await plugin.maint(['version'])).toMatchObject({ code: 0, stdout: linesOf('none', 'none'), stderr: '' });
  expect(JSON.parse((await plugin.maint(['version', '-o', 'json'])).stdout)).toMatchObject({
    webhookVersions: [],
    policy: null,
  });
});
