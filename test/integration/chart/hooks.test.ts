/** The chart's hooks: their pods are processes here, of the webhook as it is built. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, numberAt, POLICY_ANNOTATION, RECORD_ANNOTATION, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { CHART, helmFor, NAMESPACE, type Helm } from '../../support/helm.ts';
import { runJobPods, type JobPods } from '../../support/job-pods.ts';

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/kubectl-maint`;
const REGISTRATION = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';
const CHECK = 'kubectl-maint-policy-check';
const UNINSTALL = 'kubectl-maint-uninstall';

let plane: ControlPlane;
let helm: Helm;
let pods: JobPods;

beforeAll(async () => {
  const users = [{ name: `system:serviceaccount:${NAMESPACE}:${UNINSTALL}`, groups: [] }];
  plane = await startControlPlane({ kwok: false, nodes: 2, users });
  helm = await helmFor(plane.kubeconfig);
  pods = runJobPods(plane, NAMESPACE);
});
afterAll(async () => {
  await pods.end();
  await helm.end();
  await plane.stop();
});

/** What of the release a replica depends on. */
async function standing(): Promise<readonly unknown[]> {
  const deployment = (await plane.api('GET', DEPLOYMENT)).body;
  const registration = (await plane.api('GET', REGISTRATION)).body;
  const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/configmaps`);
  return [
    at(deployment, 'metadata', 'generation'),
    textAt(registration, 'metadata', 'annotations', POLICY_ANNOTATION),
    listAt(body, 'items')
      .map((map) => textAt(map, 'metadata', 'name'))
      .filter((name) => name !== CHECK),
  ];
}

test('a policy that can be served is installed, and the Job is gone', async () => {
  const { code, stderr } = await helm.run('install', 'guard', CHART, '--create-namespace');
  expect(code, stderr).toBe(0);
  expect(pods.said.get(CHECK)).toMatch(/^policy .* is valid: addon enforce, backup enforce/);
  expect((await plane.api('GET', `/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${CHECK}`)).status).toBe(404);
});

test('one that cannot be served ends the upgrade at once, and nothing is changed', async () => {
  const before = await standing();
  // What only the schema refuses, as an image that is older than the chart would refuse what is new in it.
  const values = ['--skip-schema-validation', '--set-string', 'policy.rules.addon.brokenAfter=10'];
  const { code, stderr } = await helm.run('upgrade', 'guard', CHART, ...values);
  expect(code).toBe(1);
  expect(stderr).toContain(CHECK);
  expect(pods.said.get(CHECK)).toContain('rules.addon.brokenAfter: is no duration');
  expect(await standing()).toEqual(before);
});

test('the next upgrade finds its way again', async () => {
  const { code, stderr } = await helm.run('upgrade', 'guard', CHART, '--set', 'policy.preset=palette');
  expect(code, stderr).toBe(0);
  expect(pods.said.get(CHECK)).toContain('placement off');
});

/** Writes what stands in the place of a node's record; null takes it away. */
async function record(text: string | null): Promise<void> {
  const change = { metadata: { annotations: { [RECORD_ANNOTATION]: text } } };
  expect((await plane.api('PATCH', '/api/v1/nodes/node-2', change)).status).toBe(200);
}

describe('while a node is in maintenance', () => {
  beforeAll(() => record('{'));

  test('an uninstall ends, names it, and takes nothing away', async () => {
    const before = await standing();
    const { code, stderr } = await helm.run('uninstall', 'guard');
    expect(code).toBe(1);
    expect(stderr).toContain(UNINSTALL);
    expect(pods.said.get(UNINSTALL)).toContain('in maintenance, and unguarded without the webhook: node node-2');
    expect(await standing()).toEqual(before);
  });

  test('a rollback makes the release whole again, and an upgrade that an uninstall only warns', async () => {
    const history: unknown = JSON.parse((await helm.run('history', 'guard', '-o', 'json')).stdout);
    const last = String(numberAt(listAt(history).at(-1), 'revision'));
    for (const args of [
      ['rollback', 'guard', last],
      ['upgrade', 'guard', CHART, '--set', 'uninstallHook.whileHeld=warn'],
    ]) {
      const { code, stderr } = await helm.run(...args);
      expect(code, stderr).toBe(0);
    }
    const { code, stdout, stderr } = await helm.run('uninstall', 'guard');
    expect(code, stderr).toBe(0);
    expect(pods.said.get(UNINSTALL)).toMatch(/deleted\nwarning: .*: node node-2; bring them back/);
    expect((await plane.api('GET', REGISTRATION)).status).toBe(404);
    expect(stdout).toContain('uninstalled');
  });
});

test('an uninstall that was ended goes on where nodes are back', async () => {
  const steps: readonly (readonly [text: string | null, args: readonly string[], code: number])[] = [
    ['{', ['install', 'guard', CHART], 0],
    ['{', ['uninstall', 'guard'], 1],
    [null, ['uninstall', 'guard'], 0],
  ];
  for (const [text, args, wanted] of steps) {
    await record(text);
    const { code, stderr } = await helm.run(...args);
    expect(code, stderr).toBe(wanted);
  }
  expect((await plane.api('GET', REGISTRATION)).status).toBe(404);
});
