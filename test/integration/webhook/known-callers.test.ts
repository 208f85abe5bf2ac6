/** An API server that shows a certificate to a webhook that wants one, as docs/providers.md has it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installService,
  NAMESPACE,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';

const authority = selfSigned({ name: 'callers' });
const apiServer = selfSigned({ name: 'kube-apiserver', issuer: authority });

let folder: string;
let plane: ControlPlane;
let controller: Controller;
let replica: Replica;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-callers-'));
  const at = (name: string) => join(folder, name);
  const user = { 'client-certificate': at('client.crt'), 'client-key': at('client.key') };
  const users = [{ name: `kubectl-maint.${NAMESPACE}.svc`, user }];
  const webhooks = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'WebhookAdmissionConfiguration',
    kubeConfigFile: at('kubeconfig.yaml'),
  };
  const admission = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins: [{ name: 'ValidatingAdmissionWebhook', configuration: webhooks }],
  };
  const files = {
    'ca.crt': authority.cert,
    'client.crt': apiServer.cert,
    'client.key': apiServer.key,
    'kubeconfig.yaml': stringify({ apiVersion: 'v1', kind: 'Config', users }),
    'admission.yaml': stringify(admission),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  const apiServerArgs = [...DIALS_ENDPOINTS, `--admission-control-config-file=${at('admission.yaml')}`];
  plane = await startControlPlane({ nodes: 2, apiServerArgs });
  await installService(plane);
  controller = await startController(plane);
  replica = await startReplica(plane, 'first', { clientCaFile: at('ca.crt') });
});
afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await plane.stop();
  await rm(folder, { recursive: true });
});

/** What the API server says to a backup on a node, in a dry run. */
async function backup(node: string): Promise<{ readonly status: number; readonly message: string }> {
  const metadata = { generateName: 'asked-', namespace: 'default', labels: { 'kubectl-maint.io/work': 'backup' } };
  const spec = { nodeName: node, containers: [{ name: 'c', image: 'c' }] };
  const answer = await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', { metadata, spec });
  return { status: answer.status, message: textAt(answer.body, 'message') ?? '' };
}

test('it is let in, and every call is answered although failed ones would be refused', async () => {
  const ran = await pluginRunner(plane).maint(['on', 'node-1', '--mode=cordon', '--reason=disk']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  await until('backups are refused by the webhook', async () =>
    (await backup('node-1')).message.includes('admission webhook "work.kubectl-maint.io" denied the request'),
  );
  expect(await backup('node-2')).toMatchObject({ status: 201 });
});

test('nobody else is, and probes and metrics need nothing', async () => {
  // Nothing is sent: what is written to a connection that has ended might fail before the reason is read.
  const socket = connect({ host: '127.0.0.1', port: replica.serving.port, rejectUnauthorized: false });
  const code = await new Promise((resolve) => {
    socket.once('error', (error: Error) => {
      resolve('code' in error ? error.code : error.message);
    });
    socket.resume().once('end', () => {
      resolve('it ended without a word');
    });
  });
  socket.destroy();
  expect(code).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  expect(await replica.isReady()).toBe(true);
  expect(await replica.metrics()).toContain('maint_webhook_requests_total');
});
