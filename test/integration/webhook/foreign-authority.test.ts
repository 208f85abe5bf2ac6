/** Certificates that somebody else makes, as cert-manager does: their authority is another one from one moment to the next. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject, listAt, textAt } from '../../../shared/index.ts';
import { isSignedBy } from '../../../webhook/tls/authority.ts';
import { trustedBy } from '../../../webhook/tls/ca-bundle.ts';
import { servedCertificate } from '../../../webhook/tls/probe.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import {
  DIALS_ENDPOINTS,
  installService,
  NAMESPACE,
  REGISTRATION_PATH,
  SERVED_NAME,
  startController,
  startReplica,
  TLS_SECRET_PATH,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { documentedCommands, runInShell } from '../../support/documented.ts';
import { selfSigned, type Identity } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';

/** The controller's kubelet mounts a change so much later than the webhook's, in ms; of both times a thirtieth of the real ones. */
const LATER_MS = 3000;
const STANDING_MS = 6000;

const [before, after] = [selfSigned({ name: 'before' }), selfSigned({ name: 'after' })];

let folder: string;
let plane: ControlPlane;
let controller: Controller;
let replica: Replica;

function secretOf(authority: Identity): object {
  const leaf = selfSigned({ name: SERVED_NAME, issuer: authority });
  const data = { 'tls.crt': btoa(leaf.cert), 'tls.key': btoa(leaf.key), 'ca.crt': btoa(authority.cert) };
  return { metadata: { name: 'kubectl-maint-tls', namespace: NAMESPACE }, type: 'kubernetes.io/tls', data };
}

async function mountForController({ cert }: Identity): Promise<void> {
  await writeFile(join(folder, 'ca.crt.new'), cert);
  await rename(join(folder, 'ca.crt.new'), join(folder, 'ca.crt'));
}

/** Whose the certificate is that is presented, and whether every entry of the registration trusts it then. */
async function presented(): Promise<{ readonly by: string; readonly isTrusted: boolean }> {
  const served = (await servedCertificate('', replica.serving.port))?.toString() ?? '';
  const { body } = await plane.api('GET', REGISTRATION_PATH);
  const entries = listAt(body, 'webhooks').map(trustedBy);
  return {
    by: isSignedBy(served, after.cert) ? 'after' : 'before',
    isTrusted: entries.every((trusted) => trusted.some((authority) => isSignedBy(served, authority))),
  };
}

/** The webhook refuses a record that is none: the API server asks it, and trusts who answers. */
async function isAsked(): Promise<void> {
  const metadata = { annotations: { 'kubectl-maint.io/maintenance': 'none' } };
  const { body } = await plane.api('PATCH', '/api/v1/nodes/node-1?dryRun=All', { metadata });
  expect(textAt(body, 'message')).toContain('admission webhook "node-guard.kubectl-maint.io" denied the request');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-foreign-'));
  plane = await startControlPlane({ nodes: 2, apiServerArgs: DIALS_ENDPOINTS });
  await installService(plane);
  await mountForController(before);
  const { status, body } = await plane.api('POST', TLS_SECRET_PATH.replace(/\/[^/]+$/, ''), secretOf(before));
  if (status !== 201) throw new Error(isObject(body) ? JSON.stringify(body) : '');
  controller = await startController(plane, { caFolder: folder });
  replica = await startReplica(plane, 'first', { standingMs: STANDING_MS });
});
afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await plane.stop();
  await rm(folder, { recursive: true });
});

test('a certificate of a new authority is presented once API servers trust it, although the controller hears of it later', async () => {
  await until('the one that is there is trusted', async () => {
    const { body } = await plane.api('GET', REGISTRATION_PATH);
    return listAt(body, 'webhooks').length > 0 && (await presented()).isTrusted;
  });
  expect((await plane.api('PATCH', TLS_SECRET_PATH, secretOf(after))).status).toBe(200);
  const mounted = sleep(LATER_MS).then(() => mountForController(after));
  const seen: Awaited<ReturnType<typeof presented>>[] = [];
  await until('the new one is presented', async () => {
    seen.push(await presented());
    return seen.at(-1)?.by === 'after';
  });
  await mounted;
  expect(seen.filter(({ isTrusted }) => !isTrusted)).toEqual([]);
  await isAsked();
});

test('one that is not known yet is trusted beside the others by hand, as the documentation says, and the controller leaves it', async () => {
  const next = selfSigned({ name: 'next' });
  await writeFile(join(folder, 'next.crt'), next.cert);
  const [adding = ''] = await documentedCommands('upgrade.md', 'Another source of certificates');
  const added = await runInShell(plane, adding.replace('cat ca.crt', 'cat next.crt'), folder);
  expect(added, added.stderr).toMatchObject({ code: 0 });
  const areTrusted = async () => {
    const { body } = await plane.api('GET', REGISTRATION_PATH);
    return listAt(body, 'webhooks').every((entry) =>
      [after, next].every(({ cert }) => trustedBy(entry).some((one) => isSignedBy(one, cert))),
    );
  };
  expect(await areTrusted()).toBe(true);
  // Longer than the controller needs for its next look.
  await sleep(2000);
  expect(await areTrusted()).toBe(true);
  await isAsked();
});
