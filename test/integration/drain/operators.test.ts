/**
 * Operators that have a part in a drain. KubeVirt and Strimzi refuse the eviction and move the pod themselves: a door answers
 * as theirs do, with the codes and words that were recorded of them. Eviction responders are Kubernetes' own, behind a gate.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { grantTo } from '../../support/granted.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { selfSigned, type Identity } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';
import { startWebhook } from '../../support/webhook-process.ts';
import { minorOf } from '../../support/kubernetes-version.ts';
import { Workloads } from '../../support/workloads.ts';

const LIFECYCLE = '/apis/lifecycle.k8s.io/v1alpha1';
const PODS = '/api/v1/namespaces/default/pods';

/** What each operator says to the evictions of a pod, one after the other; the last one again and again. */
const SAID: Readonly<Record<string, readonly { readonly code: number; readonly message: string }[]>> = {
  'virt-launcher-db': [
    { code: 429, message: 'Eviction triggered evacuation of VMI "default/db"' },
    { code: 429, message: 'Evacuation in progress: VMI "default/db"' },
  ],
  'virt-launcher-web': [{ code: 429, message: 'Eviction triggered evacuation of VMI "default/web"' }],
  'kafka-0': [{ code: 500, message: 'The pod will be rolled by the Strimzi Cluster Operator' }],
  answered: [{ code: 403, message: 'its data are being moved' }],
};

/** An API server that does not know the gate does not start with it. */
const hasResponders = minorOf(inject('kubernetes')) >= 37;

