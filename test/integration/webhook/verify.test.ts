/** What the chart's test and hook run, against a real API server and the built webhook. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueAuthority } from '../../../webhook/tls/issue.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { runProgram } from '../../support/plugin-run.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

const BIN = join(import.meta.dirname, '../../../dist/maint-webhook.cjs');
const REGISTRATION = ['validatingwebhookconfiguration', 'kubectl-maint'];

let plane: ControlPlane;
let webhook: WebhookProcess;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
  webhook = await startWebhook(plane);
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

const ran = (command: string) =>
  runProgram(process.execPath, [BIN, command, `--kubeconfig=${plane.kubeconfig}`], process.env);

test('verify fails before the registration is there, and passes once it is', async () => {
  expect(await ran('verify')).toMatchObject({ code: 4, stdout: '' });
  await webhook.register();
  const { code, stdout, stderr } = await ran('verify');
  expect(code, stderr).toBe(0);
  const entries = ['work', 'critical-work', 'rollout', 'critical-rollout', 'addon', 'machine', 'node-guard'];
  const names = entries.map((name) => `${name}.kubectl-maint.io`);
  expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name} is answered by ${new URL(webhook.url).host}`));
});

test('verify fails where the API server is told to trust somebody else', async () => {
  const caBundle = Buffer.from((await issueAuthority(Date.now())).certificate).toString('base64');
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }]);
  expect(await plane.kubectl(['patch', ...REGISTRATION, '--type=json', '-p', patch])).toMatchObject({ code: 0 });
  const { code, stderr } = await ran('verify');
  expect(code).toBe(4);
  expect(stderr).toMatch(/calls 127\.0\.0\.1:\d+ for work\.kubectl-maint\.io, and that fails: /);
});

test('uninstall deletes the registration, once', async () => {
  const done = (word: string) => new RegExp(`^validatingwebhookconfiguration\\S+/kubectl-maint ${word}$`, 'm');
  expect((await ran('uninstall')).stdout).toMatch(done('deleted'));
  expect(await plane.kubectl(['get', ...REGISTRATION])).toMatchObject({ code: 1 });
  expect((await ran('uninstall')).stdout).toMatch(done('is not there'));
});
