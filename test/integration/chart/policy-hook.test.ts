/** The Job that reads a policy before `helm` changes anything: its pods are processes here, of the webhook as it is built. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, listAt, POLICY_ANNOTATION, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { CHART, helmFor, NAMESPACE, type Helm } from '../../support/helm.ts';
import { runJobPods, type JobPods } from '../../support/job-pods.ts';

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/kubectl-maint`;
const CHECK = 'kubectl-maint-policy-check';

let plane: ControlPlane;
let helm: Helm;
let pods: JobPods;

beforeAll(async () => {
  plane = await startControlPlane({ kwok: false });
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
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/kubectl-maint';
  const registration = (await plane.api('GET', path)).body;
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
