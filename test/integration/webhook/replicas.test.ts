import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, listAt, numberAt, textAt } from '../../../shared/facts/json.ts';
import { certificatesIn } from '../../../webhook/tls/authority.ts';
import { secretFromAuthorities } from '../../../webhook/controller/certificates/authority-secret.ts';
import { AUTHORITY_LIFE_MS, issueAuthority } from '../../../webhook/tls/issue.ts';
import { servedCertificate } from '../../../webhook/tls/probe.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { documentedCommands, runInShell } from '../../support/documented.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import {
  CA_SECRET_PATH,
  DIALS_ENDPOINTS,
  installRegistration,
  installService,
  NAMESPACE,
  REGISTRATION_PATH,
  startController,
  startReplica,
  TLS_SECRET_PATH,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { tryVolumeBackup, volumeBackup } from '../../support/velero.ts';

/** Several webhooks behind one Service of a real API server, and two controllers that keep their certificates and their registration. */

const [HELD, FREE, LATE] = ['node-1', 'node-2', 'node-3'];
const EXPECTED = [
  [HELD, 'denied'],
  [FREE, 'allowed'],
] as const;

let plane: ControlPlane;
let replicas: [Replica, Replica];
let controllers: [Controller, Controller];

/** What the API server says of a backup of a node: `denied` in our words, `allowed`, or what went wrong. */
async function backupOf(node: string): Promise<string> {
  const { status, body } = await tryVolumeBackup(plane, node);
  if (status === 201) return 'allowed';
  const message = textAt(body, 'message') ?? '';
  return status === 403 && message.includes(`node ${node}, which is in maintenance`)
    ? 'denied'
    : `${status} ${message}`;
}

async function hold(node: string, isInMaintenance: boolean): Promise<void> {
  const record = JSON.stringify({
    version: 1,
    claims: [{ owner: 'ana', mode: 'cordon', since: '2026-01-05T22:00:00Z' }],
    before: { cordoned: false },
    initiatedAt: '2026-01-05T22:00:00Z',
  });
  const { status, body } = await plane.api('PATCH', `/api/v1/nodes/${node}`, {
    metadata: {
      annotations: { 'kubectl-maint.io/maintenance': isInMaintenance ? record : null },
      labels: { 'kubectl-maint.io/maintenance': isInMaintenance ? 'complete' : null },
    },
    spec: { unschedulable: isInMaintenance ? true : null },
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

async function registration(): Promise<unknown> {
  return (await plane.api('GET', REGISTRATION_PATH)).body;
}

async function bundles(): Promise<ReadonlySet<string>> {
  return new Set(
    listAt(await registration(), 'webhooks').map((entry) => textAt(entry, 'clientConfig', 'caBundle') ?? ''),
  );
}

/** Certificates (normalPem) in base64 of PEM. */
function decoded(text: string): readonly string[] {
  return certificatesIn(Buffer.from(text, 'base64').toString());
}

async function authority(): Promise<string> {
  return textAt((await plane.api('GET', CA_SECRET_PATH)).body, 'data', 'ca.crt') ?? '';
}

/** Whether every replica has a certificate that an authority (base64 of its PEM) has signed, as the controller has written it. */
async function isServedBy(signer: string): Promise<boolean> {
  const { body } = await plane.api('GET', TLS_SECRET_PATH);
  const leaf = new X509Certificate(Buffer.from(textAt(body, 'data', 'tls.crt') ?? '', 'base64'));
  if (!leaf.checkIssued(new X509Certificate(Buffer.from(signer, 'base64')))) return false;
  const served = await Promise.all(replicas.map(({ serving }) => servedCertificate('', serving.port)));
  return served.every((one) => one?.fingerprint256 === leaf.fingerprint256);
}

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [HELD, FREE, LATE].map((name) => ({ name })),
    apiServerArgs: DIALS_ENDPOINTS,
  });
  await installService(plane);
  // At once: the first to write the Lease leads.
  controllers = await Promise.all([startController(plane), startController(plane)]);
  replicas = await Promise.all([startReplica(plane, 'a'), startReplica(plane, 'b')]);
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop(0)));
  await Promise.all(controllers.map((controller) => controller.stop()));
  await plane.stop();
});

test('of two controllers one leads; what is served is signed by the authority that the registration trusts', async () => {
  const leading = await Promise.all(controllers.map(async (one) => (await one.metrics()).includes('leads 1')));
  expect(leading.filter(Boolean)).toHaveLength(1);
  await until('the registration trusts somebody', async () => (await bundles()).size > 0);
  const trusted = await bundles();
  expect([...trusted].map(decoded)).toEqual([decoded(await authority())]);
  expect(await isServedBy(await authority())).toBe(true);
});