/** May do what operators may, but see migrations. */
const BLIND = 'blind';
/** May do what a cordon takes, and see no pods. */
const BARE = 'bare';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let door: Server;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['machines', 'primary', 'moving', 'target', 'responders', 'requested', 'beside'].map((name) => ({ name })),
    users: [BLIND, BARE].map((name) => ({ name, groups: [] })),
    ...(hasResponders && {
      featureGates: { EvictionRequestAPI: true },
      apiServerArgs: [`--runtime-config=${LIFECYCLE.slice('/apis/'.length)}=true`],
    }),
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  const identity = selfSigned();
  door = await openDoor(identity);
  const { port } = addressOf(door);
  await world.create('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'operators' },
    webhooks: [
      {
        name: 'evictions.operators.example.com',
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(identity.cert).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'], operations: ['CREATE'] }],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
});

afterAll(async () => {
  door.close();
  door.closeAllConnections();
  await plane.stop();
});

/** The door of the operators: whatever they have nothing to say to passes. */
async function openDoor({ cert, key }: Identity): Promise<Server> {
  const asked = new Map<string, number>();
  const server = createServer({ cert, key }, (request, response) => {
    void json(request).then((review) => {
      const name = textAt(review, 'request', 'name') ?? '';
      const times = asked.get(name) ?? 0;
      asked.set(name, times + 1);
      const said = SAID[name];
      const status = said?.[Math.min(times, said.length - 1)];
      const answer = { uid: textAt(review, 'request', 'uid'), allowed: status === undefined, status };
      const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return address;
}

async function makePod(name: string, node: string, labels: object, more: object = {}): Promise<void> {
  await world.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, annotations: { 'kubevirt.io/domain': name.replace('virt-launcher-', '') } },
    spec: { nodeName: node, containers: [{ name: 'a', image: 'a' }], ...more },
  });
}

test('KubeVirt and Strimzi are told by name, and waited for until they have moved their pods', async () => {
  await makePod('virt-launcher-db', 'machines', { 'kubevirt.io': 'virt-launcher' });
  await makePod('kafka-0', 'machines', { 'strimzi.io/kind': 'Kafka' });
  const on = await plugin.start(['on', 'machines', '--force', '-o', 'json']);
  for (const words of [
    'KubeVirt is moving it (admission webhook \\"evictions.operators.example.com\\" denied the request: Eviction triggered',
    'KubeVirt is moving it (admission webhook \\"evictions.operators.example.com\\" denied the request: Evacuation in progress',
    'Strimzi is moving it (admission webhook',
  ]) {
    await until(`the drain says: ${words}`, () => on.said().includes(words));
  }
  // As their operators do at the end.
  for (const name of ['virt-launcher-db', 'kafka-0']) await world.remove(`${PODS}/${name}`);
  const ended = await on.ended;
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain(
    'by their evictionStrategy KubeVirt migrates virtual machines, shuts them down or keeps them;',
  );
});

test('with --mode=cordon, too, it is told that CloudNativePG moves a primary, and what is not known', async () => {
  await world.customResource('postgresql.cnpg.io', { kind: 'Cluster', plural: 'clusters' });
  await makePod('db-1', 'primary', { 'cnpg.io/instanceRole': 'primary' });
  await makePod('db-2', 'target', { 'cnpg.io/instanceRole': 'primary' });
  await plane.kubectl(['create', 'clusterrole', BARE, '--verb=get,list,patch', '--resource=nodes,nodes/status']);
  await plane.kubectl(['create', 'clusterrolebinding', BARE, `--clusterrole=${BARE}`, `--user=${BARE}`]);
  const cordon = ['on', 'primary', '--mode=cordon', '--owner=ana'];
  const blind = await plugin.maint([...cordon, '--dry-run=client'], { user: BARE });
  expect(blind.stderr).toContain('whether an operator moves pods off a node that is cordoned is not known');
  const on = await plugin.maint(cordon);
  expect(on, on.stderr).toMatchObject({ code: 0 });
  const text = /CloudNativePG makes another instance the primary as soon as the node is cordoned, .*: default\/db-1$/m;
  expect(on.stderr).toMatch(text);
  expect((await plugin.maint(cordon)).stderr).not.toMatch(text);
});

describe('a migration of KubeVirt', () => {
  const MIGRATIONS = '/apis/kubevirt.io/v1/namespaces/default/virtualmachineinstancemigrations';

  beforeAll(async () => {
    const text = { type: 'string' };
    // Of the published schema what is read here: whatever else is written the API server would prune.
    const migrationState = { type: 'object', properties: { targetNode: text, startTimestamp: text } };
    await world.customResource('kubevirt.io', {
      kind: 'VirtualMachineInstanceMigration',
      plural: 'virtualmachineinstancemigrations',
      fields: {
        spec: { type: 'object', properties: { vmiName: text } },
        status: { type: 'object', properties: { phase: text, migrationState } },
      },
    });
  });

  test('is told step by step while its machine is waited for, and where it goes', async () => {
    await makePod('virt-launcher-web', 'moving', { 'kubevirt.io': 'virt-launcher' });
    const on = await plugin.start(['on', 'moving', '--force', '-o', 'json']);
    await until('the eviction was refused', () => on.said().includes('KubeVirt is moving it (admission webhook'));
    const created = await world.create(MIGRATIONS, {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstanceMigration',
      metadata: { name: 'kubevirt-evacuation-x' },
      spec: { vmiName: 'web' },
      status: { phase: 'Scheduling' },
    });
    await until('it is accepted', () => on.said().includes('"why":"KubeVirt is moving it: Scheduling, for '));
    await makePod('virt-launcher-web-2', 'target', {
      'kubevirt.io': 'virt-launcher',
      'kubevirt.io/migrationJobUID': textAt(created, 'metadata', 'uid'),
    });
    await world.patch(`${MIGRATIONS}/kubevirt-evacuation-x`, { status: { phase: 'Running' } });
    const running = 'KubeVirt is moving it: Running, to node target, for ';
    await until('it says where it goes', () => on.said().includes(`"why":"${running}`));
    await until('so does the progress', () => on.said().includes(`"causes":[{"kind":"moving","text":"${running}`));
    await world.patch(`${MIGRATIONS}/kubevirt-evacuation-x`, { status: { phase: 'Succeeded' } });
    await world.remove(`${PODS}/virt-launcher-web`);
    expect(await on.ended).toMatchObject({ code: 0 });
  });

  test('that may not be seen is said once, and its machine waited for all the same', async () => {
    await grantTo(
      plane,
      BLIND,
      OPERATOR_GRANTS.filter(({ group }) => group !== 'kubevirt.io'),
    );
    await plugin.maint(['off', 'moving', '--skip-health-check']);
    await makePod('virt-launcher-web', 'moving', { 'kubevirt.io': 'virt-launcher' });
    await makePod('virt-launcher-db', 'moving', { 'kubevirt.io': 'virt-launcher' });
    const on = await plugin.start(['on', 'moving', '--force'], { user: BLIND });
    const why =
      'how far KubeVirt has moved a machine is not seen: you may not list virtualmachineinstancemigrations.kubevirt.io';
    await until('it is said', () => on.said().includes(why));
    for (const name of ['virt-launcher-db', 'virt-launcher-web']) {
      await until('it is waited for', () =>
        on.said().includes(`pod/${name} (namespace default) waits: KubeVirt is moving`),
      );
      await world.remove(`${PODS}/${name}`);
    }
    const ended = await on.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr.split(why)).toHaveLength(2);
  });
});

describe.skipIf(!hasResponders)('eviction responders (Kubernetes 1.37)', () => {
  const evictionResponders = [{ name: 'acme.io/mover', priority: 1000 }];

  test('are named in the plan, and wherever the pod is waited for', async () => {
    await makePod('answered', 'responders', {}, { evictionResponders });
    const plan = await plugin.maint(['on', 'responders', '--force', '--dry-run=client']);
    expect(plan.stderr).toContain(
      'evicted as other pods are, without a request to their eviction responders (acme.io/mover): default/answered',
    );
    const on = await plugin.start(['on', 'responders', '--force', '-o', 'json']);
    await until('the drain names them', () =>
      on.said().includes('its data are being moved; its eviction responders: acme.io/mover'),
    );
    await world.remove(`${PODS}/answered`);
    expect(await on.ended).toMatchObject({ code: 0 });
  });

  test('a request to them passes while a node is in maintenance and no webhook answers', async () => {
    await makePod('asked', 'beside', {}, { evictionResponders });
    const webhook = await startWebhook(plane);
    await webhook.register('Fail');
    expect(await plugin.maint(['on', 'requested'])).toMatchObject({ code: 0 });
    await webhook.stop();
    const uid = textAt(await world.get(`${PODS}/asked`), 'metadata', 'uid');
    await world.create(`${LIFECYCLE}/namespaces/default/evictionrequests`, {
      apiVersion: 'lifecycle.k8s.io/v1alpha1',
      kind: 'EvictionRequest',
      metadata: { name: 'asked' },
      spec: { target: { pod: { name: 'asked', uid } }, requester: 'acme.io/tests', intent: 'Eviction' },
    });
  });
});