test('a node in maintenance is kept free of backups, the others are not', async () => {
  await hold(HELD, true);
  await until('backups are denied', async () => (await backupOf(HELD)) === 'denied');
  expect(await backupOf(FREE)).toBe('allowed');
});

describe('the Secret of the authority', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['deleted', () => plane.api('DELETE', CA_SECRET_PATH)],
    ['emptied', () => plane.api('PATCH', CA_SECRET_PATH, { data: null })],
    [
      'swapped for garbage',
      () => plane.api('PATCH', CA_SECRET_PATH, { data: { 'ca.crt': btoa('no'), 'ca.key': btoa('no') } }),
    ],
  ])(
    '%s asks for a new one, on purpose or not: every replica has its certificate, and no call fails',
    async (_what, spoil) => {
      const before = await authority();
      const running = load(20, new Map(EXPECTED));
      await spoil();
      await until('there is another authority', async () => ![before, '', btoa('no')].includes(await authority()));
      const after = await authority();
      await until('what is served is of the new one', () => isServedBy(after));
      expect((await running.end()).wrong).toEqual([]);
    },
  );

  test('revoked as the documentation says, it is trusted no more, and no call fails', async () => {
    const before = await authority();
    const running = load(20, new Map(EXPECTED));
    const [deleting = '', takingOut = ''] = await documentedCommands(
      'upgrade.md',
      'A new authority, because its key is known to somebody',
    );
    expect(await runInShell(plane, deleting)).toMatchObject({ code: 0 });
    await until('there is another authority', async () => ![before, ''].includes(await authority()));
    const after = await authority();
    await until('what is served is of the new one', () => isServedBy(after));
    expect([...(await bundles())].flatMap(decoded)).toEqual(expect.arrayContaining([...decoded(before)]));
    const taken = await runInShell(plane, takingOut);
    expect(taken, taken.stderr).toMatchObject({ code: 0 });
    const isTrustedAlone = async () =>
      [...(await bundles())].every((bundle) => decoded(bundle).join() === decoded(after).join());
    expect(await isTrustedAlone()).toBe(true);
    expect(await backupOf(HELD)).toBe('denied');
    expect((await running.end()).wrong).toEqual([]);
    // What the controller writes later does not bring it back.
    const spoilt = { webhooks: [{ name: 'work.kubectl-maint.io', clientConfig: { caBundle: btoa('none') } }] };
    const patching = ['patch', 'validatingwebhookconfiguration', 'kubectl-maint', '--patch', JSON.stringify(spoilt)];
    expect(await plane.kubectl(patching)).toMatchObject({ code: 0 });
    await until('the new one is trusted again, and no other', isTrustedAlone);
  });

  test('a certificate that is deleted is written again', async () => {
    await plane.api('DELETE', TLS_SECRET_PATH);
    await until('it is back', async () => (await plane.api('GET', TLS_SECRET_PATH)).status === 200);
    const signer = await authority();
    await until('it is served', () => isServedBy(signer));
    expect(await backupOf(HELD)).toBe('denied');
  });
});

describe('the registration', () => {
  const FOREIGN = { key: 'control-plane', operator: 'NotIn', values: ['true'] };

  test('edited is repaired and counted; a foreign selector stays', async () => {
    const webhooks = listAt(await registration(), 'webhooks').map((entry) => ({
      ...(isObject(entry) ? entry : {}),
      rules: [{ apiGroups: ['x.io'], apiVersions: ['*'], resources: ['x'], operations: ['CREATE'] }],
      namespaceSelector: { matchExpressions: [FOREIGN] },
    }));
    await plane.api('PATCH', REGISTRATION_PATH, { webhooks });
    // Looked at first: the API server may ask by the former one for some milliseconds more.
    await until('it is repaired', async () => !JSON.stringify(await registration()).includes('"x.io"'));
    await until('backups are denied again', async () => (await backupOf(HELD)) === 'denied');
    for (const entry of listAt(await registration(), 'webhooks')) {
      expect(listAt(entry, 'namespaceSelector', 'matchExpressions')).toEqual([
        FOREIGN,
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [NAMESPACE] },
      ]);
    }
    const told = (await Promise.all(controllers.map((controller) => controller.metrics()))).join('\n');
    expect(told).toMatch(/maint_controller_registration_repairs_total\{drift="entry"\} [1-9]/);
    expect(told).toMatch(/maint_controller_registration_repairs_total\{drift="namespace_selector"\} [1-9]/);
  });

  test('deleted is told, and trusted again when it is installed again', async () => {
    await plane.api('DELETE', REGISTRATION_PATH);
    const isTold = async () => {
      const told = (await Promise.all(controllers.map((controller) => controller.metrics()))).join('\n');
      return told.includes(`maint_controller_registration_missing 1`);
    };
    await until('it is told', isTold);
    for (const one of [...replicas, ...controllers]) expect(await one.isReady()).toBe(true);
    await until('nothing is reviewed', async () => (await backupOf(HELD)) === 'allowed');
    await installRegistration(plane);
    await until('backups are denied again', async () => (await backupOf(HELD)) === 'denied');
    expect(await isTold()).toBe(false);
  });
});

test('a burst of a thousand at once is answered to the last, and so are probes meanwhile', async () => {
  const burst = Promise.all(
    Array.from({ length: 1000 }, async (_, index) => {
      const [node, word] = index % 2 === 0 ? [HELD, 'denied'] : [FREE, 'allowed'];
      const said = await backupOf(node);
      return said === word ? [] : [said];
    }),
  );
  for (const replica of replicas) expect(await replica.isReady()).toBe(true);
  expect((await burst).flat()).toEqual([]);
});

test('what was refused is an Event on the node, with a count', async () => {
  const { status } = await plane.api('POST', '/api/v1/namespaces/default/pods', volumeBackup(HELD));
  expect(status).toBe(403);
  await until('the Event', async () => {
    const { body } = await plane.api('GET', '/api/v1/namespaces/default/events?fieldSelector=reason%3DWorkDenied');
    return listAt(body, 'items').some(
      (event) => textAt(event, 'involvedObject', 'name') === HELD && numberAt(event, 'count') === 1,
    );
  });
});

/** So many calls are under way at most: a machine that is busy with something else is asked more slowly, and not for more than it can. */
const UNDER_WAY = 25;

/**
 * Backups of nodes at a steady rate, with what has to be said of each, until it is ended; keeps what was not so, and says in
 * a line what the rate came to. Calls that are late are made up for, or counted as left out where too many are under way.
 */
function load(perSecond: number, expected: Map<string, string>) {
  const wrong: string[] = [];
  const calls: Promise<void>[] = [];
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  let underWay = 0;
  let leftOut = 0;
  const call = async (node: string, word: string): Promise<void> => {
    underWay += 1;
    const said = await backupOf(node);
    underWay -= 1;
    if (said !== word) wrong.push(`${new Date().toISOString()} ${node}: ${said}`);
  };
  const timer = setInterval(() => {
    const due = seconds() * perSecond;
    while (calls.length + leftOut < due) {
      const nodes = [...expected];
      if (underWay >= UNDER_WAY) leftOut += 1;
      else calls.push(call(...(nodes[calls.length % nodes.length] ?? ['', ''])));
    }
  }, 1000 / perSecond);
  return {
    end: async () => {
      clearInterval(timer);
      const rate = `${calls.length} calls in ${seconds().toFixed(1)} s, ${(calls.length / seconds()).toFixed(1)} a second`;
      await Promise.all(calls);
      return { wrong, count: calls.length, line: `${rate} of ${perSecond}, ${leftOut} left out` };
    },
  };
}

test('a rolling restart, a new authority, a watch that stalls and a controller that goes at once, under load: no call fails, no verdict is wrong', async () => {
  await using proxy = await faultProxy(plane, () => undefined);
  const expected = new Map<string, string>(EXPECTED);
  const running = load(50, expected);
  const third = await startReplica(plane, 'c', { server: proxy.url });
  await proxy.stallWatch('/api/v1/nodes?');
  // The third replica never hears of it, and is asked all the same.
  await hold(LATE, true);
  expected.set(LATE, 'denied');

  // Two thirds of its life are over: it gets a successor.
  const now = Date.now();
  const aged = await issueAuthority(now - AUTHORITY_LIFE_MS * 0.7);
  const { body: secret } = await plane.api('GET', CA_SECRET_PATH);
  const place = { namespace: NAMESPACE, name: 'kubectl-maint-ca' };
  const old = await authority();
  await plane.api(
    'PUT',
    CA_SECRET_PATH,
    secretFromAuthorities({ current: aged, next: undefined, old: undefined, steppedAt: now }, place, secret),
  );
  await until('a new authority is prepared', async () => {
    return textAt((await plane.api('GET', CA_SECRET_PATH)).body, 'data', 'next.crt') !== undefined;
  });
  // Whichever leads goes in the middle of it, and its Lease is given back.
  const [one, other] = controllers;
  const isLeading = (await one.metrics()).includes('leads 1');
  await (isLeading ? one : other).stop();
  controllers = [isLeading ? other : one, await startController(plane)];
  await until('a new authority signs', async () => ![old, btoa(aged.certificate)].includes(await authority()));

  const [a, b] = replicas;
  const next = await startReplica(plane, 'a2');
  await a.stop(1500);
  const last = await startReplica(plane, 'b2');
  await b.stop(1500);
  replicas = [next, last];
  await third.stop(1500);

  const { wrong, count, line } = await running.end();
  process.stdout.write(`under load: ${line}\n`);
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(100);
});
